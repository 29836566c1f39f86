package host_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/plugins/sdk"
)

// supervised starts a diary whose records are kept as the engine keeps them.
func supervised(t *testing.T, change func(*host.Options)) (*host.Instance, *shelf, func() []string) {
	t.Helper()
	kept := &shelf{}
	var mu sync.Mutex
	var incidents []string
	o := options(t, "memory/diary")
	o.Records = kept.all
	o.OnIncident = func(detail string) {
		mu.Lock()
		defer mu.Unlock()
		incidents = append(incidents, detail)
	}
	if change != nil {
		change(&o)
	}
	return start(t, o), kept, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return incidents
	}
}

func TestAPluginThatDiesComesBackWithItsRecords(t *testing.T) {
	t.Parallel()
	i, kept, incidents := supervised(t, nil)
	m := i.Memory()
	for tick := range int64(3) {
		changes, err := m.Observe(t.Context(), tick, seen("here", "a1", "a2"))
		if err != nil {
			t.Fatal(err)
		}
		kept.keep(changes)
	}
	pid := i.PID()
	once := "die once: " + filepath.Join(t.TempDir(), "died")
	changes, err := m.Observe(t.Context(), 3, seen(once, "a1"))
	if err != nil {
		t.Fatal(err)
	}
	if string(changes[0].JSON) != "4" {
		t.Errorf("the call that found it dead was answered with %s, want 4", changes[0].JSON)
	}
	if i.PID() == pid || i.Restarts() != 1 {
		t.Errorf("pid %d → %d, %d restarts", pid, i.PID(), i.Restarts())
	}
	if got := incidents(); len(got) != 1 || !strings.Contains(got[0], "exit status 7") {
		t.Errorf("incidents %q", got)
	}
}

// A change that a call returned just before the crash is not lost, though the
// caller had no time to keep it.
func TestChangesOfTheTickUnderWaySurviveACrash(t *testing.T) {
	t.Parallel()
	i, _, _ := supervised(t, nil) // nothing is ever kept
	m := i.Memory()
	for range 2 {
		if _, err := m.Observe(t.Context(), 5, seen("here", "a1", "b2", "a3")); err != nil {
			t.Fatal(err)
		}
	}
	kill(t, i)
	for _, agent := range []string{"a1", "b2", "a3"} {
		if got := recall(t, m, 5, agent, ""); got != "seen 2" {
			t.Errorf("%s: %q, want seen 2", agent, got)
		}
	}
}

func kill(t *testing.T, i *host.Instance) {
	t.Helper()
	if err := syscall.Kill(i.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func TestAKilledPluginIsRestartedOnceForAllItsCallers(t *testing.T) {
	t.Parallel()
	i, _, incidents := supervised(t, nil)
	m := i.Memory()
	if _, err := m.Observe(t.Context(), 1, seen("", "a1")); err != nil {
		t.Fatal(err)
	}
	var group errgroup.Group
	for n := range 64 {
		group.Go(func() error {
			if n == 8 {
				if err := syscall.Kill(i.PID(), syscall.SIGKILL); err != nil {
					return err
				}
			}
			for range 20 {
				found, err := m.Recall(t.Context(), 1, ask("a1", ""))
				if err != nil {
					return err
				}
				if found[0].Text != "seen 1" {
					return fmt.Errorf("recalled %q", found[0].Text)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	if i.Restarts() > 1 || len(incidents()) != i.Restarts() {
		t.Errorf("%d restarts, incidents %q", i.Restarts(), incidents())
	}
}

func TestAPluginThatKeepsDyingIsGivenUp(t *testing.T) {
	t.Parallel()
	i, _, incidents := supervised(t, nil)
	_, err := i.Memory().Recall(t.Context(), 1, ask("a1", "die"))
	var crash *host.CrashError
	if !errors.As(err, &crash) || crash.Plugin != "memory/diary" {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"exit status 7", "3 times within an hour", "I die now"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if i.Restarts() != 3 || len(incidents()) != 3 {
		t.Errorf("%d restarts, incidents %q", i.Restarts(), incidents())
	}
	if _, err := i.Memory().Recall(t.Context(), 1, ask("a1", "")); !errors.As(err, &crash) {
		t.Errorf("afterwards: %v", err)
	}
}

func TestRestartsAreForgottenAfterAnHour(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	i, _, _ := supervised(t, func(o *host.Options) { o.Now = func() time.Time { return now } })
	for range 5 {
		kill(t, i)
		recall(t, i.Memory(), 1, "a1", "")
		now = now.Add(21 * time.Minute) // never more than three an hour
	}
	if i.Restarts() != 5 {
		t.Errorf("%d restarts", i.Restarts())
	}
}

func TestOnCrashFailEndsItAtTheFirst(t *testing.T) {
	t.Parallel()
	i, _, incidents := supervised(t, func(o *host.Options) { o.OnCrash = host.Fail })
	kill(t, i)
	_, err := i.Memory().Recall(t.Context(), 1, ask("a1", ""))
	var crash *host.CrashError
	if !errors.As(err, &crash) || !strings.Contains(err.Error(), "killed") || len(incidents()) != 0 {
		t.Errorf("got %v, incidents %q", err, incidents())
	}
}

func TestAHangIsACrash(t *testing.T) {
	t.Parallel()
	i, _, incidents := supervised(t, func(o *host.Options) { o.CallTimeout = 100 * time.Millisecond })
	_, err := i.Memory().Recall(t.Context(), 1, ask("a1", "hang"))
	var crash *host.CrashError
	if !errors.As(err, &crash) || !strings.Contains(err.Error(), "did not answer for 100ms") {
		t.Errorf("got %v", err)
	}
	if len(incidents()) != 3 {
		t.Errorf("incidents %q", incidents())
	}
}

func TestAPluginThatLeaksIsRestartedWithItsRecords(t *testing.T) {
	t.Parallel()
	i, _, incidents := supervised(t, func(o *host.Options) { o.MaxMemory = 600 << 20 })
	marker := filepath.Join(t.TempDir(), "leaked")
	if _, err := i.Memory().Recall(t.Context(), 1, ask("a1", "leak once: "+marker)); err != nil {
		t.Fatal(err)
	}
	if got := incidents(); len(got) != 1 || !strings.Contains(got[0], "600 MB are allowed") || !strings.Contains(got[0], "restarted with its records") {
		t.Errorf("incidents %q", got)
	}
}

// slow is a host whose model takes its time.
type slow struct {
	sdk.Host
	wait time.Duration
}

func (s slow) Generate(context.Context, sdk.GenerateRequest) (sdk.Reply, error) {
	time.Sleep(s.wait)
	return sdk.Reply{Text: "at last"}, nil
}

func TestWaitingForTheHostIsNoHang(t *testing.T) {
	t.Parallel()
	o := options(t, "planner/parrot")
	o.CallTimeout = time.Second // a busy machine may take long for the plugin's own part
	o.Host = slow{o.Host, 3 * time.Second}
	i := start(t, o)
	d, err := i.Planner().Plan(t.Context(), sdk.PlanRequest{})
	if err != nil || !strings.HasPrefix(d.Thought, "at last") || i.Restarts() != 0 {
		t.Errorf("%+v, %v, %d restarts", d, err, i.Restarts())
	}
}

func TestRecordsThatCannotBeReadEndTheRestart(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	var fail bool
	i, _, _ := supervised(t, func(o *host.Options) {
		o.Records = func(context.Context) iter.Seq2[sdk.Record, error] {
			return func(yield func(sdk.Record, error) bool) {
				if fail {
					yield(sdk.Record{}, broken)
				}
			}
		}
	})
	fail = true
	kill(t, i)
	_, err := i.Memory().Recall(t.Context(), 1, ask("a1", ""))
	var crash *host.CrashError
	if !errors.As(err, &crash) || !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestClosingDuringARestartLeavesNothing(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	first := true
	o := options(t, "memory/diary")
	o.Records = func(context.Context) iter.Seq2[sdk.Record, error] {
		return func(func(sdk.Record, error) bool) {
			if !first {
				close(entered)
				<-release
			}
			first = false
		}
	}
	i, err := host.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	kill(t, i)
	failed := make(chan error, 1)
	go func() {
		_, err := i.Memory().Recall(t.Context(), 1, ask("a1", ""))
		failed <- err
	}()
	<-entered
	closed := make(chan error, 1)
	go func() { closed <- i.Close(t.Context()) }()
	time.AfterFunc(50*time.Millisecond, func() { close(release) })
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("a call was answered after Close")
	}
	if alive(i.PID()) {
		t.Error("a process lives on")
	}
}
