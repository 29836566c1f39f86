package dialogue

import (
	"strconv"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/chat"
)

// script makes messages of lines such as "a +30 привет" or "b +60 >1 да": who,
// how many seconds after the line before, whom it answers, and what. Ids count
// from 1.
func script(t *testing.T, text string) []chat.Message {
	t.Helper()
	var out []chat.Message
	now := int64(1_700_000_000)
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		m := chat.Message{ID: int64(len(out) + 1), Sender: fields[0], Kind: chat.Text}
		seconds, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		now += seconds
		m.Time = now
		rest := fields[2:]
		for len(rest) > 0 {
			switch rest[0][0] {
			case '>':
				m.ReplyTo, err = strconv.ParseInt(rest[0][1:], 10, 64)
			case '^':
				m.Forward = rest[0][1:]
			default:
				m.Text = strings.Join(rest, " ")
				rest = rest[len(rest)-1:]
			}
			if err != nil {
				t.Fatal(err)
			}
			rest = rest[1:]
		}
		out = append(out, m)
	}
	return out
}

func linesOf(messages []chat.Message) []Line {
	lines := make([]Line, len(messages))
	for i := range messages {
		lines[i] = Line{&messages[i], messages[i].Text}
	}
	return lines
}
