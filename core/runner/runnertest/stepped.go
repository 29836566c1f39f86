package runnertest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/sim"
)

// Stepped is a run that computes a tick when the test wants one.
type Stepped struct {
	runner.Planned
	Options runner.Options

	gate  chan struct{} // a tick may begin
	tick  chan int64    // a tick was computed
	stop  chan struct{}
	leave sync.Once
	ended chan struct{} // the run is over
}

// Start starts a study's first run in a folder of its own and returns after its
// first tick. What is left of it is not run when the test ends.
func Start(t testing.TB, study string) *Stepped {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, Source), []byte(study), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &Stepped{gate: make(chan struct{}), tick: make(chan int64), stop: make(chan struct{}), ended: make(chan struct{})}
	var err error
	if s.Options, s.Planned, err = Load(dir, s); err != nil {
		t.Fatal(err)
	}
	s.Options.Stop = func() bool {
		select {
		case <-s.stop:
			return true
		default:
			return false
		}
	}
	ctx := context.WithoutCancel(t.Context())
	go func() {
		defer close(s.ended)
		if _, err := runner.Run(ctx, s.Options); err != nil {
			t.Error(err)
		}
	}()
	<-s.tick
	t.Cleanup(s.End)
	return s
}

// Started implements runner.Observer.
func (*Stepped) Started(runner.Planned, int) {}

// Ended implements runner.Observer.
func (*Stepped) Ended(runner.Planned, runner.Result) {}

// Ticked implements runner.Observer: it waits for the next Step.
func (s *Stepped) Ticked(_ runner.Planned, p sim.Progress, _ runner.Usage) {
	select {
	case s.tick <- p.Tick:
	case <-s.stop:
		return
	}
	select {
	case <-s.gate:
	case <-s.stop:
	}
}

// Step computes a tick; false where the run is over.
func (s *Stepped) Step() bool {
	select {
	case s.gate <- struct{}{}:
	case <-s.ended:
		return false
	}
	select {
	case <-s.tick:
		return true
	case <-s.ended:
		return false
	}
}

// End stops the run after the tick under way.
func (s *Stepped) End() {
	s.leave.Do(func() { close(s.stop) })
	<-s.ended
}
