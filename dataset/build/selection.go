package build

import (
	"fmt"
	"slices"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/recipe"
)

// selection hands on what a recipe asks for: the chats of a source that are
// wanted, and of messages that several sources hold, one.
type selection struct {
	rules recipe.Source // of the source that is read
	plain bool          // its ids are not the messenger's own: two messages may have one
	into  chat.Sink
	on    *selected // nil: the chat that is read is left out
	chats map[string]*selected
	met   map[string]bool // ids and names of chats that were asked for and are there
	left  int64           // messages of chats that are left out
	again int64           // messages that were there before
}

// selected is what was seen of a chat: the ids of each section of a source that
// lay together. An id of an earlier section is the same message again.
type selected struct{ sections []section }

type section struct{ low, high int64 }

func newSelection(into chat.Sink) *selection {
	return &selection{into: into, chats: map[string]*selected{}, met: map[string]bool{}}
}

// starter is a sink that wants to know when a source begins. Mixed is whether
// messages of several chats come in turn.
type starter interface{ begin(mixed bool) error }

// begin begins a source.
func (s *selection) begin(from *source) error {
	s.rules, s.plain, s.on = from.Source, from.Table != "", nil
	if into, ok := s.into.(starter); ok {
		return into.begin(s.plain)
	}
	return nil
}

// Chat implements chat.Sink.
func (s *selection) Chat(c chat.Chat) error {
	s.on = nil
	if !wanted(s.rules, c) {
		return nil
	}
	for _, asked := range s.rules.Chats {
		if asked == c.ID || asked == c.Name {
			s.met[asked] = true
		}
	}
	s.on = s.chats[c.ID]
	if s.on == nil {
		s.on = &selected{}
		s.chats[c.ID] = s.on
	}
	if !s.plain {
		s.on.sections = append(s.on.sections, section{low: 1, high: 0})
	}
	return s.into.Chat(c)
}

// Message implements chat.Sink.
func (s *selection) Message(m *chat.Message) error {
	if s.on == nil {
		s.left++
		return nil
	}
	if !s.plain && s.on.known(m.ID) {
		s.again++
		return nil
	}
	return s.into.Message(m)
}

// missing says which chats a recipe asks for by name that are not there.
func (s *selection) missing(r *recipe.Recipe) error {
	for i, source := range r.Sources {
		for j, asked := range source.Chats {
			if !s.met[asked] {
				return r.Problem(fmt.Sprintf("sources[%d].chats[%d]", i, j), fmt.Sprintf("no chat %.60q", asked),
					"the sources hold none of this id or name, and of these types", "write its id, as user123, or its name, letter by letter")
			}
		}
	}
	return nil
}

// known notes an id and reports whether an earlier section has it.
func (s *selected) known(id int64) bool {
	last := len(s.sections) - 1
	for _, earlier := range s.sections[:last] {
		if earlier.low <= id && id <= earlier.high {
			return true
		}
	}
	open := &s.sections[last]
	if open.low > open.high {
		open.low, open.high = id, id
	}
	open.low, open.high = min(open.low, id), max(open.high, id)
	return false
}

// wanted reports whether a recipe asks for a chat.
func wanted(s recipe.Source, c chat.Chat) bool {
	if len(s.Types) > 0 && !slices.Contains(s.Types, c.Type) {
		return false
	}
	return len(s.Chats) == 0 || slices.Contains(s.Chats, c.ID) || slices.Contains(s.Chats, c.Name)
}
