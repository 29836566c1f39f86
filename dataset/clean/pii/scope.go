package pii

import (
	"strconv"
	"strings"

	"github.com/llm-city/gorod/dataset/chat"
)

// mostRounds bounds how often a text is looked through again after something in
// it was replaced.
const mostRounds = 8

// Scope numbers what is found in one dialogue. It is not safe for concurrent
// use.
type Scope struct {
	r       *Redactor
	numbers map[string]int // of a type and a value
	last    map[Type]int
	counts  map[Type]int
	scan    scan
	out     []byte
}

// Scope begins a dialogue.
func (r *Redactor) Scope() *Scope {
	return &Scope{r: r, numbers: map[string]int{}, last: map[Type]int{}, counts: map[Type]int{}}
}

// Reset begins the next dialogue, with no numbers given and nothing counted.
func (s *Scope) Reset() {
	clear(s.numbers)
	clear(s.last)
	clear(s.counts)
}

// Counts is how many values of each type were replaced since the dialogue
// began. It is good until the next call of Redact or Reset.
func (s *Scope) Counts() map[Type]int { return s.counts }

// Redact returns text with placeholders in place of personal data. Entities are
// the source's own marks on the text; those that do not fit it are passed over.
// Where there is nothing to replace it returns text itself and allocates
// nothing. Redacting what it returned changes nothing.
func (s *Scope) Redact(text string, entities []chat.Span) string {
	for range mostRounds {
		out, changed := s.round(text, entities)
		if !changed {
			return text
		}
		text, entities = out, nil
	}
	return text
}

// Person is the placeholder of a participant by ID, the one that stands for the
// participant's names in texts.
func (s *Scope) Person(id string) string {
	s.out = append(s.out[:0], "id\x00"...)
	s.out = append(s.out, id...)
	if i, ok := s.r.ids[id]; ok {
		s.out = appendPerson(s.out[:0], i)
	}
	return string(s.placeholder(nil, Name, s.out))
}

// round replaces what it finds in one pass.
func (s *Scope) round(text string, entities []chat.Span) (string, bool) {
	s.scan.reset(s.r, text, entities)
	s.out = s.out[:0]
	done, changed := 0, false
	for s.scan.next() {
		m := &s.scan.found
		if s.r.off[m.kind] {
			continue
		}
		s.out = append(s.out, text[done:m.from]...)
		s.out = s.placeholder(s.out, m.kind, m.key)
		s.counts[m.kind]++
		done, changed = m.to, true
	}
	if !changed {
		return text, false
	}
	return string(append(s.out, text[done:]...)), true
}

// placeholder appends the placeholder of a value.
func (s *Scope) placeholder(out []byte, t Type, key []byte) []byte {
	id := string(t) + "\x00" + string(key)
	n, ok := s.numbers[id]
	if !ok {
		s.last[t]++
		n = s.last[t]
		s.numbers[strings.Clone(id)] = n
	}
	out = append(append(append(out, '['), t...), '_')
	return append(strconv.AppendInt(out, int64(n), 10), ']')
}

func appendPerson(key []byte, i int32) []byte {
	return strconv.AppendInt(append(key, "person\x00"...), int64(i), 10)
}
