package dialogue

import (
	"strings"
	"time"

	"github.com/llm-city/gorod/dataset/chat"
)

// Rules say how the messages of a chat become sessions.
type Rules struct {
	Burst BurstRule
	// Silence is how long nobody says anything before a new session begins.
	Silence time.Duration
	// MaxTurns bounds a session, so that memory does not grow with a chat that
	// never rests; 0 means 2000.
	MaxTurns int
	// Topics parts sessions by what they are about; nil leaves them whole.
	Topics *TopicRule
}

const defaultMaxTurns = 2000

// Sessions parts one chat. Add is given its messages in order; every session
// goes to the function that it was made with, when it is over.
type Sessions struct {
	rules Rules
	chat  string
	joint joiner
	turns []Turn
	last  int64 // end of the last turn
	count int
	yield func(Session) error
}

// NewSessions parts a chat by rules.
func NewSessions(chatID string, rules Rules, yield func(Session) error) *Sessions {
	if rules.MaxTurns <= 0 {
		rules.MaxTurns = defaultMaxTurns
	}
	return &Sessions{rules: rules, chat: chatID, joint: joiner{rule: rules.Burst}, yield: yield}
}

// Add takes a message; text is what is left of it after cleaning. One without
// text says nothing and is passed over.
func (s *Sessions) Add(m *chat.Message, text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	turn, ok := s.joint.add(m, text)
	if !ok {
		return nil
	}
	return s.turn(turn)
}

// Close ends the chat.
func (s *Sessions) Close() error {
	if turn, ok := s.joint.close(); ok {
		if err := s.turn(turn); err != nil {
			return err
		}
	}
	return s.end()
}

func (s *Sessions) turn(t Turn) error {
	silence := int64(s.rules.Silence / time.Second)
	if len(s.turns) > 0 && (silence > 0 && t.Time-s.last > silence || len(s.turns) >= s.rules.MaxTurns) {
		if err := s.end(); err != nil {
			return err
		}
	}
	s.turns = append(s.turns, t)
	s.last = max(s.last, t.End)
	return nil
}

// end hands over the session, in its topics.
func (s *Sessions) end() error {
	if len(s.turns) == 0 {
		return nil
	}
	turns := s.turns
	s.turns = nil
	index := s.count
	s.count++
	from := 0
	for topic, to := range s.borders(turns) {
		if err := s.yield(Session{Chat: s.chat, Index: index, Topic: topic, Turns: turns[from:to:to]}); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// borders are the ends of the topics of a session.
func (s *Sessions) borders(turns []Turn) []int {
	if s.rules.Topics == nil {
		return []int{len(turns)}
	}
	return append(s.rules.Topics.Borders(turns), len(turns))
}
