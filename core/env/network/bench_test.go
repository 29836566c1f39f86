package network_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/spec"
)

// city is a network of n after five ticks in which everybody acted.
func city(b *testing.B, n int, rank string) (*world, []string) {
	w := newWorld(b, network.Options{Settings: spec.Network{
		Feed:    spec.Feed{Rank: rank, Size: 10, Window: 200, Discover: 0.2},
		Follows: spec.Follows{Graph: "small-world", Degree: 10, Rewire: 0.1},
	}, Residents: crowd(n), Embed: embedLetters})
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("a%04d", i+1)
	}
	for tick := range int64(5) {
		w.tick(tick, all)
	}
	b.ReportAllocs()
	b.ResetTimer()
	return w, all
}

// tick makes everybody observe and act: of five, two post, one answers, one
// likes, one passes on.
func (w *world) tick(tick int64, all []string) {
	if _, err := w.Turns(w.t.Context(), moment(tick), all); err != nil {
		w.t.Fatal(err)
	}
	first := make([]string, len(all))
	for i, id := range all {
		o, _, err := w.Observe(w.t.Context(), moment(tick), id)
		if err != nil {
			w.t.Fatal(err)
		}
		w.Actions(id)
		if len(o.Timeline) > 0 {
			first[i] = o.Timeline[0].ID
		}
	}
	for i, id := range all {
		w.apply(tick, i, id, first[i])
	}
	w.Changes()
}

func (w *world) apply(tick int64, i int, id, target string) {
	a := action("post", "text", "Сегодня у моста говорили о погоде и о новом рынке, пишет "+id)
	if kind := []string{"post", "post", "reply", "favourite", "boost"}[(i+int(tick))%5]; target != "" {
		a.Kind, a.Args["target"] = kind, target
	}
	_, _ = w.Apply(w.t.Context(), moment(tick), id, a) // a second boost is refused
}

func BenchmarkStep(b *testing.B) {
	for _, rank := range []string{"chronological", "hot", "interest", "random"} {
		for _, n := range []int{1000, 10_000} {
			b.Run(fmt.Sprint(rank, "/", n), func(b *testing.B) {
				w, all := city(b, n, rank)
				steps := 0
				for tick := int64(5); b.Loop(); tick++ {
					w.tick(tick, all)
					steps += n
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(steps), "ns/step")
			})
		}
	}
}

func BenchmarkObserve(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w, all := city(b, n, "hot")
			if _, err := w.Turns(b.Context(), moment(5), all); err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				if _, _, err := w.Observe(b.Context(), moment(5), all[i%n]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkApply(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w, all := city(b, n, "hot")
			for i := 0; b.Loop(); i++ {
				w.apply(5, i, all[i%n], "")
			}
		})
	}
}

// BenchmarkVisit is a post of one of a thousand visitors that mentions a resident.
func BenchmarkVisit(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w, _ := city(b, n, "hot")
			for i := 0; b.Loop(); i++ {
				w.visit(5, write(fmt.Sprint("@guest", i%1000), fmt.Sprint("v", i), fmt.Sprintf("Привет, @zhitel_%d!", 1+i%n)))
			}
		})
	}
}

// BenchmarkIdle reports the memory of a resident that has done nothing.
func BenchmarkIdle(b *testing.B) {
	const n = 10_000
	residents := crowd(n)
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		w := newWorld(b, network.Options{Settings: spec.Network{Follows: spec.Follows{Graph: "small-world", Degree: 10}}, Residents: residents})
		w.Changes()
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "bytes/agent")
		runtime.KeepAlive(w)
	}
}
