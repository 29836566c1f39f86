package host_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
)

// The test binary is every plugin of these tests, good and hostile: started as
// "plugin serve KIND/NAME" or as "plugin hostile NAME" it becomes one.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "plugin" {
		becomePlugin(os.Args[2], os.Args[3])
		syscall.Exit(0) // os.Exit sleeps for a second under the race detector
	}
	os.Exit(m.Run())
}

func becomePlugin(how, name string) {
	switch how {
	case "hostile":
		hostile(name)
		return
	case "echo":
		fmt.Fprintln(os.Stderr, serveEcho(name))
		return
	}
	for _, p := range plugins() {
		if p.Info().ID() == name {
			sdk.Serve(p)
			return
		}
	}
	fmt.Fprintln(os.Stderr, "no such plugin:", name)
	os.Exit(1)
}

// plugins are the well-behaved ones, and those that misbehave only once they
// serve: they do so on demand, by the text they are given.
func plugins() []sdk.Plugin {
	return []sdk.Plugin{diary(), parrot(), mirror(), meter()}
}

// diary is a memory that counts what each agent saw: its records show whether a
// restart lost any.
func diary() sdk.Plugin {
	return sdk.MemoryPlugin{
		Name: "diary", Version: "1.0.0", Summary: "counts what agents see",
		Schema: `{"type":"object","additionalProperties":false,"properties":{"prefix":{"type":"string","default":"seen"}}}`,
		Make: func(_ context.Context, s sdk.Setup) (sdk.Memory, error) {
			var config struct{ Prefix string }
			if err := json.Unmarshal(s.Config, &config); err != nil {
				return nil, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
			}
			return &pages{prefix: config.Prefix, host: s.Host, counts: map[string]int{}, log: s.Log}, nil
		},
	}
}

type pages struct {
	prefix string
	host   sdk.Host
	log    *slog.Logger
	mu     sync.Mutex
	counts map[string]int
}

func (d *pages) Restore(_ context.Context, records []sdk.Record) error {
	for _, r := range records {
		var n int
		if err := json.Unmarshal(r.JSON, &n); err != nil {
			return err
		}
		d.counts[r.Agent] = n
	}
	return nil
}

func (d *pages) Observe(_ context.Context, _ int64, seen []sdk.Seen) ([]sdk.RecordChange, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var changes []sdk.RecordChange
	for _, s := range seen {
		misbehave(s.Observation.Place, d.log)
		d.counts[s.Agent.ID]++
		changes = append(changes, sdk.RecordChange{Record: sdk.Record{
			Agent: s.Agent.ID, Key: "count", Kind: "count", JSON: fmt.Appendf(nil, "%d", d.counts[s.Agent.ID]),
		}})
	}
	return changes, nil
}

func (d *pages) Recall(_ context.Context, _ int64, queries []sdk.Query) ([]sdk.Recollection, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found := make([]sdk.Recollection, len(queries))
	for i, q := range queries {
		misbehave(q.Text, d.log)
		found[i].Text = fmt.Sprintf("%s %d", d.prefix, d.counts[q.Agent.ID])
	}
	if len(queries) == 1 && queries[0].Text == "flood the host" {
		found[0].Text = strings.Repeat("x", 70<<20)
	}
	if len(queries) == 1 && queries[0].Text == "miscount" {
		return nil, nil
	}
	return found, nil
}

// parrot is a planner that asks the host for everything and says what it got.
func parrot() sdk.Plugin {
	return sdk.PlannerPlugin{
		Name: "parrot", Version: "1.0.0", Summary: "repeats what the host says",
		Make: func(_ context.Context, s sdk.Setup) (sdk.Planner, error) { return &bird{s.Host, s.RunID}, nil },
	}
}

type bird struct {
	host sdk.Host
	run  string
}

func (b *bird) Plan(ctx context.Context, req sdk.PlanRequest) (sdk.Decision, error) {
	call := sdk.Call{Agent: req.Agent.ID, Tick: req.Tick, Purpose: "plan"}
	reply, err := b.host.Generate(ctx, sdk.GenerateRequest{
		Call: call, Messages: []sdk.Message{{Role: sdk.RoleUser, Content: req.Observation.Place}}, Facts: map[string]any{"who": req.Agent.ID},
	})
	if err != nil {
		return sdk.Decision{}, fmt.Errorf("ask: %w", err)
	}
	vectors, err := b.host.Embed(ctx, call, []string{"a", "b"})
	if err != nil {
		return sdk.Decision{}, err
	}
	remembered, err := b.host.Recall(ctx, call, "who?", 3)
	if err != nil {
		return sdk.Decision{}, err
	}
	d := sdk.Decision{Thought: fmt.Sprintf("%s|%d|%s|%s", reply.Text, len(vectors), remembered, b.run)}
	if len(req.Actions) > 0 && req.MaxActions > 0 {
		d.Actions = []sdk.Action{{Kind: req.Actions[0].Kind}}
	}
	return d, nil
}

// meter rates every text by its length.
func meter() sdk.Plugin {
	return sdk.SentimentPlugin{
		Name: "meter", Version: "1.0.0", Summary: "rates texts by their length",
		Make: func(context.Context, sdk.Setup) (sdk.Classifier, error) { return rule{}, nil },
	}
}

type rule struct{}

func (rule) Classify(_ context.Context, _ int64, texts []string) ([]sdk.Sentiment, error) {
	out := make([]sdk.Sentiment, len(texts))
	for i, t := range texts {
		out[i] = sdk.Sentiment{Valence: min(1, float64(len(t))/100), Label: sdk.Neutral}
		if t == "off the scale" {
			out[i].Valence = 7
		}
	}
	return out, nil
}

func (rule) Close(context.Context) error { return errors.New("the ruler is stuck") }

// misbehave does what a text says.
func misbehave(what string, log *slog.Logger) {
	switch what {
	case "die":
		fmt.Fprintln(os.Stderr, "I die now")
		os.Exit(7)
	case "hang":
		select {}
	case "panic":
		panic("a slip of the pen")
	case "flood":
		for range 20_000 {
			fmt.Fprintln(os.Stderr, strings.Repeat("много ", 20))
		}
		fmt.Fprint(os.Stderr, strings.Repeat("y", 300<<10)+"\n{\"@message\":5,\"@level\":[]}\n")
	case "log":
		log.Warn("the pen is dry", "pages", 3)
	}
	if marker, ok := strings.CutPrefix(what, "leak once: "); ok {
		if _, err := os.Stat(marker); err != nil {
			_ = os.WriteFile(marker, nil, 0o600)
			leak()
		}
	}
	if marker, ok := strings.CutPrefix(what, "die once: "); ok {
		if _, err := os.Stat(marker); err != nil {
			_ = os.WriteFile(marker, nil, 0o600)
			os.Exit(7)
		}
	}
}

// leak holds more and more, up to 2 GB, and does not come back.
func leak() {
	var held [][]byte
	for range 64 {
		block := make([]byte, 32<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		held = append(held, block)
		time.Sleep(5 * time.Millisecond)
	}
	<-make(chan int, len(held))
}

func self(t testing.TB) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// logs is a log that can be read back.
type logs struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logs) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func catalog(t testing.TB, dirs ...string) *host.Catalog {
	t.Helper()
	return host.NewCatalog(self(t), plugins(), dirs, slog.New(slog.DiscardHandler))
}

func find(t testing.TB, ref string) host.Entry {
	t.Helper()
	e, err := catalog(t).Find(ref)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// options start a plugin with a host that answers always the same.
func options(t testing.TB, ref string) host.Options {
	t.Helper()
	return host.Options{
		Entry: find(t, ref), RunID: "test", Language: "ru", Seed: 1, Host: &conformance.Host{}, Now: time.Now,
		Log: slog.New(slog.DiscardHandler),
	}
}

func start(t testing.TB, o host.Options) *host.Instance {
	t.Helper()
	i, err := host.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := i.Close(context.WithoutCancel(t.Context())); err != nil && !strings.Contains(err.Error(), "ruler") {
			t.Error(err)
		}
	})
	return i
}

// script writes an executable that becomes a hostile plugin.
func script(t *testing.T, dir, file, command string) string {
	t.Helper()
	path := filepath.Join(dir, file)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+command+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func hostileScript(t *testing.T, name string) string {
	t.Helper()
	return script(t, t.TempDir(), name, fmt.Sprintf("exec %q plugin hostile %s", self(t), name))
}

// shelf keeps records as the engine does.
type shelf struct {
	mu      sync.Mutex
	records map[[2]string]sdk.Record
}

func (s *shelf) keep(changes []sdk.RecordChange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.records == nil {
		s.records = map[[2]string]sdk.Record{}
	}
	for _, c := range changes {
		s.records[[2]string{c.Agent, c.Key}] = c.Record
	}
}

func (s *shelf) all(context.Context) iter.Seq2[sdk.Record, error] {
	s.mu.Lock()
	records := maps.Clone(s.records)
	s.mu.Unlock()
	return func(yield func(sdk.Record, error) bool) {
		keys := slices.SortedFunc(maps.Keys(records), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
		for _, k := range keys {
			if !yield(records[k], nil) {
				return
			}
		}
	}
}

func seen(place string, agents ...string) []sdk.Seen {
	out := make([]sdk.Seen, len(agents))
	for i, id := range agents {
		out[i] = sdk.Seen{Agent: sdk.Agent{ID: id}, Observation: sdk.Observation{Place: place}}
	}
	return out
}

func ask(agent, text string) []sdk.Query {
	return []sdk.Query{{Agent: sdk.Agent{ID: agent}, Text: text}}
}

func recall(t *testing.T, m sdk.Memory, tick int64, agent, text string) string {
	t.Helper()
	found, err := m.Recall(t.Context(), tick, ask(agent, text))
	if err != nil {
		t.Fatal(err)
	}
	return found[0].Text
}

// hostile are executables that never become plugins.
func hostile(name string) {
	switch name {
	case "rubbish":
		fmt.Println("Loading the model, please wait…")
		time.Sleep(time.Minute)
	case "exits":
		fmt.Fprintln(os.Stderr, "no licence found")
		os.Exit(3)
	case "silent":
		time.Sleep(time.Minute)
	case "stranger":
		_ = os.Unsetenv("GOROD_PLUGIN")
		sdk.Serve(diary())
	case "old":
		fmt.Println("1|99|unix|/tmp/x|grpc|")
		time.Sleep(time.Minute)
	case "endless":
		fmt.Print(strings.Repeat("z", 1<<20))
		time.Sleep(time.Minute)
	case "deaf": // ends with neither Close nor Shutdown
		sdk.Serve(sdk.MemoryPlugin{
			Name: "deaf", Version: "1.0.0", Summary: "does not stop",
			Make: func(context.Context, sdk.Setup) (sdk.Memory, error) { return deaf{}, nil },
		})
		time.Sleep(time.Minute)
	case "family": // leaves a child that holds its pipes
		child := exec.Command("sleep", "60")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if err := child.Start(); err != nil {
			os.Exit(1)
		}
		fmt.Fprintln(os.Stderr, "child", child.Process.Pid)
		sdk.Serve(diary())
	case "unnamed":
		sdk.Serve(sdk.MemoryPlugin{Name: "Bad Name", Version: "1", Summary: "x"})
	case "external":
		p := diary().(sdk.MemoryPlugin)
		p.Name, p.Version = "external", "2.0.0"
		sdk.Serve(p)
	}
}

type deaf struct{}

func (deaf) Observe(context.Context, int64, []sdk.Seen) ([]sdk.RecordChange, error) { return nil, nil }

func (deaf) Recall(_ context.Context, _ int64, q []sdk.Query) ([]sdk.Recollection, error) {
	return make([]sdk.Recollection, len(q)), nil
}

func (deaf) Close(context.Context) error { select {} }
