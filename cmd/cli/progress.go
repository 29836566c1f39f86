package cli

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm/pool"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/sim"
)

// progress shows how runs go on: a bar each on a terminal, JSON lines with
// --json, and plain lines now and then elsewhere.
type progress struct {
	s     *State
	total int
	bars  *mpb.Progress

	mu    sync.Mutex
	runs  map[string]*shown // by folder
	ended int
}

// shown is one run as it is shown.
type shown struct {
	name    string
	bar     *mpb.Bar
	began   time.Time
	first   int64                        // tick computed first in this session
	usage   atomic.Pointer[runner.Usage] // read while a bar is drawn, so never under mu
	printed time.Time
}

// lineEvery is how often plain lines tell of a run.
const lineEvery = 5 * time.Second

var (
	_ runner.Observer       = (*progress)(nil)
	_ runner.OutboxObserver = (*progress)(nil)
)

func newProgress(s *State, runs []runner.Planned) *progress {
	p := &progress{s: s, total: len(runs), runs: map[string]*shown{}}
	if s.Terminal && !s.json {
		p.bars = mpb.New(mpb.WithOutput(s.Stderr), mpb.WithAutoRefresh(), mpb.WithWidth(min(s.Width/3, 40)))
	}
	return p
}

// Started implements runner.Observer.
func (p *progress) Started(run runner.Planned, ticks int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := &shown{name: fmt.Sprintf("%s %d", run.Cell.Name, run.Seed), began: p.s.Now(), first: -1}
	r.printed = r.began
	r.usage.Store(&runner.Usage{})
	p.runs[run.Dir] = r
	if p.bars != nil {
		r.bar = p.bars.AddBar(int64(ticks),
			mpb.PrependDecorators(decor.Name(r.name, decor.WCSyncSpaceR), decor.CountersNoUnit("%d/%d", decor.WCSyncSpace)),
			mpb.AppendDecorators(decor.Any(r.detail), decor.Name("  ETA "), decor.AverageETA(decor.ET_STYLE_GO)),
		)
	}
}

func (r *shown) detail(decor.Statistics) string {
	u := r.usage.Load()
	return fmt.Sprintf("%d calls, %d hits, %s tok%s", u.Calls, u.Hits, thousands(u.PromptTokens+u.ReplyTokens), unwell(u.Endpoints))
}

// Ticked implements runner.Observer.
func (p *progress) Ticked(run runner.Planned, at sim.Progress, usage runner.Usage) {
	p.mu.Lock()
	r := p.runs[run.Dir]
	if r.first < 0 {
		r.first = at.Tick
	}
	r.usage.Store(&usage)
	line := p.line(r, at, usage)
	bar := r.bar
	p.mu.Unlock()
	switch {
	case bar != nil:
		bar.SetCurrent(at.Tick + 1)
	case p.s.json:
		p.print(run, at, usage)
	case line != "":
		fmt.Fprintln(p.s.Stderr, line)
	}
}

// line is empty when it is too early to say something again.
func (p *progress) line(r *shown, at sim.Progress, u runner.Usage) string {
	now := p.s.Now()
	if now.Sub(r.printed) < lineEvery {
		return ""
	}
	r.printed = now
	done := at.Tick + 1 - r.first
	left := time.Duration(float64(now.Sub(r.began)) / float64(done) * float64(at.Ticks-at.Tick-1))
	return fmt.Sprintf("%s: tick %d/%d, %d agents, %d calls, %d hits, %s tokens, %s left%s", r.name, at.Tick+1, at.Ticks,
		at.Steps, u.Calls, u.Hits, thousands(u.PromptTokens+u.ReplyTokens), left.Round(time.Second), unwell(u.Endpoints))
}

// unwell names the endpoints that do not take all that they could.
func unwell(all []pool.Health) (out string) {
	for _, h := range all {
		if h.State != pool.Well {
			out += fmt.Sprintf(", %s is %s", h.Endpoint, h.State)
		}
	}
	return out
}

func (p *progress) print(run runner.Planned, at sim.Progress, u runner.Usage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := map[string]any{
		"event": "tick", "cell": run.Cell.Name, "seed": run.Seed, "tick": at.Tick, "ticks": at.Ticks, "agents": at.Steps,
		"calls": u.Calls, "hits": u.Hits, "prompt_tokens": u.PromptTokens, "reply_tokens": u.ReplyTokens,
	}
	if len(u.Endpoints) > 0 {
		line["endpoints"] = u.Endpoints
	}
	p.s.printJSON(line)
}

// Delivering implements runner.OutboxObserver.
func (p *progress) Delivering(run runner.Planned, o runner.Outbox) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch r := p.runs[run.Dir]; {
	case p.s.json:
		p.s.printJSON(map[string]any{"event": "delivering", "cell": run.Cell.Name, "seed": run.Seed, "left": o.Left, "trouble": o.Trouble})
	case r.bar == nil:
		line := fmt.Sprintf("%s: the run is over; %s left for its server", r.name, plural(o.Left, "thing is", "things are"))
		if o.Trouble != "" {
			line += " (" + o.Trouble + ")"
		}
		fmt.Fprintln(p.s.Stderr, line)
	}
}

// Ended implements runner.Observer.
func (p *progress) Ended(run runner.Planned, result runner.Result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended++
	r := p.runs[run.Dir]
	if r.bar != nil {
		if result.Status == journal.Done {
			r.bar.SetTotal(result.Ticks, true)
		} else {
			r.bar.Abort(false)
		}
		return
	}
	if !p.s.json {
		fmt.Fprintf(p.s.Stderr, "%s: %s after %d ticks (%d of %d runs)\n", r.name, result.Status, result.Ticks, p.ended, p.total)
	}
}

// close waits for the bars to be drawn.
func (p *progress) close() {
	if p.bars == nil {
		return
	}
	p.bars.Wait()
	io.WriteString(p.s.Stderr, "\n")
}

// thousands writes 1234567 as 1.2M and 12345 as 12k.
func thousands(n int64) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%.1fM", float64(n)/1e6)
	case n >= 10_000:
		return fmt.Sprintf("%dk", n/1000)
	default:
		return fmt.Sprint(n)
	}
}
