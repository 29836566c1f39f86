package export_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/journal/export"
	"github.com/llm-city/gorod/plugins/sdk"
)

// BenchmarkExport measures speed, and the largest heap seen, which must not
// grow with the run.
func BenchmarkExport(b *testing.B) {
	for _, ticks := range []int64{50, 200, 800} {
		b.Run(fmt.Sprintf("events=%d", ticks*3000), func(b *testing.B) {
			source := longRun(b, ticks)
			var heap uint64
			peak := func(export.Progress) {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				heap = max(heap, m.HeapAlloc)
			}
			for b.Loop() {
				if err := export.Run(b.Context(), []export.Source{source}, b.TempDir(), peak); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(ticks)*3000/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(heap)/(1<<20), "MB-peak")
		})
	}
}

// longRun is a run of 1000 agents, three events an agent and tick.
func longRun(b *testing.B, ticks int64) export.Source {
	b.Helper()
	path := filepath.Join(b.TempDir(), "run.db")
	j, err := journal.Create(b.Context(), path, journal.Meta{Study: "s", Clock: journal.Clock{Step: time.Hour}})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	for tick := range ticks {
		c := event.Commit{Tick: tick, Digest: []byte{1}}
		for i := range 1000 {
			id := fmt.Sprintf("a%04d", i)
			text := fmt.Sprintf("Сообщение %d от %s о том, что в парке снова меняют лавочки", tick, id)
			c.Events = append(c.Events,
				event.New(tick, id, event.KindMood, event.Mood{Valence: float64(i) / 1000, Arousal: 0.5}),
				event.New(tick, id, event.KindPlan, event.Plan{Purpose: "обсудить новости с соседями"}),
				event.New(tick, id, event.KindAction, event.Action{Action: sdk.Action{Kind: "post", Args: map[string]string{"text": text}}, ID: fmt.Sprintf("p%d-%d", tick, i), Text: text}))
		}
		for i := range c.Events {
			c.Events[i].Seq = i
		}
		if err := j.Commit(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
	return export.Source{Journal: path}
}
