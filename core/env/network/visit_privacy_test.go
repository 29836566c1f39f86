package network_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/social"
)

// received tells the witness what visitors did, and that they did it to what
// they may see.
func (w *witness) received(t *testing.T, visits []social.Visit, became []done, done map[string]int) {
	t.Helper()
	for i, d := range became {
		visitor, a := strings.ToLower(visits[i].Visitor.ID), d.Result.Event
		if mark.MatchString(d.Refusal) || mark.MatchString(d.Result.Detail) {
			t.Fatalf("%s is told what was written: %+v", visitor, d)
		}
		if d.Refusal != "" {
			continue
		}
		if p, ok := w.posts[a.Target]; ok {
			if !w.may(visitor, p) {
				t.Fatalf("%s may %s %s, which is %+v", visitor, a.Kind, a.Target, p)
			}
			done[p.audience]++
		}
		w.sees(visitor, a)
	}
}

func TestVisitorsReachOnlyWhatIsForThemAndNobodySeesMoreOfThem(t *testing.T) {
	t.Parallel()
	shown, reached := map[string]int{}, map[string]int{}
	for seed := range uint64(16) {
		const size, ticks = 8, 25
		settings := walkSettings("chronological")
		settings.Feed.Discover = 0.5
		settings.Groups, settings.Follows.Graph = nil, "none"
		w := newWorld(t, network.Options{Settings: settings, Residents: walkResidents(size), Seed: seed})
		k := &outsiders{walker: &walker{draw: rand.New(rand.NewPCG(seed, 3)), size: size}}
		known := newWitness()
		for n := range int64(ticks) {
			k.posts = slices.Sorted(maps.Keys(known.posts)) // whomever they are for
			visits, awake := k.visits(n), k.awake()
			became := w.receive(n, visits)
			known.received(t, visits, became, reached)
			seen := w.look(n, awake...)
			for i, s := range seen {
				known.check(t, awake[i], s, shown)
			}
			deeds := k.meet(k.deeds(awake, seen), seen)
			for i, d := range w.carryOut(n, deeds) {
				if d.Refusal == "" {
					known.sees(deeds[i].agent, d.Result.Event)
				}
			}
			w.commit()
		}
	}
	for _, audience := range []string{"public", "followers", "direct"} {
		if shown[audience] < 20 || reached[audience] < 4 {
			t.Errorf("posts for %s: %d shown to residents, %d reached by visitors: the walk proves nothing", audience, shown[audience], reached[audience])
		}
	}
}
