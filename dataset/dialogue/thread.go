package dialogue

import "slices"

// none and lost are the parents of turns that answer nothing, and something
// that is not there.
const (
	none = -1
	lost = -2
)

// threads are the turns of a stretch with what each of them answers. The turns
// of earlier stretches that are answered come first.
type threads struct {
	turns   []Turn
	from    int   // turns before it are of earlier stretches
	index   []int // of each earlier turn's stretch
	topic   []int // of each turn, from the first of this stretch on
	parents []int
}

// newThreads finds for each turn the one that it answers: the one whose message
// it replies to, wherever that is, and else the one before it in its topic.
func newThreads(earlier []Turn, index []int, turns []Turn, borders []int) *threads {
	t := &threads{turns: slices.Concat(earlier, turns), from: len(earlier), index: index, topic: topicsOf(borders, len(turns))}
	at := make(map[int64]int, len(t.turns))
	t.parents = make([]int, len(t.turns))
	for i := range t.turns {
		t.parents[i] = t.parent(i, at)
		for _, id := range t.turns[i].IDs {
			if _, again := at[id]; !again { // of ids that repeat the first is meant
				at[id] = i
			}
		}
	}
	return t
}

func (t *threads) parent(i int, at map[int64]int) int {
	switch reply := t.turns[i].ReplyTo; {
	case i < t.from:
		return none
	case reply != 0:
		if j, ok := at[reply]; ok {
			return j
		}
		return lost
	case i > t.from && t.topic[i-t.from] == t.topic[i-t.from-1]:
		return i - 1
	default:
		return none
	}
}

// topicsOf is for each turn the topic that it is of.
func topicsOf(borders []int, n int) []int {
	topics := make([]int, n)
	topic := 0
	for i := range topics {
		if topic < len(borders) && borders[topic] == i {
			topic++
		}
		topics[i] = topic
	}
	return topics
}

// chain is a turn with what it answers and what that answers, at most limit
// turns, the oldest first.
func (t *threads) chain(i, limit int) []int {
	var chain []int
	for ; i >= 0 && len(chain) < limit; i = t.parents[i] {
		chain = append(chain, i)
	}
	slices.Reverse(chain)
	return chain
}

// conversations are the turns that hang together by answers, each in order.
func (t *threads) conversations() [][]int {
	var all [][]int
	of := make([]int, len(t.turns)) // place in all of a turn's conversation, from 1
	for i := t.from; i < len(t.turns); i++ {
		p := t.parents[i]
		switch {
		case p < 0:
			all = append(all, nil)
			of[i] = len(all)
		case of[p] == 0: // of an earlier stretch: the conversation begins with it
			all = append(all, []int{p})
			of[p], of[i] = len(all), len(all)
		default:
			of[i] = of[p]
		}
		all[of[i]-1] = append(all[of[i]-1], i)
	}
	return all
}
