package dialogue

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/dataset/chat"
)

func stretches(t *testing.T, rule StretchRule, messages []chat.Message) []*Stretch {
	t.Helper()
	var out []*Stretch
	s := NewStretcher(chat.Chat{ID: "c"}, 0, 3, rule, func(s *Stretch) error { out = append(out, s); return nil })
	for i := range messages {
		if _, err := s.Add(&messages[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// shown is "index:ids<answered".
func shown(list []*Stretch) string {
	var parts []string
	for _, s := range list {
		part := fmt.Sprint(s.Index, ":")
		for _, m := range s.Messages {
			part += fmt.Sprint(m.ID)
		}
		for _, e := range s.Answered {
			part += fmt.Sprint("<", e.Index, "/", e.Message.ID)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

func TestChatsArePartedBySilence(t *testing.T) {
	t.Parallel()
	hour := StretchRule{Silence: time.Hour}
	for name, c := range map[string]struct {
		rule   StretchRule
		script string
		want   string
	}{
		"silence":                        {hour, "a +0 x\nb +3600 y\na +3601 z", "3:12 4:3"},
		"no silence asked for":           {StretchRule{}, "a +0 x\nb +999999 y", "3:12"},
		"never rests":                    {StretchRule{MaxMessages: 2}, "a +0 x\nb +1 y\na +1 z", "3:12 4:3"},
		"answers one of before":          {hour, "a +0 x\nb +4000 >1 y\na +1 >1 z", "3:1 4:23<3/1"},
		"answers one of its own":         {hour, "a +0 x\nb +4000 y\na +1 >2 z", "3:1 4:23"},
		"answers one that is forgotten":  {StretchRule{Silence: time.Hour, Memory: 2}, "a +0 x\na +1 y\na +1 z\nb +4000 >1 w", "3:123 4:4"},
		"remembers the last ones":        {StretchRule{Silence: time.Hour, Memory: 2}, "a +0 x\na +1 y\na +1 z\nb +4000 >3 w\nb +1 >2 v", "3:123 4:45<3/3"},
		"answers in the chat's order":    {hour, "a +0 x\na +1 y\nb +4000 >2 z\nb +1 >1 w", "3:12 4:34<3/1<3/2"},
		"time that runs back is no rest": {hour, "a +0 x\nb -9000 y\na +9001 z", "3:123"},
		"nothing":                        {hour, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := shown(stretches(t, c.rule, script(t, c.script))); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestAMessageThatComesAgainIsPassedOver(t *testing.T) {
	t.Parallel()
	first := chat.Message{ID: 1, Time: 5, Sender: "a", Text: "да"}
	edited := first
	edited.Text = "нет"
	s := NewStretcher(chat.Chat{ID: "c"}, 0, 0, StretchRule{}, func(*Stretch) error { return nil })
	for i, c := range []struct {
		m    chat.Message
		want bool
	}{{first, true}, {first, false}, {edited, true}} {
		if fresh, err := s.Add(&c.m); err != nil || fresh != c.want {
			t.Errorf("message %d: fresh %v, want %v; %v", i, fresh, c.want, err)
		}
	}
}

func TestAStretchKeepsNothingOfTheSourcesBuffers(t *testing.T) {
	t.Parallel()
	m := chat.Message{ID: 1, Sender: "a", Text: "да", Entities: []chat.Span{{Type: "phone", From: 0, To: 4}}, Reactions: []chat.Reaction{{Emoji: "👍", Count: 1}}}
	list := stretches(t, StretchRule{}, []chat.Message{m})
	m.Entities[0].Type = "changed"
	if got := list[0].Messages[0]; got.Entities[0].Type != "phone" || got.Reactions != nil {
		t.Errorf("%+v", got)
	}
}
