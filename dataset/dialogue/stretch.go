package dialogue

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/dataset/chat"
)

// Stretch is a part of a chat without a long silence: what dialogues are made
// of, and independent of every other stretch.
type Stretch struct {
	Chat     string
	Type     string         // of the chat
	Thread   int64          // forum topic of the chat; 0 where it has none
	Index    int            // within the chat and thread, from 0
	Messages []chat.Message // in the chat's order
	// Answered are the messages of earlier stretches that are answered in this
	// one, in the chat's order.
	Answered []Earlier
}

// Earlier is a message of an earlier stretch.
type Earlier struct {
	Index   int // of its stretch
	Message chat.Message
}

// StretchRule says when a stretch ends.
type StretchRule struct {
	Silence time.Duration // nobody says anything for longer; 0: never
	// MaxMessages bounds a stretch, so that memory does not grow with a chat that
	// never rests; 0 means 5000.
	MaxMessages int
}

func (r StretchRule) defaults() StretchRule {
	if r.MaxMessages <= 0 {
		r.MaxMessages = 5000
	}
	return r
}

// Stretcher parts one chat into stretches.
type Stretcher struct {
	rule  StretchRule
	open  Stretch
	end   int64 // of the open stretch
	past  *Past
	same  map[string]string
	yield func(*Stretch) error
}

// NewStretcher parts a chat, or a forum topic of it; first is the index of the
// first stretch. past is the chat's, shared by its topics. Every stretch goes to
// yield when it is over, and is the callee's from then on.
func NewStretcher(c chat.Chat, thread int64, first int, rule StretchRule, past *Past, yield func(*Stretch) error) *Stretcher {
	return &Stretcher{
		rule: rule.defaults(), open: Stretch{Chat: c.ID, Type: c.Type, Thread: thread, Index: first},
		past: past, same: map[string]string{}, yield: yield,
	}
}

// Add takes the next message and keeps a copy of what dialogues need of it. One
// that was there a moment ago, word for word, is not fresh and is passed over.
func (s *Stretcher) Add(m *chat.Message) (fresh bool, err error) {
	if old := s.past.find(m.ID); old != nil && old.Message.Time == m.Time && old.Message.Text == m.Text && old.Message.Sender == m.Sender {
		return false, nil
	}
	silence := int64(s.rule.Silence / time.Second)
	if n := len(s.open.Messages); n > 0 && (silence > 0 && m.Time-s.end > silence || n >= s.rule.MaxMessages) {
		if err := s.Close(); err != nil {
			return true, err
		}
	}
	own := s.kept(m)
	if m.ReplyTo != 0 && m.ReplyChat == "" {
		s.answer(m.ReplyTo)
	}
	if len(s.open.Messages) == 0 || m.Time > s.end {
		s.end = m.Time
	}
	s.open.Messages = append(s.open.Messages, own)
	s.past.add(Earlier{s.open.Index, own}, s.open.Thread)
	return true, nil
}

// Close ends the open stretch; the chat may go on.
func (s *Stretcher) Close() error {
	if len(s.open.Messages) == 0 {
		return nil
	}
	done := s.open
	s.open = Stretch{Chat: done.Chat, Type: done.Type, Thread: done.Thread, Index: done.Index + 1}
	return s.yield(&done)
}

// Next is the index of the stretch that is open or would be next.
func (s *Stretcher) Next() int { return s.open.Index }

// answer takes a message of an earlier stretch along.
func (s *Stretcher) answer(id int64) {
	earlier := s.past.of(id, s.open.Thread)
	if earlier == nil || earlier.Index == s.open.Index {
		return
	}
	i, there := slices.BinarySearchFunc(s.open.Answered, id, func(e Earlier, id int64) int { return cmp.Compare(e.Message.ID, id) })
	if !there {
		s.open.Answered = slices.Insert(s.open.Answered, i, *earlier)
	}
}

// kept is a copy of a message without what no dialogue needs.
func (s *Stretcher) kept(m *chat.Message) chat.Message {
	own := *m
	own.Reactions = nil
	own.Sender, own.Name, own.Forward = s.one(m.Sender), s.one(m.Name), s.one(m.Forward)
	own.Text, own.Emoji, own.Via = strings.Clone(m.Text), s.one(m.Emoji), s.one(m.Via)
	own.Kind, own.ReplyChat, own.Action = chat.Kind(s.one(string(m.Kind))), s.one(m.ReplyChat), s.one(m.Action)
	own.Entities = nil
	for _, e := range m.Entities {
		own.Entities = append(own.Entities, chat.Span{Type: s.one(e.Type), From: e.From, To: e.To, Ref: s.one(e.Ref)})
	}
	return own
}

// one is a copy of a text, the same for the same text: names repeat.
func (s *Stretcher) one(text string) string {
	const many = 1 << 12 // texts that are kept; a chat may have more names
	if text == "" {
		return ""
	}
	if own, ok := s.same[text]; ok {
		return own
	}
	if len(s.same) >= many {
		clear(s.same)
	}
	own := strings.Clone(text)
	s.same[own] = own
	return own
}
