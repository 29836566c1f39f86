package network_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// moment is a tick of one hour.
func moment(n int64) env.Tick {
	return env.Tick{Number: n, Time: start.Add(time.Duration(n) * time.Hour), Rand: func(agent, purpose string, index int) *rand.Rand {
		h := fnv.New64a()
		fmt.Fprint(h, agent, "/", purpose, "/", index, "/", n)
		return rand.New(rand.NewPCG(7, h.Sum64()))
	}}
}

// society makes residents with the given names.
func society(names ...string) []spec.Resident {
	out := make([]spec.Resident, len(names))
	for i, name := range names {
		out[i] = spec.Resident{ID: fmt.Sprintf("a%04d", i+1), Persona: &sdk.Persona{Name: name}, Group: []string{"left", "right"}[i%2]}
	}
	return out
}

func crowd(n int) []spec.Resident {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("Житель %d", i+1)
	}
	return society(names...)
}

// world is an environment with a journal: rows by kind and id.
type world struct {
	*network.Environment
	t    testing.TB
	opts network.Options
	rows map[[2]string]json.RawMessage
}

func newWorld(t testing.TB, o network.Options) *world {
	t.Helper()
	if o.Step == 0 {
		o.Step = time.Hour
	}
	if o.Language == "" {
		o.Language = "ru"
	}
	e, err := network.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &world{Environment: e, t: t, opts: o, rows: map[[2]string]json.RawMessage{}}
}

// commit journals what changed.
func (w *world) commit() []event.Row {
	changes := w.Changes()
	for _, r := range changes {
		key := [2]string{r.Kind, r.ID}
		if r.JSON == nil {
			delete(w.rows, key)
		} else {
			w.rows[key] = r.JSON
		}
	}
	return changes
}

// journal gives the rows in (kind, id) order.
func (w *world) journal() iter.Seq2[event.Row, error] {
	keys := make([][2]string, 0, len(w.rows))
	for k := range w.rows {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return func(yield func(event.Row, error) bool) {
		for _, k := range keys {
			if !yield(event.Row{Kind: k[0], ID: k[1], JSON: w.rows[k]}, nil) {
				return
			}
		}
	}
}

// reborn is a new world restored from this one's journal.
func (w *world) reborn() *world {
	w.t.Helper()
	o := newWorld(w.t, w.opts)
	if err := o.Restore(w.journal()); err != nil {
		w.t.Fatal(err)
	}
	for k, v := range w.rows {
		o.rows[k] = v
	}
	return o
}

// seen is what agents see in a tick.
type seen struct {
	Observation sdk.Observation
	Events      []event.Event
	Actions     []sdk.ActionSpec
}

// look lets agents observe, at once.
func (w *world) look(n int64, agents ...string) []seen {
	w.t.Helper()
	if _, err := w.Turns(w.t.Context(), moment(n), agents); err != nil {
		w.t.Fatal(err)
	}
	out := make([]seen, len(agents))
	var group sync.WaitGroup
	for i, id := range agents {
		group.Go(func() {
			var err error
			out[i].Observation, out[i].Events, err = w.Observe(w.t.Context(), moment(n), id)
			if err != nil {
				w.t.Error(err)
			}
			out[i].Actions = w.Actions(id)
		})
	}
	group.Wait()
	return out
}

// sees is what one agent sees in a tick.
func (w *world) sees(n int64, agent string) seen {
	w.t.Helper()
	return w.look(n, agent)[0]
}

// does carries out an action that must succeed. Arguments are pairs.
func (w *world) does(n int64, agent, kind string, args ...string) env.Result {
	w.t.Helper()
	result, err := w.Apply(w.t.Context(), moment(n), agent, action(kind, args...))
	if err != nil {
		w.t.Fatalf("%s %s %v: %v", agent, kind, args, err)
	}
	return result
}

func action(kind string, args ...string) sdk.Action {
	a := sdk.Action{Kind: kind, Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		a.Args[args[i]] = args[i+1]
	}
	return a
}

func ids(items []sdk.Item) []string {
	var out []string
	for _, i := range items {
		out = append(out, i.ID)
	}
	return out
}

func kinds(specs []sdk.ActionSpec) []string {
	var out []string
	for _, s := range specs {
		out = append(out, s.Kind)
	}
	return out
}

// follows makes a network of n who all follow each other.
func complete() spec.Network {
	return spec.Network{Follows: spec.Follows{Graph: "complete"}, Feed: spec.Feed{Rank: "chronological", Size: 10, Window: 100}}
}

func payload[T any](t testing.TB, e event.Event) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(e.Data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// embedLetters is an embedding that counts letters: texts of the same letters
// are near each other.
func embedLetters(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, text := range texts {
		v := make([]float32, 8)
		for _, r := range text {
			v[r%8]++
		}
		out[i] = v
	}
	return out, nil
}
