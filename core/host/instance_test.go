package host_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

func TestAMemoryRemembersAcrossCalls(t *testing.T) {
	t.Parallel()
	m := start(t, options(t, "memory/diary")).Memory()
	changes, err := m.Observe(t.Context(), 1, seen("here", "a1", "a2", "a1"))
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) != 3 || string(changes[2].JSON) != "2" || changes[2].Agent != "a1" {
		t.Errorf("changes %+v", changes)
	}
	if got := recall(t, m, 1, "a1", ""); got != "seen 2" {
		t.Errorf("recalled %q", got)
	}
}

func TestConfigIsCheckedAndCompleted(t *testing.T) {
	t.Parallel()
	o := options(t, "memory/diary")
	o.Config = []byte(`{"prefix":"видел"}`)
	if got := recall(t, start(t, o).Memory(), 1, "a1", ""); got != "видел 0" {
		t.Errorf("recalled %q", got)
	}
	o.Config = []byte(`{"prefix":3,"other":1}`)
	_, err := host.Start(t.Context(), o)
	var bad *host.ConfigError
	if !errors.As(err, &bad) || len(bad.Violations) != 2 {
		t.Errorf("a bad config gave %v", err)
	}
}

func TestAPluginReachesTheHostsServices(t *testing.T) {
	t.Parallel()
	p := start(t, options(t, "planner/parrot")).Planner()
	d, err := p.Plan(t.Context(), sdk.PlanRequest{Tick: 3, Agent: sdk.Agent{ID: "a7"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "text|2|a7 ничего не помнит: who?|test"; d.Thought != want {
		t.Errorf("the plugin got %q, want %q", d.Thought, want)
	}
}

func TestManyCallbacksAtOnceFindTheirCallers(t *testing.T) {
	t.Parallel()
	p := start(t, options(t, "planner/parrot")).Planner()
	var group errgroup.Group
	for i := range 64 {
		group.Go(func() error {
			id := fmt.Sprintf("a%d", i)
			for tick := range int64(5) {
				d, err := p.Plan(t.Context(), sdk.PlanRequest{Tick: tick, Agent: sdk.Agent{ID: id}})
				if err != nil {
					return err
				}
				if want := "text|2|" + id + " ничего"; !strings.HasPrefix(d.Thought, want) {
					return fmt.Errorf("%s got %q", id, d.Thought)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

func TestDomainErrorsKeepTheirKindBothWays(t *testing.T) {
	t.Parallel()
	o := options(t, "planner/parrot")
	o.Host = &conformance.Host{Fail: &sdk.Error{Kind: sdk.ErrModel, Message: "чепуха", Retryable: true}}
	i := start(t, o)
	_, err := i.Planner().Plan(t.Context(), sdk.PlanRequest{})
	var domain *sdk.Error
	if !errors.As(err, &domain) || domain.Kind != sdk.ErrModel || !domain.Retryable || domain.Message != "ask: generate: чепуха" {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(err.Error(), "planner/parrot") {
		t.Errorf("%q does not name the plugin", err)
	}
	if i.Restarts() != 0 {
		t.Error("a domain error restarted the plugin")
	}
}

func TestAPanicIsAnErrorOfThePluginNotItsEnd(t *testing.T) {
	t.Parallel()
	i := start(t, options(t, "memory/diary"))
	pid := i.PID()
	_, err := i.Memory().Recall(t.Context(), 1, ask("a1", "panic"))
	var domain *sdk.Error
	if !errors.As(err, &domain) || domain.Kind != sdk.ErrInternal || !strings.Contains(domain.Message, "a slip of the pen") {
		t.Errorf("got %v", err)
	}
	if i.PID() != pid || i.Restarts() != 0 {
		t.Error("the plugin was restarted")
	}
}

func TestAnswersThatBreakTheContractAreErrors(t *testing.T) {
	t.Parallel()
	i := start(t, options(t, "memory/diary"))
	for _, text := range []string{"flood the host", "miscount"} {
		if _, err := i.Memory().Recall(t.Context(), 1, ask("a1", text)); !errors.Is(err, wire.ErrContract) {
			t.Errorf("%s: %v", text, err)
		}
	}
	s := start(t, options(t, "sentiment/meter"))
	if _, err := s.Classifier().Classify(t.Context(), 1, []string{"off the scale"}); !errors.Is(err, wire.ErrContract) {
		t.Errorf("a valence of 7: %v", err)
	}
	if _, err := i.Planner().Plan(t.Context(), sdk.PlanRequest{}); !errors.Is(err, wire.ErrContract) {
		t.Errorf("a memory asked to plan: %v", err)
	}
	if i.Restarts()+s.Restarts() != 0 {
		t.Error("a plugin was restarted")
	}
}

func TestCallsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	i := start(t, options(t, "memory/diary"))
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	time.AfterFunc(50*time.Millisecond, func() { cancel(why) })
	if _, err := i.Memory().Recall(ctx, 1, ask("a1", "hang")); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}

func TestLargeMessagesPass(t *testing.T) {
	t.Parallel()
	m := start(t, options(t, "memory/diary")).Memory()
	big := strings.Repeat("ы", 20<<20)
	changes, err := m.Observe(t.Context(), 1, []sdk.Seen{{Agent: sdk.Agent{ID: "a1"}, Observation: sdk.Observation{Time: big}}})
	if err != nil || len(changes) != 1 {
		t.Errorf("40 MB: %v", err)
	}
}

func TestClosingIsFinalAndBounded(t *testing.T) {
	t.Parallel()
	e, err := catalog(t).Find(hostileScript(t, "deaf"))
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, "memory/diary")
	o.Entry, o.CloseTimeout = e, 50*time.Millisecond
	i, err := host.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := i.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 9*time.Second {
		t.Errorf("closing took %v", took)
	}
	if alive(i.PID()) {
		t.Error("the process is still there")
	}
	if _, err := i.Memory().Recall(t.Context(), 1, ask("a1", "")); !errors.Is(err, host.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := i.Close(t.Context()); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

// A process that was stopped answers neither Close nor Shutdown, which
// go-plugin would wait for without end.
func TestAStoppedProcessIsEndedAllTheSame(t *testing.T) {
	t.Parallel()
	o := options(t, "memory/diary")
	o.CloseTimeout = 50 * time.Millisecond
	i, err := host.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(i.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := i.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if alive(i.PID()) {
		t.Error("the process is still there")
	}
}

func TestThePluginsOwnTroubleWithClosingIsTold(t *testing.T) {
	t.Parallel()
	i, err := host.Start(t.Context(), options(t, "sentiment/meter"))
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Close(t.Context()); err == nil || !strings.Contains(err.Error(), "the ruler is stuck") {
		t.Errorf("got %v", err)
	}
}

func TestNothingStaysBehind(t *testing.T) {
	t.Parallel()
	e, err := catalog(t).Find(hostileScript(t, "family"))
	if err != nil {
		t.Fatal(err)
	}
	var out logs
	o := options(t, "memory/diary")
	o.Entry, o.Log = e, out.logger()
	i, err := host.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	dir := socketDir(t, i.PID())
	if err := i.Close(t.Context()); err != nil {
		t.Error(err)
	}
	var child int
	for line := range strings.Lines(out.String()) {
		if _, after, ok := strings.Cut(line, `msg="child `); ok {
			_, _ = fmt.Sscanf(after, "%d", &child)
		}
	}
	if child == 0 || alive(child) {
		t.Errorf("the plugin's child %d lives on", child)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the sockets' folder %s is still there", dir)
	}
}

func TestWhatAPluginWritesGoesToTheLog(t *testing.T) {
	t.Parallel()
	var out logs
	o := options(t, "memory/diary")
	o.Log = out.logger()
	i := start(t, o)
	recall(t, i.Memory(), 1, "a1", "log")
	recall(t, i.Memory(), 1, "a1", "flood")
	if err := i.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if !strings.Contains(text, `level=WARN msg="the pen is dry" plugin=memory/diary pages=3`) {
		t.Error("the plugin's own line is not in the log")
	}
	for line := range strings.Lines(text) {
		if len(line) > 70<<10 {
			t.Fatalf("a line of %d bytes", len(line))
		}
	}
}

func TestConcurrentStartsDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	o := options(t, "memory/diary")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			i, err := host.Start(t.Context(), o)
			if err != nil {
				t.Error(err)
				return
			}
			if err := i.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
