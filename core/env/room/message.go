package room

import (
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
)

// message is something said, or somebody's leaving.
type message struct {
	num    int       // from 1; the id is m1, m2, …
	Kind   string    `json:"kind"` // message or leave
	Author string    `json:"author"`
	Text   string    `json:"text,omitempty"`
	To     string    `json:"to,omitempty"`
	Event  string    `json:"event,omitempty"`
	Time   time.Time `json:"time"`

	stems   map[string]bool
	unsaved bool
}

// addresses reports whether a message is meant for a participant: said to it,
// or naming it.
func (m *message) addresses(s *seat) bool {
	return m.Author != s.id && (m.To == s.id || s.name.in(m.stems))
}

// shared counts the words that a message shares with some.
func (m *message) shared(interests map[string]bool) int {
	n := 0
	for stem := range m.stems {
		if interests[stem] {
			n++
		}
	}
	return n
}

// say adds a message to the conversation and forgets the oldest.
func (e *Environment) say(m message) *message {
	e.count++
	m.num, m.unsaved = e.count, true
	m.stems = e.words.stems(m.Text)
	if e.messages = append(e.messages, m); len(e.messages) > e.kept() {
		e.messages = append(e.messages[:0], e.messages[len(e.messages)-e.kept():]...)
	}
	return &e.messages[len(e.messages)-1]
}

// kept is how many messages are kept in memory: those that participants see,
// and those of a tick that is not yet committed.
func (e *Environment) kept() int { return e.settings.History + 2 }

// item shows a message as a participant hears it.
func (e *Environment) item(m *message, s *seat) sdk.Item {
	return sdk.Item{
		ID: messageID(m.num), Kind: m.Kind, Author: m.Author, AuthorName: e.people.Name(m.Author), Text: m.Text,
		Time: m.Time.Format(time.RFC3339), Event: m.Event, Addressed: m.addresses(s),
	}
}
