package dialogue

import (
	"math"

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
	// Terms reads what turns are about; nil makes one for every call.
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

// Borders are the places in turns before which a new topic begins, in order.
func (r TopicRule) Borders(turns []Turn) []int {
	r = r.defaults()
	words := make([]map[string]float64, len(turns))
	for i := range turns {
		words[i] = stems(turns[i].Text, r.Terms)
	}
	scores := make([]float64, len(turns)) // of a border before each turn
	for i := 1; i < len(turns); i++ {
		scores[i] = r.score(turns, words, i)
	}
	var borders []int
	last := 0
	for i := r.MinTurns; i+r.MinTurns <= len(turns); i++ {
		if scores[i] >= r.Threshold && i-last >= r.MinTurns && highest(scores, i, r.MinTurns) {
			borders = append(borders, i)
			last = i
		}
	}
	return borders
}

// score is how much speaks for a border before a turn, 0 to 1.
func (r TopicRule) score(turns []Turn, words []map[string]float64, at int) float64 {
	before := merged(words[max(0, at-r.Window):at])
	after := merged(words[at:min(len(words), at+r.Window)])
	distance := 1 - cosine(before, after)
	if len(before) == 0 || len(after) == 0 {
		distance = 0.5 // too little is said to tell
	}
	pause := math.Max(0, float64(turns[at].Time-turns[at-1].End))
	score := weightWords*distance + weightPause*pause/(pause+r.Pause)
	return score - weightReply*r.crossing(turns, at)
}

// crossing is the share of the turns after a place, within the window, that
// answer one before it.
func (r TopicRule) crossing(turns []Turn, at int) float64 {
	earlier := map[int64]bool{}
	for _, t := range turns[max(0, at-4*r.Window):at] {
		for _, id := range t.IDs {
			earlier[id] = true
		}
	}
	n, to := 0, min(len(turns), at+r.Window)
	for _, t := range turns[at:to] {
		if t.ReplyTo != 0 && earlier[t.ReplyTo] {
			n++
		}
	}
	return float64(n) / float64(to-at)
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

// stems are the terms of a text, with how often each stands there.
func stems(s string, read *terms.Reader) map[string]float64 {
	const limit = 400 // words of a turn that count
	out := map[string]float64{}
	for stem := range read.Of(s, limit) {
		out[stem]++
	}
	return out
}

func merged(list []map[string]float64) map[string]float64 {
	out := map[string]float64{}
	for _, words := range list {
		for stem, n := range words {
			out[stem] += n
		}
	}
	return out
}

func cosine(a, b map[string]float64) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	dot := 0.0
	for stem, n := range a {
		dot += n * b[stem]
	}
	if dot == 0 {
		return 0
	}
	return dot / (norm(a) * norm(b))
}

func norm(v map[string]float64) float64 {
	sum := 0.0
	for _, n := range v {
		sum += n * n
	}
	return math.Sqrt(sum)
}
