package build

import (
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
	chat   chat.Chat
	past   *dialogue.Past
	open   map[int64]*dialogue.Stretcher // of the chat, by forum topic
	order  []int64                       // of open, as they came
	next   map[thread]int                // index of the next stretch
	batch  []*dialogue.Stretch
	size   int
	hand   func([]*dialogue.Stretch) error
	lost   partingCounts
}

// thread is a chat, or a forum topic of one.
type thread struct {
	chat  string
	topic int64
}

type partingCounts struct {
	read, unconsented, floods, repeated, stretches int64
}

func newParting(rule dialogue.StretchRule, moved map[string]string, drop func(string) bool, hand func([]*dialogue.Stretch) error) *parting {
	return &parting{rule: rule, moved: moved, drop: drop, past: dialogue.NewPast(memory), floods: quality.NewFloods(quality.FloodOptions{}), open: map[int64]*dialogue.Stretcher{}, next: map[thread]int{}, hand: hand}
}

// Chat implements chat.Sink.
func (p *parting) Chat(c chat.Chat) error {
	if err := p.close(); err != nil {
		return err
	}
	if now, ok := p.moved[c.ID]; ok {
		c.ID = now
	}
	p.chat = c
	p.past.Reset()
	return nil
}

// Message implements chat.Sink.
func (p *parting) Message(m *chat.Message) error {
	p.lost.read++
	if m.Sender != "" && p.drop(m.Sender) {
		p.lost.unconsented++
		return nil
	}
	if p.floods.Check(p.chat.ID, m.Sender, m.Time, m.Text) != quality.Keep {
		p.lost.floods++
		return nil
	}
	s := p.open[m.Topic]
	if s == nil {
		s = dialogue.NewStretcher(p.chat, m.Topic, p.next[thread{p.chat.ID, m.Topic}], p.rule, p.past, p.add)
		p.open[m.Topic] = s
		p.order = append(p.order, m.Topic)
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

// close ends the stretches of the chat.
func (p *parting) close() error {
	for _, topic := range p.order {
		s := p.open[topic]
		if err := s.Close(); err != nil {
			return err
		}
		p.next[thread{p.chat.ID, topic}] = s.Next()
	}
	clear(p.open)
	p.order = p.order[:0]
	return nil
}

// end hands over what is left.
func (p *parting) end() error {
	if err := p.close(); err != nil {
		return err
	}
	return p.flush()
}
