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
	return remembered(t, rule, 100, messages)
}

func remembered(t *testing.T, rule StretchRule, memory int, messages []chat.Message) []*Stretch {
	t.Helper()
	var out []*Stretch
	s := NewStretcher(chat.Chat{ID: "c"}, 0, 3, rule, NewPast(memory), func(s *Stretch) error { out = append(out, s); return nil })
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

func TestOnlySoManyMessagesAreRemembered(t *testing.T) {
	t.Parallel()
	hour := StretchRule{Silence: time.Hour}
	for text, want := range map[string]string{
		"a +0 x\na +1 y\na +1 z\nb +4000 >1 w":            "3:123 4:4",
		"a +0 x\na +1 y\na +1 z\nb +4000 >3 w\nb +1 >2 v": "3:123 4:45<3/3",
	} {
		if got := shown(remembered(t, hour, 2, script(t, text))); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestTopicsOfAChatShareTheirPastButNotTheirStretches(t *testing.T) {
	t.Parallel()
	past := NewPast(10)
	var got []*Stretch
	one := func(topic int64) *Stretcher {
		return NewStretcher(chat.Chat{ID: "c"}, topic, 0, StretchRule{Silence: time.Hour}, past, func(s *Stretch) error { got = append(got, s); return nil })
	}
	a, b := one(1), one(2)
	for i, c := range []struct {
		to    *Stretcher
		at    int64
		reply int64
	}{{a, 0, 0}, {b, 1, 0}, {a, 10_000, 1}, {b, 10_001, 1}} {
		if _, err := c.to.Add(&chat.Message{ID: int64(i + 1), Time: c.at, ReplyTo: c.reply, Text: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*Stretcher{a, b} {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if text := shown(got); text != "0:1 0:2 1:3<0/1 1:4" {
		t.Errorf("got %s: an answer to another topic is to nothing", text)
	}
	if past.Reset(); past.find(4) != nil {
		t.Error("a chat remembers the one before")
	}
}

func TestAMessageThatComesAgainIsPassedOver(t *testing.T) {
	t.Parallel()
	first := chat.Message{ID: 1, Time: 5, Sender: "a", Text: "да"}
	edited := first
	edited.Text = "нет"
	s := NewStretcher(chat.Chat{ID: "c"}, 0, 0, StretchRule{}, NewPast(10), func(*Stretch) error { return nil })
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
