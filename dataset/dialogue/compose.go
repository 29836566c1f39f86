package dialogue

import (
	"slices"
	"unicode/utf8"
)

// Form is what an example is.
type Form string

// The forms.
const (
	Replies       Form = "replies"       // one turn of the target, with what led to it
	Conversations Form = "conversations" // a whole conversation with several turns of the target
)

// ExampleRule says how turns become examples.
type ExampleRule struct {
	Form Form
	// Turns is the most that an example has; 2 makes pairs of a turn and its
	// answer.
	Turns int
	// Runes is how long an example's text may be; the oldest turns are left out
	// first. An answer with what it answers is kept whole.
	Runes int
	// Target reports whether a speaker is one whose turns are to be learnt.
	Target func(speaker string) bool
}

// Composer makes examples of stretches.
type Composer struct {
	Burst   BurstRule
	Topics  *Segmenter // nil: stretches are of one topic
	Example ExampleRule
	// Yield takes each example.
	Yield func(Example)
	// Drop is told of each turn of the target that became none.
	Drop func(Reason)
}

// Compose makes the examples of a stretch. Lines are its messages after
// cleaning, in order; answered those of Stretch.Answered, one for each.
func (c *Composer) Compose(s *Stretch, lines, answered []Line) {
	turns := c.Burst.Turns(lines)
	var borders []int
	if c.Topics != nil {
		borders = c.Topics.Borders(turns)
	}
	var earlier []Turn
	var index []int
	for i, l := range answered {
		if l.Text != "" {
			earlier, index = append(earlier, turnOf(l)), append(index, s.Answered[i].Index)
		}
	}
	t := newThreads(earlier, index, turns, borders)
	if c.Example.Form == Conversations {
		c.conversations(s, t)
		return
	}
	c.replies(s, t)
}

func (c *Composer) replies(s *Stretch, t *threads) {
	for i := t.from; i < len(t.turns); i++ {
		if !c.Example.Target(t.turns[i].Speaker) {
			continue
		}
		if reason := c.unfit(t, i); reason != "" {
			c.Drop(reason)
			continue
		}
		c.yield(s, t, t.chain(i, c.Example.Turns))
	}
}

// unfit is why a turn of the target cannot be learnt, or empty.
func (c *Composer) unfit(t *threads, i int) Reason {
	p := t.parents[i]
	switch {
	case t.turns[i].Forward != "":
		return Forwarded
	case p == lost:
		return Orphan
	case p == none:
		return Opens
	case t.turns[p].Speaker == t.turns[i].Speaker:
		return Follows
	}
	return ""
}

// conversations are cut so that each part begins with somebody else's turn and
// ends with one of the target.
func (c *Composer) conversations(s *Stretch, t *threads) {
	for _, conversation := range t.conversations() {
		for len(conversation) > 0 {
			n := min(c.Example.Turns, len(conversation))
			part := conversation[:n]
			conversation = conversation[n:]
			first, last := c.span(t, part)
			for at, i := range part {
				switch {
				case c.Example.Target(t.turns[i].Speaker) && !c.learnt(t, i):
					c.Drop(Forwarded)
				case c.learnt(t, i) && (first < 0 || at < first):
					c.Drop(Opens)
				}
			}
			if first >= 0 {
				c.yield(s, t, part[first:last+1])
			}
		}
	}
}

// span is the first turn of a part that is answered, and the last that the
// target says itself; first is below 0 where nobody is answered.
func (c *Composer) span(t *threads, part []int) (first, last int) {
	last = lastIndex(part, func(i int) bool { return c.learnt(t, i) })
	if last < 0 {
		return -1, last
	}
	target := t.turns[part[last]].Speaker
	return slices.IndexFunc(part[:last], func(i int) bool { return t.turns[i].Speaker != target }), last
}

// learnt reports whether a turn is the target's own words.
func (c *Composer) learnt(t *threads, i int) bool {
	return c.Example.Target(t.turns[i].Speaker) && t.turns[i].Forward == ""
}

func (c *Composer) yield(s *Stretch, t *threads, chain []int) {
	chain = c.short(t, chain)
	last := chain[len(chain)-1]
	for t.turns[chain[0]].Speaker == t.turns[last].Speaker { // what it answers follows
		chain = chain[1:]
	}
	e := Example{
		Chat: s.Chat, Thread: s.Thread, Index: s.Index, Topic: t.topic[last-t.from], Time: t.turns[last].Time,
		Turns: make([]Turn, len(chain)),
	}
	for n, i := range chain {
		e.Turns[n] = t.turns[i]
		if i < t.from && !slices.Contains(e.Earlier, t.index[i]) {
			e.Earlier = append(e.Earlier, t.index[i])
		}
	}
	c.Yield(e)
}

// short leaves the oldest turns out of a text that is too long, down to an
// answer and what it answers.
func (c *Composer) short(t *threads, chain []int) []int {
	if c.Example.Runes <= 0 {
		return chain
	}
	total := 0
	for n := len(chain) - 1; n >= 0; n-- {
		total += utf8.RuneCountInString(t.turns[chain[n]].Text)
		if total > c.Example.Runes && n < len(chain)-2 {
			return chain[n+1:]
		}
	}
	return chain
}

func lastIndex(list []int, is func(int) bool) int {
	for i := len(list) - 1; i >= 0; i-- {
		if is(list[i]) {
			return i
		}
	}
	return -1
}
