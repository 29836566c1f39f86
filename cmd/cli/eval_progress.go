package cli

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/llm-city/gorod/eval/runner"
)

// evalProgress shows how an evaluation goes on: a bar on a terminal, JSON lines
// with --json, and plain lines now and then elsewhere.
type evalProgress struct {
	s    *State
	bars *mpb.Progress

	mu    sync.Mutex
	bar   *mpb.Bar
	began time.Time
	told  time.Time
	now   atomic.Pointer[runner.Progress] // read while the bar is drawn, so never under mu
}

var _ runner.Observer = (*evalProgress)(nil)

func newEvalProgress(s *State) *evalProgress {
	p := &evalProgress{s: s, began: s.Now()}
	p.told = p.began
	p.now.Store(&runner.Progress{})
	if s.Terminal && !s.json {
		p.bars = mpb.New(mpb.WithOutput(s.Stderr), mpb.WithAutoRefresh(), mpb.WithWidth(min(s.Width/3, 40)))
	}
	return p
}

// Progress implements runner.Observer.
func (p *evalProgress) Progress(at runner.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at.Done < p.now.Load().Done {
		return // it came late
	}
	p.now.Store(&at)
	if p.bars != nil {
		p.draw(at)
		return
	}
	now := p.s.Now()
	last := at.Done == at.Total
	switch {
	case p.s.json && (last || now.Sub(p.told) >= time.Second):
		p.told = now
		p.s.printJSON(map[string]any{
			"event": "progress", "done": at.Done, "total": at.Total, "replies": at.Replies, "hits": at.Hits, "unusable": at.Unusable,
			"prompt_tokens": at.PromptTokens, "reply_tokens": at.ReplyTokens, "replies_per_second": p.rate(at, now),
		})
	case !p.s.json && now.Sub(p.told) >= lineEvery:
		p.told = now
		fmt.Fprintf(p.s.Stderr, "asked %d of %d, %s, %s left\n", at.Done, at.Total, p.detail(at, now), p.left(at, now).Round(time.Second))
	}
}

func (p *evalProgress) draw(at runner.Progress) {
	if p.bar == nil {
		p.bar = p.bars.AddBar(int64(at.Total),
			mpb.PrependDecorators(decor.Name("asked ", decor.WCSyncSpaceR), decor.CountersNoUnit("%d/%d", decor.WCSyncSpace)),
			mpb.AppendDecorators(
				decor.Any(func(decor.Statistics) string { return p.detail(*p.now.Load(), p.s.Now()) }),
				decor.Name("  ETA "), decor.AverageETA(decor.ET_STYLE_GO)),
		)
	}
	p.bar.SetCurrent(int64(at.Done))
}

func (p *evalProgress) detail(at runner.Progress, now time.Time) string {
	text := fmt.Sprintf("%.1f replies/s, %d hits, %s tok", p.rate(at, now), at.Hits, thousands(at.PromptTokens+at.ReplyTokens))
	if at.Unusable > 0 {
		text += fmt.Sprintf(", %d unusable", at.Unusable)
	}
	return text
}

// rate is replies a second in this session.
func (p *evalProgress) rate(at runner.Progress, now time.Time) float64 {
	if took := now.Sub(p.began).Seconds(); took > 0 {
		return float64(at.Replies) / took
	}
	return 0
}

func (p *evalProgress) left(at runner.Progress, now time.Time) time.Duration {
	if at.Done == 0 {
		return 0
	}
	return time.Duration(float64(now.Sub(p.began)) / float64(at.Done) * float64(at.Total-at.Done))
}

// close waits for the bar to be drawn. It may be called twice.
func (p *evalProgress) close() {
	p.mu.Lock()
	bar := p.bar
	p.bar = nil
	p.mu.Unlock()
	if bar != nil && !bar.Completed() {
		bar.Abort(false)
	}
	if p.bars != nil {
		p.bars.Wait()
	}
}
