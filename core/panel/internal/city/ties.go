package city

import (
	"cmp"
	"slices"
)

// Ties are who talks to whom.
type Ties struct {
	People []Talker
	Pairs  []Pair // the strongest first
	Left   int    // people who talk and are not among these
}

// Talker is somebody who talks to others.
type Talker struct {
	Name
	Group   string
	Said    int // to others
	Heard   int // from others
	Valence float64
}

// Pair is what one says to another. From and To are places in People.
type Pair struct {
	From, To int
	Messages int
	Valence  float64 // mean of those that were rated
	rated    int
}

type pairKey struct{ from, to int32 }

// Ties are those of the limit people who talk most.
func (v *View) Ties(limit int) Ties {
	pairs := map[pairKey]*Pair{}
	said, heard := map[int32]int{}, map[int32]int{}
	for i := range v.past.acts[:v.end] {
		a := &v.past.acts[i]
		if a.text == "" || a.whom == nobody || a.whom == a.who {
			continue
		}
		key := pairKey{a.who, a.whom}
		if pairs[key] == nil {
			pairs[key] = &Pair{}
		}
		said[a.who]++
		heard[a.whom]++
		pairs[key].Messages++
		if a.tone != untold {
			pairs[key].Valence += float64(a.valence)
			pairs[key].rated++
		}
	}
	people := v.busiest(said, heard)
	left := max(0, len(people)-limit)
	people = people[:len(people)-left]
	return Ties{v.talkers(people, said, heard), among(people, pairs), left}
}

// busiest are those who talk, most first.
func (v *View) busiest(said, heard map[int32]int) []int32 {
	var people []int32
	for i := range int32(len(v.past.people)) {
		if said[i]+heard[i] > 0 {
			people = append(people, i)
		}
	}
	slices.SortStableFunc(people, func(a, b int32) int { return cmp.Compare(said[b]+heard[b], said[a]+heard[a]) })
	return people
}

func (v *View) talkers(people []int32, said, heard map[int32]int) []Talker {
	out := make([]Talker, len(people))
	for i, at := range people {
		p := &v.past.people[at]
		out[i] = Talker{Name: v.name(at), Group: p.Group, Said: said[at], Heard: heard[at]}
		if n := upTo(p.moods, v.Tick, moodTick); n > 0 {
			out[i].Valence = float64(p.moods[n-1].valence)
		}
	}
	return out
}

func among(people []int32, pairs map[pairKey]*Pair) (out []Pair) {
	place := map[int32]int{}
	for i, at := range people {
		place[at] = i
	}
	for key, pair := range pairs {
		from, ok := place[key.from]
		to, both := place[key.to]
		if ok && both {
			out = append(out, Pair{from, to, pair.Messages, pair.Valence / float64(max(pair.rated, 1)), pair.rated})
		}
	}
	slices.SortFunc(out, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(b.Messages, a.Messages), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}
