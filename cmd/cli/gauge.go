package cli

import (
	"fmt"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// gauge shows how far the stages of a long command are: a bar each on a
// terminal, JSON lines with --json, and plain lines now and then elsewhere. It
// is for one goroutine at a time.
type gauge struct {
	s     *State
	bars  *mpb.Progress
	bar   *mpb.Bar
	stage string
	began time.Time
	told  time.Time
	total int64
}

func newGauge(s *State) *gauge {
	g := &gauge{s: s}
	if s.Terminal && !s.json {
		g.bars = mpb.New(mpb.WithOutput(s.Stderr), mpb.WithAutoRefresh(), mpb.WithWidth(min(s.Width/3, 40)))
	}
	return g
}

// set says how much of a stage is done; unit is what is counted, "bytes" is
// shown as such.
func (g *gauge) set(stage, unit string, done, total int64) {
	now := g.s.Now()
	if stage != g.stage {
		g.finish()
		g.stage, g.began, g.told = stage, now, now
		if g.bars != nil {
			g.bar = g.begin(stage, unit, total)
		}
	}
	g.total = total
	switch {
	case g.bar != nil:
		g.bar.SetTotal(total, false)
		g.bar.SetCurrent(done)
	case g.s.json:
		if now.Sub(g.told) >= time.Second || done == total {
			g.told = now
			g.s.printJSON(map[string]any{"event": "progress", "stage": stage, "unit": unit, "done": done, "total": total})
		}
	case now.Sub(g.told) >= lineEvery:
		g.told = now
		fmt.Fprintln(g.s.Stderr, g.line(unit, done, total, now))
	}
}

func (g *gauge) begin(stage, unit string, total int64) *mpb.Bar {
	counters := decor.CountersNoUnit("%d/%d", decor.WCSyncSpace)
	if unit == "bytes" {
		counters = decor.CountersKibiByte("% .0f/% .0f", decor.WCSyncSpace)
	}
	return g.bars.AddBar(total,
		mpb.PrependDecorators(decor.Name(stage, decor.WCSyncSpaceR), counters),
		mpb.AppendDecorators(decor.AverageETA(decor.ET_STYLE_GO)))
}

func (g *gauge) line(unit string, done, total int64, now time.Time) string {
	amount := fmt.Sprintf("%d of %d %s", done, total, unit)
	if unit == "bytes" {
		amount = bytes(done) + " of " + bytes(total)
	}
	if done == 0 {
		return g.stage + ": " + amount
	}
	left := time.Duration(float64(now.Sub(g.began)) / float64(done) * float64(total-done))
	return fmt.Sprintf("%s: %s, %s left", g.stage, amount, left.Round(time.Second))
}

func (g *gauge) finish() {
	if g.bar != nil {
		g.bar.SetTotal(-1, true)
		g.bar = nil
	}
}

// close waits for the bars to be drawn.
func (g *gauge) close() {
	g.finish()
	if g.bars != nil {
		g.bars.Wait()
	}
}
