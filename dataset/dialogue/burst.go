package dialogue

import (
	"strings"
	"time"

	"github.com/llm-city/gorod/dataset/chat"
)

// Line is a message with what cleaning left of its text.
type Line struct {
	Message *chat.Message
	Text    string
}

// BurstRule says when messages of one speaker are one turn.
type BurstRule struct {
	Gap   time.Duration // at most so long after the message before; 0 joins none
	Token string        // that stands between the messages of a turn
}

// Turns joins the bursts of a stretch. Lines without text say nothing and are
// passed over.
func (r BurstRule) Turns(lines []Line) []Turn {
	turns := make([]Turn, 0, len(lines))
	for _, l := range lines {
		if strings.TrimSpace(l.Text) == "" {
			continue
		}
		if n := len(turns); n > 0 && r.joins(&turns[n-1], l.Message) {
			turns[n-1].join(l, r.Token)
			continue
		}
		turns = append(turns, turnOf(l))
	}
	return turns
}

func turnOf(l Line) Turn {
	m := l.Message
	t := Turn{Speaker: m.Sender, Time: m.Time, End: m.Time, IDs: []int64{m.ID}, Forward: m.Forward, Text: l.Text, Bursts: 1}
	if m.ReplyChat == "" {
		t.ReplyTo = m.ReplyTo
	}
	return t
}

func (t *Turn) join(l Line, token string) {
	t.IDs = append(t.IDs, l.Message.ID)
	t.End = max(t.End, l.Message.Time)
	t.Bursts++
	t.Text += token + l.Text
}

// joins reports whether a message goes on with a turn: the same speaker, soon
// after, and no answer to something else. Words of others that are forwarded
// stand alone.
func (r BurstRule) joins(t *Turn, m *chat.Message) bool {
	gap := m.Time - t.End
	return m.Sender == t.Speaker && m.Forward == "" && t.Forward == "" &&
		(m.ReplyTo == 0 || m.ReplyChat == "" && m.ReplyTo == t.ReplyTo) &&
		gap >= 0 && gap <= int64(r.Gap/time.Second) && r.Gap > 0
}
