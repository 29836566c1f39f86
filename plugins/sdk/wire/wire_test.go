package wire_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

// filled makes a T with something different in every field, so that one lost
// or mistaken for another shows.
func filled[T any](t *testing.T) (v T) {
	t.Helper()
	n := 0
	fill(t, reflect.ValueOf(&v).Elem(), &n)
	return v
}

func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("ё%d", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) / 1000)
	case reflect.Float32:
		v.SetFloat(float64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			v.SetBytes(fmt.Appendf(nil, `{"n":%d}`, *n))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), n)
		fill(t, v.Index(1), n)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(t, key, n)
			fill(t, value, n)
			v.SetMapIndex(key, value)
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf(json.RawMessage(fmt.Sprintf(`{"fact":%d}`, *n))))
	default:
		t.Fatalf("cannot fill a %v", v.Type())
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		g, _ := json.Marshal(got)
		w, _ := json.Marshal(want)
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// echo is a plugin of every kind that remembers what it was asked and answers
// with what it was given.
type echo struct {
	setup    sdk.Setup
	restored []sdk.Record
	tick     int64
	seen     []sdk.Seen
	queries  []sdk.Query
	request  sdk.PlanRequest
	texts    []string

	changes    []sdk.RecordChange
	found      []sdk.Recollection
	decision   sdk.Decision
	sentiments []sdk.Sentiment
	err        error
	host       func(ctx context.Context, host sdk.Host) error
}

func (e *echo) Restore(_ context.Context, records []sdk.Record) error {
	e.restored = records
	return e.err
}

func (e *echo) Observe(_ context.Context, tick int64, seen []sdk.Seen) ([]sdk.RecordChange, error) {
	e.tick, e.seen = tick, seen
	return e.changes, e.err
}

func (e *echo) Recall(_ context.Context, tick int64, queries []sdk.Query) ([]sdk.Recollection, error) {
	e.tick, e.queries = tick, queries
	return e.found, e.err
}

func (e *echo) Plan(ctx context.Context, req sdk.PlanRequest) (sdk.Decision, error) {
	e.request = req
	if e.host != nil {
		return sdk.Decision{}, e.host(ctx, e.setup.Host)
	}
	return e.decision, e.err
}

func (e *echo) Classify(_ context.Context, tick int64, texts []string) ([]sdk.Sentiment, error) {
	e.tick, e.texts = tick, texts
	return e.sentiments, e.err
}

func (e *echo) memory() sdk.Plugin {
	return sdk.MemoryPlugin{Name: "echo", Make: func(_ context.Context, s sdk.Setup) (sdk.Memory, error) { e.setup = s; return e, nil }}
}

func (e *echo) planner() sdk.Plugin {
	return sdk.PlannerPlugin{Name: "echo", Make: func(_ context.Context, s sdk.Setup) (sdk.Planner, error) { e.setup = s; return e, nil }}
}

func (e *echo) classifier() sdk.Plugin {
	return sdk.SentimentPlugin{Name: "echo", Make: func(_ context.Context, s sdk.Setup) (sdk.Classifier, error) { e.setup = s; return e, nil }}
}

var setup = wire.Setup{APIVersion: "v1", Config: json.RawMessage(`{"a":1}`), Seed: 1 << 63, RunID: "study/cell/1", Language: "ru", HostBroker: 1}

func connect(t *testing.T, p sdk.Plugin, host sdk.Host) *wire.Client {
	t.Helper()
	session, err := plugintest.Opener(p)(t.Context(), host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.End(); err != nil {
			t.Error(err)
		}
	})
	c := wire.NewClient(session.Conn)
	if err := c.Configure(t.Context(), setup); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryFieldOfAMemorysCallsCrossesTheWire(t *testing.T) {
	t.Parallel()
	e := &echo{changes: filled[[]sdk.RecordChange](t), found: filled[[]sdk.Recollection](t)}
	c := connect(t, e.memory(), &conformance.Host{})
	same(t, "seed", e.setup.Seed, setup.Seed)
	same(t, "run", []string{e.setup.RunID, e.setup.Language, string(e.setup.Config)}, []string{setup.RunID, setup.Language, string(setup.Config)})

	seen := filled[[]sdk.Seen](t)
	changes, err := c.Observe(t.Context(), 42, seen)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "seen", e.seen, seen)
	same(t, "changes", changes, e.changes)
	same(t, "tick", e.tick, int64(42))

	queries := filled[[]sdk.Query](t)
	found, err := c.Recall(t.Context(), 43, queries)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "queries", e.queries, queries)
	same(t, "found", found, e.found)
	same(t, "tick", e.tick, int64(43))
}

func TestEveryFieldOfAPlanCrossesTheWire(t *testing.T) {
	t.Parallel()
	e := &echo{decision: filled[sdk.Decision](t)}
	c := connect(t, e.planner(), &conformance.Host{})
	req := filled[sdk.PlanRequest](t)
	decision, err := c.Plan(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "request", e.request, req)
	same(t, "decision", decision, e.decision)

	e.decision = sdk.Decision{}
	if decision, err = c.Plan(t.Context(), sdk.PlanRequest{}); err != nil {
		t.Fatal(err)
	}
	same(t, "empty request", e.request, sdk.PlanRequest{})
	same(t, "empty decision", decision, sdk.Decision{})
}

func TestEveryFieldOfASentimentCrossesTheWire(t *testing.T) {
	t.Parallel()
	e := &echo{sentiments: filled[[]sdk.Sentiment](t)}
	c := connect(t, e.classifier(), &conformance.Host{})
	got, err := c.Classify(t.Context(), 44, []string{"раз", "two"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "texts", e.texts, []string{"раз", "two"})
	same(t, "sentiments", got, e.sentiments)
}

// asked is a host that remembers what it was asked.
type asked struct {
	generate sdk.GenerateRequest
	call     sdk.Call
	texts    []string
	query    string
	limit    int
	scored   []string
	err      error
}

func (a *asked) Generate(_ context.Context, req sdk.GenerateRequest) (sdk.Reply, error) {
	a.generate = req
	return sdk.Reply{Text: "да", PromptTokens: 5, ReplyTokens: 6}, a.err
}

func (a *asked) Embed(_ context.Context, call sdk.Call, texts []string) ([][]float32, error) {
	a.call, a.texts = call, texts
	return [][]float32{{1, 2}, {3, 4}}, a.err
}

func (a *asked) Recall(_ context.Context, call sdk.Call, query string, limit int) (string, error) {
	a.call, a.query, a.limit = call, query, limit
	return "помню", a.err
}

func (a *asked) Score(_ context.Context, call sdk.Call, prompt, text string) (float64, error) {
	a.call, a.scored = call, []string{prompt, text}
	return -1.25, a.err
}

func TestEveryFieldOfAHostsCallsCrossesTheWire(t *testing.T) {
	t.Parallel()
	req, call := filled[sdk.GenerateRequest](t), filled[sdk.Call](t)
	host := &asked{}
	e := &echo{host: func(ctx context.Context, h sdk.Host) error {
		reply, err := h.Generate(ctx, req)
		same(t, "reply", reply, sdk.Reply{Text: "да", PromptTokens: 5, ReplyTokens: 6})
		vectors, err2 := h.Embed(ctx, call, []string{"a", "b"})
		same(t, "vectors", vectors, [][]float32{{1, 2}, {3, 4}})
		text, err3 := h.Recall(ctx, call, "кто?", 9)
		same(t, "recalled", text, "помню")
		logProb, err4 := h.Score(ctx, call, "до", "после")
		same(t, "log-probability", logProb, -1.25)
		return errors.Join(err, err2, err3, err4)
	}}
	c := connect(t, e.planner(), host)
	if _, err := c.Plan(t.Context(), sdk.PlanRequest{}); err != nil {
		t.Fatal(err)
	}
	same(t, "prompt", host.generate, req)
	same(t, "call", host.call, call)
	same(t, "scored", host.scored, []string{"до", "после"})
	same(t, "query", []any{host.query, host.limit, host.texts}, []any{"кто?", 9, []string{"a", "b"}})
}

func TestFactsMayBeAnythingThatJSONHolds(t *testing.T) {
	t.Parallel()
	host := &asked{}
	var facts any
	e := &echo{host: func(ctx context.Context, h sdk.Host) error {
		_, err := h.Generate(ctx, sdk.GenerateRequest{Facts: facts})
		return err
	}}
	c := connect(t, e.planner(), host)
	for _, tt := range []struct {
		facts, want any
		fails       bool
	}{
		{nil, nil, false}, {map[string]int{"a": 1}, json.RawMessage(`{"a":1}`), false}, {func() {}, nil, true}, {json.RawMessage(`{`), nil, true},
	} {
		facts, host.generate = tt.facts, sdk.GenerateRequest{}
		_, err := c.Plan(t.Context(), sdk.PlanRequest{})
		var domain *sdk.Error
		if (err != nil) != tt.fails || (tt.fails && !errors.As(err, &domain)) {
			t.Errorf("facts %v: %v", tt.facts, err)
		}
		same(t, "facts", host.generate.Facts, tt.want)
	}
}

func records(n, size int) iter.Seq2[sdk.Record, error] {
	return func(yield func(sdk.Record, error) bool) {
		for i := range n {
			r := sdk.Record{Agent: "a", Key: fmt.Sprint(i), Kind: "k", JSON: json.RawMessage(`"` + strings.Repeat("ж", size/2) + `"`)}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestRestoreGivesAllRecordsHoweverMany(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ n, size int }{{0, 0}, {3, 10}, {5000, 1000}, {2, 3 << 20}, {40, 2 << 20}} {
		e := &echo{}
		c := connect(t, e.memory(), &conformance.Host{})
		n, err := c.Restore(t.Context(), records(tt.n, tt.size))
		if err != nil || n != tt.n || len(e.restored) != tt.n {
			t.Fatalf("%d records of %d bytes: sent %d, restored %d, %v", tt.n, tt.size, n, len(e.restored), err)
		}
		i := 0
		for want := range records(tt.n, tt.size) {
			if !reflect.DeepEqual(e.restored[i], want) {
				t.Fatalf("record %d of %d bytes is not what was sent", i, tt.size)
			}
			i++
		}
	}
}

func TestRestoreTellsWhatStoppedIt(t *testing.T) {
	t.Parallel()
	e := &echo{err: sdk.Errorf(sdk.ErrInvalidInput, "not my records")}
	c := connect(t, e.memory(), &conformance.Host{})
	var domain *sdk.Error
	if _, err := c.Restore(t.Context(), records(10_000, 1000)); !errors.As(err, &domain) || domain.Message != "not my records" {
		t.Errorf("the plugin refused: %v", err)
	}
	if _, err := c.Restore(t.Context(), records(1, 1)); !errors.As(err, &domain) {
		t.Errorf("a second time: %v", err)
	}
	broken := errors.New("disk")
	c = connect(t, (&echo{}).memory(), &conformance.Host{})
	_, err := c.Restore(t.Context(), func(yield func(sdk.Record, error) bool) { yield(sdk.Record{}, broken) })
	if !errors.Is(err, broken) {
		t.Errorf("the records could not be read: %v", err)
	}
}

func TestAnswersThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]*echo{
		"a record without a key":      {changes: []sdk.RecordChange{{Record: sdk.Record{JSON: json.RawMessage("1")}}}},
		"a record that is not JSON":   {changes: []sdk.RecordChange{{Record: sdk.Record{Key: "k", JSON: json.RawMessage("{")}}}},
		"too few answers":             {found: make([]sdk.Recollection, 1)},
		"too many answers":            {found: make([]sdk.Recollection, 3)},
		"a text of half a character":  {found: []sdk.Recollection{{Text: "\xd0"}, {}}},
		"changes of a plan, not JSON": {decision: sdk.Decision{Changes: []sdk.RecordChange{{Record: sdk.Record{Key: "k"}}}}},
	} {
		c := connect(t, e.memory(), &conformance.Host{})
		_, observeErr := c.Observe(t.Context(), 1, nil)
		_, recallErr := c.Recall(t.Context(), 1, make([]sdk.Query, 2))
		_, planErr := connect(t, e.planner(), &conformance.Host{}).Plan(t.Context(), sdk.PlanRequest{})
		wrong := observeErr
		switch {
		case e.found != nil:
			wrong = recallErr
		case e.changes == nil:
			wrong = planErr
		}
		if wrong == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	e := &echo{changes: []sdk.RecordChange{{Record: sdk.Record{Key: "k"}, Delete: true}}}
	if _, err := connect(t, e.memory(), &conformance.Host{}).Observe(t.Context(), 1, nil); err != nil {
		t.Errorf("the removal of a record: %v", err)
	}
}

func TestHalfACharacterIsRefusedWhereverItIs(t *testing.T) {
	t.Parallel()
	const half = "\xd0"
	action := []sdk.Action{{Args: map[string]string{"text": half}}}
	record := func(r sdk.Record) []sdk.RecordChange {
		r.Key += "k"
		return []sdk.RecordChange{{Record: r}}
	}
	one := json.RawMessage("1")
	for i, d := range []sdk.Decision{
		{Plan: &sdk.Plan{Purpose: half}}, {Plan: &sdk.Plan{Place: half}}, {Thought: half}, {Actions: action},
		{Actions: []sdk.Action{{Kind: half}}}, {Actions: []sdk.Action{{Args: map[string]string{half: ""}}}},
		{Changes: record(sdk.Record{Key: half, JSON: one})}, {Changes: record(sdk.Record{Agent: half, JSON: one})},
		{Changes: record(sdk.Record{Kind: half, JSON: one})}, {Changes: record(sdk.Record{JSON: json.RawMessage(`"` + half + `"`)})},
	} {
		_, err := connect(t, (&echo{decision: d}).planner(), &conformance.Host{}).Plan(t.Context(), sdk.PlanRequest{})
		if !errors.Is(err, wire.ErrContract) {
			t.Errorf("decision %d: %v", i, err)
		}
	}
	for i, r := range []sdk.Recollection{
		{Text: half}, {Items: []sdk.Remembrance{{Key: half}}}, {Items: []sdk.Remembrance{{Text: half}}}, {Experience: action},
	} {
		e := &echo{found: []sdk.Recollection{r}}
		_, err := connect(t, e.memory(), &conformance.Host{}).Recall(t.Context(), 1, make([]sdk.Query, 1))
		if !errors.Is(err, wire.ErrContract) {
			t.Errorf("recollection %d: %v", i, err)
		}
	}
	for i, s := range []sdk.Sentiment{
		{Label: half}, {Emotion: half}, {Scores: map[string]float64{half: 1}}, {Valence: math.NaN()}, {Arousal: -0.1},
		{Scores: map[string]float64{"x": math.NaN()}},
	} {
		e := &echo{sentiments: []sdk.Sentiment{s}}
		_, err := connect(t, e.classifier(), &conformance.Host{}).Classify(t.Context(), 1, []string{""})
		if !errors.Is(err, wire.ErrContract) {
			t.Errorf("sentiment %d: %v", i, err)
		}
	}
	e := &echo{host: func(ctx context.Context, h sdk.Host) error {
		_, err := h.Generate(ctx, sdk.GenerateRequest{Messages: []sdk.Message{{Content: half}}})
		return err
	}}
	var domain *sdk.Error
	_, err := connect(t, e.planner(), &asked{}).Plan(t.Context(), sdk.PlanRequest{})
	if !errors.As(err, &domain) || domain.Kind != sdk.ErrInvalidInput {
		t.Errorf("a prompt: %v", err)
	}
}
