package style

import (
	"fmt"
	"math"
)

// anchor is what a distance is placed between.
type anchor struct {
	floor   float64 // distance of other people from the person
	ceiling float64 // distance of what the person says later
	missing string  // why nothing can be placed between the two
}

// position is where a distance lies: 0 at the floor, 1 at the ceiling.
func (a anchor) position(d float64) float64 { return (a.floor - d) / (a.floor - a.ceiling) }

// Bounds of the floor, and of the jackknife that tells how sure the anchors are.
const (
	mostPeople = 30
	blocks     = 20
	apart      = 2 // errors that the floor must be above the ceiling
)

// texts are those of one person, in blocks that can be left out.
type texts struct {
	n     int
	whole *traits
	parts [blocks]*traits
}

func newTexts(said []string) *texts {
	t := &texts{n: len(said), whole: newTraits()}
	for i := range t.parts {
		t.parts[i] = newTraits()
	}
	for i, s := range said {
		t.parts[i%blocks].read(s)
	}
	for _, p := range t.parts {
		t.whole.add(p, 1)
	}
	return t
}

// without are the texts less a block; all of them where it is −1. They are good
// until it is called again.
func (t *texts) without(block int, use func(*traits)) {
	if block >= 0 {
		t.whole.add(t.parts[block], -1)
		defer t.whole.add(t.parts[block], 1)
	}
	use(t.whole)
}

// anchor measures how far others are from the profile, those with the most texts
// first, and how far the person later is, by feature. Of each as many texts count
// as the person said later: distances depend on how much there is of a text.
func (p *profile) anchor(others [][]string, later []string) []anchor {
	var people []*texts
	for _, said := range others {
		if said = said[:min(len(said), len(later))]; len(said) >= fewestTexts && len(people) < mostPeople {
			people = append(people, newTexts(said))
		}
	}
	self := newTexts(later)
	out := make([]anchor, len(features()))
	margins := make([][]float64, len(out))
	for block := -1; block < min(blocks, len(later)); block++ {
		for i, now := range p.anchors(people, self, block) {
			switch {
			case block < 0:
				out[i] = now
			case now.missing == "":
				margins[i] = append(margins[i], now.floor-now.ceiling)
			}
		}
	}
	for i := range out {
		out[i].check(margins[i])
	}
	return out
}

// anchors are those without a block of everybody's texts: the floor is the mean
// over people, weighted by their texts.
func (p *profile) anchors(people []*texts, self *texts, block int) []anchor {
	out := make([]anchor, len(features()))
	weights := make([]float64, len(out))
	for _, person := range people {
		person.without(block, func(t *traits) {
			for i, f := range features() {
				if d, why := f.distance(p, t); why == "" {
					out[i].floor += d * float64(person.n)
					weights[i] += float64(person.n)
				}
			}
		})
	}
	self.without(block, func(t *traits) {
		for i, f := range features() {
			switch d, why := f.distance(p, t); {
			case why != "":
				out[i].missing = why
			case weights[i] == 0:
				out[i].missing = "no floor: nobody else in the dataset has said enough"
			default:
				out[i].floor, out[i].ceiling = out[i].floor/weights[i], d
			}
		}
	})
	return out
}

// check finds whether others can be told from the person: the floor must be
// above the ceiling by two standard errors of the jackknife.
func (a *anchor) check(margins []float64) {
	if a.missing != "" {
		return
	}
	n, mean, squares := float64(len(margins)), 0.0, 0.0
	for _, m := range margins {
		mean += m / n
	}
	for _, m := range margins {
		squares += (m - mean) * (m - mean)
	}
	margin := a.floor - a.ceiling
	if off := math.Sqrt(squares * (n - 1) / max(n, 1)); len(margins) < 2 || margin <= apart*off {
		a.missing = fmt.Sprintf("others (%.3g) are not surely farther from the person than the person is later (%.3g)", a.floor, a.ceiling)
	}
}
