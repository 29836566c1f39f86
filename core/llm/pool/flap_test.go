package pool_test

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/llm/llmtest"
	"github.com/llm-city/gorod/core/llm/ollama"
	"github.com/llm-city/gorod/core/llm/pool"
	"github.com/llm-city/gorod/plugins/sdk"
)

// machine is a server at one address that can be stopped and started again.
type machine struct {
	*ollama.Server
	opts    llmtest.Options
	address string

	mu     sync.Mutex
	server *llmtest.Server // nil while it is gone
	served int             // by those before
}

func newMachine(t *testing.T, opts llmtest.Options) *machine {
	t.Helper()
	server := llmtest.Start(opts)
	client, err := ollama.New(server.URL, 0)
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{Server: client, opts: opts, address: server.Address(), server: server}
	t.Cleanup(m.stop)
	return m
}

func (m *machine) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.server != nil {
		m.server.Close()
		m.served += m.server.Stats().Requests
		m.server = nil
	}
}

func (m *machine) start(t *testing.T) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	var err error
	if m.server, err = llmtest.StartAt(m.address, m.opts); err != nil {
		t.Error(err)
		m.server = nil
	}
}

// requests that came, at all times.
func (m *machine) requests() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.server == nil {
		return m.served
	}
	return m.served + m.server.Stats().Requests
}

// flap stops and starts machines by turns, until stop is called: those at even
// places are there while the others are gone.
func flap(t *testing.T, every time.Duration, turns *atomic.Int64, machines ...*machine) (stop func()) {
	t.Helper()
	for i, m := range machines {
		if i%2 == 1 {
			m.stop()
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for up := 1; ctx.Err() == nil; up++ {
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
			for i, m := range machines {
				if i%2 == up%2 {
					m.start(t)
				} else {
					m.stop()
				}
			}
			turns.Add(1)
		}
	})
	return func() { cancel(); group.Wait() }
}

// recorded is a pool of machines before a cassette.
func recorded(t *testing.T, m pool.Model, machines ...*machine) (*watched, llm.Provider, *cassette.Cassette) {
	t.Helper()
	providers := make([]llm.Provider, len(machines))
	for i := range machines {
		providers[i] = machines[i]
	}
	tape, err := cassette.Open(t.Context(), filepath.Join(t.TempDir(), "llm.db"), cassette.Record)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tape.Close() })
	w := watch(m, providers...)
	return w, tape.Layer(w.Provider), tape
}

func question(agent, n int) llm.Request {
	return llm.Request{Model: "m", Agent: fmt.Sprint("a", agent), Tick: int64(n), Purpose: "plan", Messages: []sdk.Message{{Role: "user", Content: fmt.Sprint(agent, " asks ", n)}}}
}

// Two servers are there by turns, a second each. Two ask every question at once.
func TestServersThatFlapLeaveNoQuestionOpenAndNoneRecordedTwice(t *testing.T) { //nolint:paralleltest // it looks at all goroutines
	const agents = 12
	opts := llmtest.Options{Slots: 4, Mean: 30 * time.Millisecond, Sigma: 0.5}
	left, right := newMachine(t, opts), newMachine(t, opts)
	w, asks, tape := recorded(t, pool.Model{Parallel: 4, Retries: 6, Timeout: 10 * time.Second}, left, right)
	var turns atomic.Int64
	stop := flap(t, time.Second, &turns, left, right)
	var mu sync.Mutex
	said := map[string]string{} // by agent and tick
	var group sync.WaitGroup
	for agent := range agents {
		group.Go(func() {
			for n := 0; turns.Load() < 6; n++ {
				first, second := twice(t, asks, question(agent, n))
				if first != second || first == "" {
					t.Errorf("two answers to one question: %q, %q", first, second)
				}
				mu.Lock()
				said[fmt.Sprint("a", agent, " ", n)] = first
				mu.Unlock()
			}
		})
	}
	group.Wait()
	stop()
	kept := map[string]string{}
	for call, err := range tape.Calls(t.Context()) {
		key := fmt.Sprint(call.Agent, " ", call.Tick)
		if _, again := kept[key]; err != nil || again {
			t.Fatalf("%s is recorded twice, or cannot be read: %v", key, err)
		}
		kept[key] = call.Reply
	}
	if !maps.Equal(said, kept) {
		t.Errorf("%d questions were answered, %d recorded, or not as they were answered", len(said), len(kept))
	}
	for i, m := range []*machine{left, right} {
		if m.requests() < len(said)/10 {
			t.Errorf("server %d was asked %d of %d times: it is not used while it is there", i, m.requests(), len(said))
		}
	}
	if w.mu.Lock(); !slices.Contains(w.told, "http://0 drained") || !slices.Contains(w.told, "http://0 well") {
		t.Errorf("told %q", w.told)
	}
	w.mu.Unlock()
	for end := time.Now().Add(30 * time.Second); inPool() != ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("a goroutine is left:\n%s", inPool())
		}
	}
}

// twice asks a question twice at once.
func twice(t *testing.T, p llm.Provider, req llm.Request) (first, second string) {
	t.Helper()
	var group sync.WaitGroup
	for _, to := range []*string{&first, &second} {
		group.Go(func() {
			resp, err := p.Generate(t.Context(), req)
			if err != nil {
				t.Error(err)
			}
			*to = resp.Text
		})
	}
	group.Wait()
	return first, second
}

// inPool is a goroutine that is in this package's code, but for tests.
func inPool() string {
	stacks := make([]byte, 1<<20)
	for _, stack := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if strings.Contains(stack, "core/llm/pool.") && !strings.Contains(stack, "testing.tRunner(") {
			return stack
		}
	}
	return ""
}

func TestWhenAllAreGoneAndOneComesBackItAnswersAll(t *testing.T) {
	t.Parallel()
	const agents = 30
	left, right := newMachine(t, llmtest.Options{Slots: 4}), newMachine(t, llmtest.Options{Slots: 4})
	w, asks, _ := recorded(t, pool.Model{Parallel: 4, Retries: 6}, left, right)
	left.stop()
	right.stop()
	var group sync.WaitGroup
	for agent := range agents {
		group.Go(func() {
			if _, err := asks.Generate(t.Context(), question(agent, 0)); err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, func() bool { return slices.Equal(w.states(), []pool.State{pool.Drained, pool.Drained}) })
	right.start(t)
	group.Wait()
	if n := right.requests(); n != agents || !slices.Equal(w.states(), []pool.State{pool.Drained, pool.Well}) {
		t.Errorf("%d requests: %v", n, w.states())
	}
}

func TestAServerThatIsSlowIsNotTakenForDead(t *testing.T) {
	t.Parallel()
	slow := newMachine(t, llmtest.Options{Slots: 4, Mean: 1300 * time.Millisecond})
	fast := newMachine(t, llmtest.Options{Slots: 4, Mean: 10 * time.Millisecond})
	w, asks, _ := recorded(t, pool.Model{Parallel: 4}, slow, fast)
	all := func(tick int) {
		var group sync.WaitGroup
		for agent := range 40 {
			group.Go(func() {
				if _, err := asks.Generate(t.Context(), question(agent, tick)); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	tick := 0
	for ; tick < 12 && w.states()[0] == pool.Well; tick++ {
		all(tick)
	}
	before := slow.requests()
	all(tick)
	if went := slow.requests() - before; w.states()[0] != pool.Slow || went > 2 {
		t.Errorf("%v after %d ticks, then %d of 40 calls went there", w.states(), tick, went)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.Contains(w.told, "http://0 drained") {
		t.Errorf("told %q", w.told)
	}
}

func TestAServerThatLostTheModelIsLeftAloneUntilItHasIt(t *testing.T) {
	t.Parallel()
	lost, has := newMachine(t, llmtest.Options{Slots: 4, Models: []string{"other"}}), newMachine(t, llmtest.Options{Slots: 4, Models: []string{"m"}})
	w, asks, tape := recorded(t, pool.Model{Parallel: 4}, lost, has) // no retries: it is nobody's fault
	tick := 0
	ask := func() { // more than one server takes at once
		tick++
		var group sync.WaitGroup
		for agent := range 8 {
			group.Go(func() {
				if _, err := asks.Generate(t.Context(), question(agent, tick)); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	for range 5 {
		ask()
	}
	if h := w.Health(); h[0].State != pool.Drained || !strings.Contains(h[0].Why, "ollama pull m") || h[1].State != pool.Well || lost.requests() > 4 {
		t.Errorf("%+v after %d calls", h, lost.requests())
	}
	lost.stop()
	lost.opts.Models = append(lost.opts.Models, "m")
	lost.start(t)
	eventually(t, func() bool { ask(); return w.states()[0] == pool.Well })
	for call, err := range tape.Calls(t.Context()) {
		if err != nil || call.Reply == "" {
			t.Errorf("%+v, %v", call, err)
		}
	}
}

func TestAModelThatNoServerHasIsToldAtOnce(t *testing.T) {
	t.Parallel()
	opts := llmtest.Options{Models: []string{"other"}}
	one, two := newMachine(t, opts), newMachine(t, opts)
	_, asks, _ := recorded(t, pool.Model{Retries: 5}, one, two)
	if _, err := asks.Generate(t.Context(), question(1, 1)); !llm.IsKind(err, llm.ModelMissing) || !strings.Contains(err.Error(), "ollama pull m") {
		t.Error(err)
	}
	if one.requests() != 1 || two.requests() != 1 {
		t.Errorf("%d and %d requests", one.requests(), two.requests())
	}
}
