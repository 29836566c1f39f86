package dialogue

import (
	"math"
	"slices"

	"github.com/llm-city/gorod/dataset/terms"
)

// TopicRule parts a session where what is talked about changes. A border is
// likely where the words before and after have little in common (lexical
// cohesion: Hearst 1997, "TextTiling"), after a pause, and where nobody answers
// a message from before it.
type TopicRule struct {
	// Window is how many turns on either side are compared; 0 means 5.
	Window int
	// MinTurns is the least length of a topic in turns; 0 means 5.
	MinTurns int
	// Threshold is the score from which on there is a border, 0 to 1; 0 means
	// 0.7.
	Threshold float64
	// Pause, in seconds, is the pause that counts half; 0 means 900.
	Pause float64
	// Terms reads what turns are about; nil makes one.
	Terms *terms.Reader
}

// Weights of what speaks for a border; their sum is 1. An answer across it
// speaks against it with weightReply.
const (
	weightWords = 0.65
	weightPause = 0.35
	weightReply = 0.5
)

func (r TopicRule) defaults() TopicRule {
	if r.Window <= 0 {
		r.Window = 5
	}
	if r.MinTurns <= 0 {
		r.MinTurns = 5
	}
	if r.Threshold <= 0 {
		r.Threshold = 0.7
	}
	if r.Pause <= 0 {
		r.Pause = 900
	}
	if r.Terms == nil {
		r.Terms = terms.NewReader()
	}
	return r
}

// Segmenter parts sessions by a TopicRule. It keeps room between calls and is
// for one goroutine.
type Segmenter struct {
	rule    TopicRule
	numbers map[string]int32 // of the stems of a session
	stems   []int32          // of all its turns, one after another
	first   []int            // place in stems of each turn's, and the end
	answers []int            // the turn that each turn answers; -1: none of the session
	scores  []float64        // of a border before each turn
	sides   [2][]int64       // how often each stem stands before and after a place
}

// NewSegmenter makes a Segmenter.
func NewSegmenter(rule TopicRule) *Segmenter {
	return &Segmenter{rule: rule.defaults(), numbers: map[string]int32{}}
}

// Borders are the places in turns before which a new topic begins, in order.
func (s *Segmenter) Borders(turns []Turn) []int {
	least := s.rule.MinTurns
	if len(turns) < 2*least {
		return nil
	}
	s.read(turns)
	s.score(turns)
	var borders []int
	last := 0
	for i := least; i+least <= len(turns); i++ {
		if s.scores[i] >= s.rule.Threshold && i-last >= least && highest(s.scores, i, least) {
			borders = append(borders, i)
			last = i
		}
	}
	return borders
}

// read finds the stems of turns and what they answer.
func (s *Segmenter) read(turns []Turn) {
	const limit = 400 // words of a turn that count
	clear(s.numbers)
	s.stems, s.first = s.stems[:0], append(s.first[:0], 0)
	for i := range turns {
		for stem := range s.rule.Terms.Of(turns[i].Text, limit) {
			n, ok := s.numbers[stem]
			if !ok {
				n = int32(len(s.numbers))
				s.numbers[stem] = n
			}
			s.stems = append(s.stems, n)
		}
		s.first = append(s.first, len(s.stems))
	}
	s.answers = answersIn(turns, s.answers[:0])
}

// answersIn is for each turn the one that it says it answers, -1 for none.
func answersIn(turns []Turn, into []int) []int {
	var at map[int64]int
	for i := range turns {
		answered := -1
		if reply := turns[i].ReplyTo; reply != 0 {
			if at == nil {
				at = map[int64]int{}
				for j := range turns {
					for _, id := range turns[j].IDs {
						at[id] = j
					}
				}
			}
			if j, ok := at[reply]; ok {
				answered = j
			}
		}
		into = append(into, answered)
	}
	return into
}

// score says for each turn how much speaks for a border before it, 0 to 1. The
// windows slide: what leaves and what enters them is all that is looked at.
func (s *Segmenter) score(turns []Turn) {
	for i := range s.sides {
		s.sides[i] = slices.Grow(s.sides[i][:0], len(s.numbers))[:len(s.numbers)]
		clear(s.sides[i])
	}
	c := cohesion{before: s.sides[0], after: s.sides[1]}
	w, n := s.rule.Window, len(turns)
	s.scores = append(s.scores[:0], 0)
	for i := range min(w, n) {
		c.move(s.of(i), 0, 1)
	}
	for at := 1; at < n; at++ {
		c.move(s.of(at-1), 1, -1)
		if out := at - 1 - w; out >= 0 {
			c.move(s.of(out), -1, 0)
		}
		if in := at - 1 + w; in < n {
			c.move(s.of(in), 0, 1)
		}
		pause := math.Max(0, float64(turns[at].Time-turns[at-1].End))
		score := weightWords*c.distance() + weightPause*pause/(pause+s.rule.Pause)
		s.scores = append(s.scores, score-weightReply*s.crossing(at, n))
	}
}

func (s *Segmenter) of(turn int) []int32 { return s.stems[s.first[turn]:s.first[turn+1]] }

// crossing is the share of the turns after a place, within the window, that
// answer one before it.
func (s *Segmenter) crossing(at, n int) float64 {
	count, to, from := 0, min(n, at+s.rule.Window), at-4*s.rule.Window
	for _, answered := range s.answers[at:to] {
		if answered >= 0 && answered >= from && answered < at {
			count++
		}
	}
	return float64(count) / float64(to-at)
}

// cohesion compares the words on the two sides of a place: the cosine of how
// often each stem stands there, kept up as turns come and go.
type cohesion struct {
	before, after        []int64
	dot, length, length2 int64 // of the product, and squared of each side
}

// move changes how often the stems of a turn count on either side.
func (c *cohesion) move(stems []int32, before, after int64) {
	for _, t := range stems {
		b, a := c.before[t], c.after[t]
		c.before[t], c.after[t] = b+before, a+after
		c.dot += (b+before)*(a+after) - b*a
		c.length += before * (2*b + before)
		c.length2 += after * (2*a + after)
	}
}

// distance is 1 where the sides have nothing in common, 0 where they are of the
// same words, and halfway where too little is said to tell.
func (c *cohesion) distance() float64 {
	if c.length == 0 || c.length2 == 0 {
		return 0.5
	}
	return 1 - float64(c.dot)/math.Sqrt(float64(c.length)*float64(c.length2))
}

// highest reports whether a score is the highest around it; of equal ones the
// first is.
func highest(scores []float64, at, around int) bool {
	for i := max(1, at-around+1); i < min(len(scores), at+around); i++ {
		if scores[i] > scores[at] || i < at && scores[i] == scores[at] {
			return false
		}
	}
	return true
}
