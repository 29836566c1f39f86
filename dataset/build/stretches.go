package build

import (
	"slices"
	"strings"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/clean/quality"
	"github.com/llm-city/gorod/dataset/dialogue"
)

// batchSize is how many messages are worked on at a time: stretches are short,
// and handing each over by itself would cost more than the work on it.
const batchSize = 1024

// memory is how many messages back an answer finds what it answers.
const memory = 5000

// parting is a chat.Sink that parts chats into stretches and hands these over in
// batches.
type parting struct {
	rule  dialogue.StretchRule
	moved map[string]string // chats that went on under another id
	drop  func(sender string) bool
	// floods are found here and not by the workers: what is one depends on the
	// order of messages.
	floods *quality.Floods
	keep   int         // chats that may be open at a time
	open   []*openChat // the one that is read last
	spare  []*dialogue.Past
	next   map[thread]int // index of the next stretch
	batch  []*dialogue.Stretch
	size   int
	hand   func([]*dialogue.Stretch) error
	lost   partingCounts
}

// openChat is a chat whose stretches may go on.
type openChat struct {
	chat.Chat
	past    *dialogue.Past
	threads map[int64]*dialogue.Stretcher // by forum topic
	order   []int64                       // of threads, as they came
}

// mixedChats is how many chats stay open where messages of several come in turn,
// as in a table in the order of time. Elsewhere one chat follows the other.
const mixedChats = 32

// thread is a chat, or a forum topic of one.
type thread struct {
	chat  string
	topic int64
}

type partingCounts struct {
	read, unconsented, floods, repeated, stretches int64
}

func newParting(rule dialogue.StretchRule, moved map[string]string, drop func(string) bool, hand func([]*dialogue.Stretch) error) *parting {
	return &parting{rule: rule, moved: moved, drop: drop, keep: 1, floods: quality.NewFloods(quality.FloodOptions{}), next: map[thread]int{}, hand: hand}
}

func (p *parting) begin(mixed bool) error {
	p.keep = 1
	if mixed {
		p.keep = mixedChats
	}
	return p.close(0)
}

// Chat implements chat.Sink.
func (p *parting) Chat(c chat.Chat) error {
	if now, ok := p.moved[c.ID]; ok {
		c.ID = now
	}
	if i := slices.IndexFunc(p.open, func(o *openChat) bool { return o.ID == c.ID }); i >= 0 && p.keep > 1 {
		again := p.open[i]
		p.open = append(slices.Delete(p.open, i, i+1), again)
		return nil
	}
	if err := p.close(p.keep - 1); err != nil {
		return err
	}
	c.ID, c.Name, c.Type = strings.Clone(c.ID), strings.Clone(c.Name), strings.Clone(c.Type)
	p.open = append(p.open, &openChat{Chat: c, past: p.forgetful(), threads: map[int64]*dialogue.Stretcher{}})
	return nil
}

// forgetful is a memory with nothing in it.
func (p *parting) forgetful() *dialogue.Past {
	last := len(p.spare) - 1
	if last < 0 {
		return dialogue.NewPast(memory)
	}
	past := p.spare[last]
	p.spare = p.spare[:last]
	return past
}

// Message implements chat.Sink.
func (p *parting) Message(m *chat.Message) error {
	on := p.open[len(p.open)-1]
	p.lost.read++
	if m.Sender != "" && p.drop(m.Sender) {
		p.lost.unconsented++
		return nil
	}
	if p.floods.Check(on.ID, m.Sender, m.Time, m.Text) != quality.Keep {
		p.lost.floods++
		return nil
	}
	s := on.threads[m.Topic]
	if s == nil {
		s = dialogue.NewStretcher(on.Chat, m.Topic, p.next[thread{on.ID, m.Topic}], p.rule, on.past, p.add)
		on.threads[m.Topic] = s
		on.order = append(on.order, m.Topic)
	}
	fresh, err := s.Add(m)
	if !fresh {
		p.lost.repeated++
	}
	return err
}

func (p *parting) add(s *dialogue.Stretch) error {
	p.lost.stretches++
	p.batch = append(p.batch, s)
	if p.size += len(s.Messages); p.size < batchSize {
		return nil
	}
	return p.flush()
}

func (p *parting) flush() error {
	if len(p.batch) == 0 {
		return nil
	}
	batch := p.batch
	p.batch, p.size = nil, 0
	return p.hand(batch)
}

// close ends the stretches of the chats that were read longest ago, down to a
// number of open ones.
func (p *parting) close(left int) error {
	for len(p.open) > left {
		old := p.open[0]
		p.open = slices.Delete(p.open, 0, 1)
		for _, topic := range old.order {
			s := old.threads[topic]
			if err := s.Close(); err != nil {
				return err
			}
			p.next[thread{old.ID, topic}] = s.Next()
		}
		old.past.Reset()
		p.spare = append(p.spare, old.past)
	}
	return nil
}

// end hands over what is left.
func (p *parting) end() error {
	if err := p.close(0); err != nil {
		return err
	}
	return p.flush()
}
