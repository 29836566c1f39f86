package city

import (
	"cmp"
	"math"
	"slices"
)

// Topic is a word of the last ticks, with how many messages hold it.
type Topic struct {
	Word   string
	Now    int // in the window
	Before int // in the window before it
}

// Topics are the words that most messages of the last window ticks hold.
func (v *View) Topics(window int64, limit int) []Topic {
	now, before := v.holding(v.Tick+1-window, v.Tick+1), v.holding(v.Tick+1-2*window, v.Tick+1-window)
	topics := make([]Topic, 0, len(now))
	for n, count := range now {
		topics = append(topics, Topic{v.past.words.known[n].form, count, before[n]})
	}
	slices.SortFunc(topics, func(a, b Topic) int {
		return cmp.Or(cmp.Compare(b.Now, a.Now), cmp.Compare(a.Word, b.Word))
	})
	return topics[:min(limit, len(topics))]
}

// holding counts the messages of some ticks by the words that they hold.
func (v *View) holding(from, to int64) map[int32]int {
	count := map[int32]int{}
	for i := v.past.before(from); i < v.past.before(to); i++ {
		for _, n := range v.past.acts[i].terms {
			count[n]++
		}
	}
	return count
}

// weight of a word is the higher, the fewer messages hold it (TF-IDF).
func (v *View) weight(n int32) float64 {
	return math.Log(1 + float64(len(v.past.acts))/float64(1+v.past.words.known[n].texts))
}

// keywords are the words that tell messages from others.
func (v *View) keywords(acts []int32, limit int) []string {
	count := map[int32]int{}
	for _, at := range acts {
		for _, n := range v.past.acts[at].terms {
			count[n]++
		}
	}
	type scored struct {
		word  string
		score float64
	}
	all := make([]scored, 0, len(count))
	for n, c := range count {
		all = append(all, scored{v.past.words.known[n].form, float64(c) * v.weight(n)})
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.word, b.word)) })
	var out []string
	for _, s := range all[:min(limit, len(all))] {
		out = append(out, s.word)
	}
	return out
}
