package room

import (
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/text"
)

// maxWords of a text are looked at.
const maxWords = 400

// words finds what texts are about.
type words struct{ stop map[string]bool }

func newWords() *words {
	stop := text.StopWords(text.Russian)
	maps.Copy(stop, text.StopWords(text.English))
	return &words{stop}
}

// stems are the words of a text without their endings, but for stop-words.
func (w *words) stems(s string) map[string]bool {
	out := map[string]bool{}
	for _, word := range text.Words(s, maxWords) {
		if !w.stop[word] && utf8.RuneCountInString(word) > 2 {
			out[text.Stem(word)] = true
		}
	}
	return out
}

// interests are the stems of what a resident is about.
func (w *words) interests(r spec.Resident) map[string]bool {
	if r.Persona == nil {
		return nil
	}
	p := r.Persona
	return w.stems(strings.Join([]string{strings.Join(p.Interests, " "), p.Occupation, strings.Join(r.Goals, " "), p.Bio}, " "))
}

// names are the ways to call a participant, as stems: the whole name, and the
// first one where only one has it.
type names struct {
	whole []string
	first string
}

func (w *words) name(directory *people.Directory, place int) names {
	var n names
	name := directory.Person(place).Name
	for _, word := range text.Words(name, maxWords) {
		n.whole = append(n.whole, text.Stem(word))
	}
	if first, _, _ := strings.Cut(name, " "); directory.Find(first) == place && len(n.whole) > 0 {
		n.first = n.whole[0]
	}
	return n
}

// in reports whether the name is among the stems of a text.
func (n names) in(stems map[string]bool) bool {
	if n.first != "" && stems[n.first] {
		return true
	}
	for _, stem := range n.whole {
		if !stems[stem] {
			return false
		}
	}
	return len(n.whole) > 0
}
