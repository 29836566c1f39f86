package dialogue

import (
	"strings"
	"time"

	"github.com/llm-city/gorod/dataset/chat"
)

// BurstRule says when messages of one speaker are one turn.
type BurstRule struct {
	Gap   time.Duration // at most so long after the message before; 0 joins none
	Token string        // that stands between the messages of a turn
}

// joiner joins the bursts of one chat. It is given messages in the order of the
// chat and yields turns.
type joiner struct {
	rule  BurstRule
	turn  Turn
	open  bool
	parts []string
}

// add takes a message that says something; text is what is kept of it. Where it
// begins a new turn, the one before is returned.
func (j *joiner) add(m *chat.Message, text string) (done Turn, ok bool) {
	if j.open && j.joins(m) {
		j.turn.IDs = append(j.turn.IDs, m.ID)
		j.turn.End = max(j.turn.End, m.Time)
		j.turn.Bursts++
		j.parts = append(j.parts, text)
		return Turn{}, false
	}
	done, ok = j.close()
	j.open, j.parts = true, append(j.parts[:0], text)
	j.turn = Turn{
		Speaker: strings.Clone(m.Sender), Name: strings.Clone(m.Name), Time: m.Time, End: m.Time, IDs: []int64{m.ID},
		Topic: m.Topic, Forward: strings.Clone(m.Forward), Bursts: 1,
	}
	if m.ReplyChat == "" {
		j.turn.ReplyTo = m.ReplyTo
	}
	return done, ok
}

// joins reports whether a message goes on with the open turn: the same speaker
// and thread, soon after, and no answer to another message of its own. Words
// of others that are forwarded stand alone.
func (j *joiner) joins(m *chat.Message) bool {
	t := &j.turn
	gap := m.Time - t.End
	return m.Sender == t.Speaker && m.Topic == t.Topic && m.Forward == "" && t.Forward == "" &&
		(m.ReplyTo == 0 || m.ReplyTo == t.ReplyTo && m.ReplyChat == "") &&
		gap >= 0 && gap <= int64(j.rule.Gap/time.Second) && j.rule.Gap > 0
}

// close ends the open turn.
func (j *joiner) close() (Turn, bool) {
	if !j.open {
		return Turn{}, false
	}
	j.open = false
	t := j.turn
	t.Text = strings.Join(j.parts, j.rule.Token)
	return t, true
}
