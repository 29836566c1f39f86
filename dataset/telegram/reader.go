package telegram

import (
	"io"

	"github.com/llm-city/gorod/dataset/chat"
)

// nameLimit bounds names of people, chats and fields, in bytes; Telegram's own
// bound is 64 and 64 characters.
const nameLimit = 512

// reader makes messages of an export. Its buffers are used again for each.
type reader struct {
	scanner
	tally
	into   chat.Sink
	fields map[string]*field
	last   *field // the one that was read last
	people people
	arena  arena
	names  names

	chat  chatState
	order order
	topic topics
	moves moves
	draft draft
}

func newReader(from io.Reader, into chat.Sink, limit int, tick func(int64) error) *reader {
	return &reader{
		scanner: newScanner(from, max(limit, nameLimit), tick), tally: newTally(),
		into: into, fields: fields(), last: &field{}, people: newPeople(), names: names{made: map[string]string{}}, draft: draft{limit: limit},
	}
}

// name reads a string of at most nameLimit bytes to the end of buf; null is
// empty.
func (r *reader) name(buf []byte) ([]byte, form, error) {
	b, form, err := r.scalar()
	if err != nil || form != quoted {
		if form == nested {
			r.note(otherForm)
		}
		return buf, form, err
	}
	buf, _ = r.appendValid(buf, b, nameLimit)
	return buf, form, nil
}

// integer reads a number, or a string of one.
func (r *reader) integer() (int64, error) {
	b, form, err := r.scalar()
	if err != nil || form == null {
		return 0, err
	}
	n, ok := parseInt(b)
	if !ok {
		r.note("numbers that cannot be read")
	}
	return n, nil
}

func parseInt(b []byte) (int64, bool) {
	digits := b
	if len(b) > 0 && b[0] == '-' {
		digits = b[1:]
	}
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	var n int64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if len(digits) != len(b) {
		n = -n
	}
	return n, true
}
