package sim

import "testing"

// BenchmarkUntraced is all that spans cost a tick of 2,000 residents where nobody
// traces it: 8 batches of 5 phases, 5 phases of all, and the tick.
func BenchmarkUntraced(b *testing.B) {
	e := &Engine{opts: Options{Trace: untraced{}}}
	batches := make([]*batch, 8)
	for i := range batches {
		batches[i] = &batch{number: i, steps: make([]*step, batchSize)}
	}
	b.ReportAllocs()
	for b.Loop() {
		tick := e.opts.Trace.Begin(Part{Name: "tick"})
		for range 5 {
			e.phase(tick, Part{Name: "act"}).End(nil)
			for _, of := range batches {
				e.phaseOf(of, tick, Part{Name: "plan"}).End(nil)
			}
		}
		tick.End(nil)
	}
}
