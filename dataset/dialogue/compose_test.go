package dialogue

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// composed are the examples of a chat in which "me" is the target, each as the
// texts of its turns, and the reasons of what became none.
func composed(t *testing.T, form Form, turns, runes int, text string) (examples []string, dropped []string) {
	t.Helper()
	c := Composer{
		Burst:   BurstRule{Gap: time.Minute, Token: "/"},
		Example: ExampleRule{Form: form, Turns: turns, Runes: runes, Target: func(s string) bool { return s == "me" }},
		Yield: func(e Example) {
			var texts []string
			for _, turn := range e.Turns {
				texts = append(texts, turn.Text)
			}
			line := strings.Join(texts, " | ")
			if len(e.Earlier) > 0 {
				line += fmt.Sprint(" <", e.Earlier)
			}
			examples = append(examples, line)
		},
		Drop: func(r Reason) { dropped = append(dropped, string(r)) },
	}
	for _, s := range stretches(t, StretchRule{Silence: time.Hour}, script(t, text)) {
		answered := make([]Line, len(s.Answered))
		for i := range s.Answered {
			answered[i] = Line{&s.Answered[i].Message, s.Answered[i].Message.Text}
		}
		c.Compose(s, linesOf(s.Messages), answered)
	}
	return examples, dropped
}

func TestReplies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		turns, runes int
		script       string
		want, drops  string
	}{
		"adjacent":                {8, 0, "a +0 раз\nme +100 два\na +100 три\nme +100 четыре", "раз | два;раз | два | три | четыре", ""},
		"pairs":                   {2, 0, "a +0 раз\nme +100 два\na +100 три\nme +100 четыре", "раз | два;три | четыре", ""},
		"a reply wins":            {8, 0, "a +0 идёшь?\nb +100 кто дома?\nme +100 >1 иду", "идёшь? | иду", ""},
		"through the chain":       {8, 0, "a +0 идёшь?\nb +100 кто дома?\nme +100 >1 иду\nb +1 >2 я\na +1 >3 жду\nme +99 >5 ок", "идёшь? | иду;идёшь? | иду | жду | ок", ""},
		"from before":             {8, 0, "a +0 раз\nb +100 два\nme +9000 >1 три", "раз | три <[3]", ""},
		"to what is not there":    {8, 0, "a +0 раз\nme +100 >77 два", "", "orphan"},
		"opens":                   {8, 0, "me +0 раз\na +100 два", "", "opens"},
		"goes on after a while":   {8, 0, "a +0 раз\nme +100 два\nme +100 три", "раз | два", "follows"},
		"answers itself":          {8, 0, "me +0 раз\na +70 два\nme +70 >1 три", "", "opens follows"},
		"words of others":         {8, 0, "a +0 раз\nme +70 ^news два", "", "forwarded"},
		"begins with another":     {3, 0, "a +0 раз\nme +70 два\na +70 три\nme +70 четыре", "раз | два;три | четыре", ""},
		"too long":                {8, 12, "a +0 раздватри\nme +70 четыре\na +70 пять\nme +70 шесть", "раздватри | четыре;пять | шесть", ""},
		"long pairs are whole":    {8, 5, "a +0 раздватри\nme +70 четырепять", "раздватри | четырепять", ""},
		"a burst is one turn":     {8, 0, "a +0 раз\na +9 два\nme +70 три\nme +9 четыре", "раз/два | три/четыре", ""},
		"answers its own id":      {8, 0, "a +0 раз\nme +70 >2 два", "", "orphan"},
		"answers what comes next": {8, 0, "a +0 раз\nme +70 >3 два\na +70 три", "", "orphan"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			examples, dropped := composed(t, Replies, c.turns, c.runes, c.script)
			if got := strings.Join(examples, ";"); got != c.want {
				t.Errorf("examples %q, want %q", got, c.want)
			}
			if got := strings.Join(dropped, " "); got != c.drops {
				t.Errorf("dropped %q, want %q", got, c.drops)
			}
		})
	}
}

func TestConversations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		turns       int
		script      string
		want, drops string
	}{
		"one":                  {8, "me +0 эй\na +70 раз\nme +70 два\na +70 три\nme +70 четыре\na +70 пять", "раз | два | три | четыре", "opens"},
		"two by replies":       {8, "a +0 идёшь?\nb +70 >99 кто дома?\nme +70 >1 иду\nb +70 >2 а ты?\nme +70 >4 я", "идёшь? | иду;кто дома? | а ты? | я", ""},
		"cut":                  {3, "a +0 раз\nme +70 два\na +70 три\nme +70 четыре\na +70 пять\nme +70 шесть", "раз | два;пять | шесть", "opens"},
		"begins before":        {8, "a +0 раз\nme +9000 >1 два\na +70 три\nme +70 да", "раз | два | три | да <[3]", ""},
		"words of others are":  {8, "a +0 раз\nme +70 ^x два\nme +70 три", "раз | два | три", "forwarded"},
		"nobody is answered":   {8, "me +0 раз\nme +70 два", "", "opens opens"},
		"only words of others": {8, "me +0 ^x раз\nme +70 два\na +70 три", "", "forwarded opens"},
		"after them":           {8, "me +0 ^x раз\nme +70 два\na +70 три\nme +70 четыре", "три | четыре", "forwarded opens"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			examples, dropped := composed(t, Conversations, c.turns, 0, c.script)
			if got := strings.Join(examples, ";"); got != c.want {
				t.Errorf("examples %q, want %q", got, c.want)
			}
			if got := strings.Join(dropped, " "); got != c.drops {
				t.Errorf("dropped %q, want %q", got, c.drops)
			}
		})
	}
}

func TestTopicsAreNotAnsweredAcross(t *testing.T) {
	t.Parallel()
	turns := BurstRule{}.Turns(linesOf(script(t, "a +0 раз\nme +1 два\na +1 три\nme +1 >1 четыре\nme +1 пять")))
	got := newThreads(nil, nil, turns, []int{2}).parents
	if want := []int{none, 0, none, 0, 3}; !slices.Equal(got, want) {
		t.Errorf("parents %v, want %v", got, want)
	}
}
