package town_test

import (
	"fmt"
	"testing"

	"github.com/llm-city/gorod/core/env/town"
	"github.com/llm-city/gorod/core/spec"
)

// city is a town of n residents in a grid of houses, offices and shops.
func city(b *testing.B, n int) *place {
	settings := original()
	settings.Width, settings.Height = 32, 32
	for i := range 1024 {
		kind := []string{"house-c", "office", "restaurant", "house-c", "store", "museum", "house-c", "park"}[i%8]
		settings.Buildings = append(settings.Buildings, spec.TownBuilding{Type: kind, X: i % 32, Y: i / 32})
	}
	var many []string
	for i := range n {
		many = append(many, fmt.Sprint("Житель ", i))
	}
	return found(b, town.Options{Settings: settings, Residents: folk(many...)})
}

// step makes a tick in which all who are free look, see what they may do and
// do it: go to work or to eat, work or buy, talk. It says how many did.
func (p *place) step() int {
	turns, err := p.Turns(p.t.Context(), p.now(), p.all())
	if err != nil {
		p.t.Fatal(err)
	}
	for i, turn := range turns {
		if _, _, err := p.Observe(p.t.Context(), p.now(), turn.Agent); err != nil {
			p.t.Fatal(err)
		}
		p.Actions(turn.Agent)
		where, what := fmt.Sprint("office-", i%128+1), action("work")
		if p.tick%3 > 0 {
			where, what = fmt.Sprint("restaurant-", i%128+1), action("buy", "thing", "soup")
		}
		for _, a := range []struct{ kind, name, value string }{{"go", "building", where}, {"talk", "to", p.opts.Residents[i].ID}} {
			_, _ = p.Apply(p.t.Context(), p.now(), turn.Agent, action(a.kind, a.name, a.value, "text", "Как дела?")) // refused now and then
		}
		_, _ = p.Apply(p.t.Context(), p.now(), turn.Agent, what)
	}
	p.Happened(p.now())
	p.Changes()
	p.tick++
	return len(turns)
}

// BenchmarkDay is a day of 24 ticks; steps/s counts residents that took part.
func BenchmarkDay(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			steps := 0
			for b.Loop() {
				b.StopTimer()
				p := city(b, n)
				b.StartTimer()
				for range 24 {
					steps += p.step()
				}
			}
			b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "steps/s")
			b.ReportMetric(float64(steps)/float64(b.N), "steps/day")
		})
	}
}
