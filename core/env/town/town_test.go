package town_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/town"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func moment(n int64, step time.Duration) env.Tick {
	return env.Tick{Number: n, Time: start.Add(time.Duration(n) * step), Rand: func(agent, purpose string, index int) *rand.Rand {
		h := fnv.New64a()
		fmt.Fprint(h, agent, "/", purpose, "/", index, "/", n)
		return rand.New(rand.NewPCG(7, h.Sum64()))
	}}
}

func folk(names ...string) []spec.Resident {
	out := make([]spec.Resident, len(names))
	for i, name := range names {
		out[i] = spec.Resident{ID: fmt.Sprintf("a%04d", i+1), Persona: &sdk.Persona{Name: name, Bio: "живёт здесь"}, Goals: []string{"жить"}}
	}
	return out
}

// original is the town that `environment: {town: {}}` is.
func original() spec.Town {
	return spec.Town{
		Name: "town", Width: 4, Height: 4, Start: "small", Prices: 1, Cost: 14_000, Wage: 200, Cash: 10_000,
		Recruit: spec.Recruit{Cost: 12_000, Cash: 10_000}, Hours: spec.TownHours{From: 9, To: 24}, Days: 3,
		Times:   spec.TownTimes{Buy: 30 * time.Minute, Meal: time.Hour, Sleep: 7 * time.Hour, Work: 2 * time.Hour},
		Outcome: "rule", Exchanges: 5,
	}
}

// place is a town with a journal and books that are kept from its events alone.
type place struct {
	*town.Environment
	t     testing.TB
	opts  town.Options
	rows  map[[2]string]json.RawMessage
	books map[string]int64 // balance by account
	flows map[string]int64 // coins by why
	town  event.Town       // how it stands
	tick  int64
}

func found(t testing.TB, o town.Options) *place {
	t.Helper()
	o.Language, o.Start, o.Step = cmp.Or(o.Language, "en"), start, cmp.Or(o.Step, time.Hour)
	if o.Residents == nil {
		o.Residents = folk("Анна Белова", "Борис Орлов")
	}
	e, err := town.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &place{e, t, o, map[[2]string]json.RawMessage{}, map[string]int64{}, map[string]int64{}, event.Town{}, 0}
}

func (p *place) now() env.Tick { return moment(p.tick, p.opts.Step) }

// audit enters events into the books: nobody but the world may owe.
func (p *place) audit(events []event.Event) {
	p.t.Helper()
	for _, e := range events {
		if e.Kind == event.KindTown {
			p.town = read[event.Town](p.t, e)
		}
		if e.Kind != event.KindTransfer {
			continue
		}
		m := read[event.Transfer](p.t, e)
		if m.Amount <= 0 {
			p.t.Fatalf("tick %d: a transfer of %d: %+v", p.tick, m.Amount, m)
		}
		p.books[m.From] -= m.Amount
		p.books[m.To] += m.Amount
		p.flows[m.Why] += m.Amount
		if balance := p.books[m.From]; balance < 0 && m.From != event.AccountWorld {
			p.t.Fatalf("tick %d: %s owes %d after %+v", p.tick, m.From, -balance, m)
		}
	}
}

func read[T any](t testing.TB, e event.Event) (v T) {
	t.Helper()
	if err := json.Unmarshal(e.Data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// balanced checks that the town says of everybody's coins what the books say.
func (p *place) balanced() {
	p.t.Helper()
	var sum int64
	for _, balance := range p.books {
		sum += balance
	}
	if sum != 0 {
		p.t.Fatalf("tick %d: the books are off by %d", p.tick, sum)
	}
	if p.town.Money != p.books[event.AccountMayor] {
		p.t.Fatalf("tick %d: the mayor has %d, the books say %d", p.tick, p.town.Money, p.books[event.AccountMayor])
	}
	for key, data := range p.rows {
		var row struct{ Cash int64 }
		if err := json.Unmarshal(data, &row); err != nil {
			p.t.Fatal(err)
		}
		if key[0] == "resident" && row.Cash != p.books[key[1]] {
			p.t.Fatalf("tick %d: %s has %d, the books say %d", p.tick, key[1], row.Cash, p.books[key[1]])
		}
	}
}

type seen struct {
	Turn        env.Turn
	Observation sdk.Observation
	Events      []event.Event
	Actions     []sdk.ActionSpec
}

// look begins a tick for those awake, all where none are given; they look at
// once.
func (p *place) look(awake ...string) []seen {
	p.t.Helper()
	if len(awake) == 0 {
		awake = p.all()
	}
	turns, err := p.Turns(p.t.Context(), p.now(), awake)
	if err != nil {
		p.t.Fatal(err)
	}
	out := make([]seen, len(turns))
	var group sync.WaitGroup
	for i, turn := range turns {
		group.Go(func() {
			o, events, err := p.Observe(p.t.Context(), p.now(), turn.Agent)
			if err != nil {
				p.t.Error(err)
			}
			out[i] = seen{turn, o, events, p.Actions(turn.Agent)}
		})
	}
	group.Wait()
	return out
}

func (p *place) all() []string {
	var out []string
	for _, r := range slices.Concat(p.opts.Residents, p.Newcomers()) {
		out = append(out, r.ID)
	}
	return out
}

// end ends the tick, audits it and begins the next one.
func (p *place) end() (events []event.Event, rows []event.Row) {
	p.t.Helper()
	events, rows = p.Happened(p.now()), p.Changes()
	p.audit(events)
	for _, r := range rows {
		key := [2]string{r.Kind, r.ID}
		if p.rows[key] = r.JSON; r.JSON == nil {
			delete(p.rows, key)
		}
	}
	p.balanced()
	p.tick++
	return events, rows
}

// do is an action that is carried out.
func (p *place) do(agent, kind string, pairs ...string) env.Result {
	p.t.Helper()
	result, err := p.Apply(p.t.Context(), p.now(), agent, action(kind, pairs...))
	if err != nil {
		p.t.Fatalf("tick %d: %s %s %v: %v", p.tick, agent, kind, pairs, err)
	}
	return result
}

// refused is an action that is refused; it says why.
func (p *place) refused(agent, kind string, pairs ...string) string {
	p.t.Helper()
	_, err := p.Apply(p.t.Context(), p.now(), agent, action(kind, pairs...))
	return why(p.t, err)
}

// decree is a decision of the mayor that is carried out.
func (p *place) decree(kind string, pairs ...string) env.Decreed {
	p.t.Helper()
	done, err := p.Decree(p.now(), action(kind, pairs...))
	if err != nil {
		p.t.Fatalf("tick %d: the mayor cannot %s %v: %v", p.tick, kind, pairs, err)
	}
	p.audit(done.Events)
	return done
}

func (p *place) denied(kind string, pairs ...string) string {
	p.t.Helper()
	_, err := p.Decree(p.now(), action(kind, pairs...))
	return why(p.t, err)
}

func why(t testing.TB, err error) string {
	t.Helper()
	var refusal *env.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("no refusal: %v", err)
	}
	return refusal.Why
}

// until goes on to a tick in which nobody does anything before.
func (p *place) until(tick int64) {
	p.t.Helper()
	for p.tick < tick {
		p.look()
		p.end()
	}
}

func action(kind string, pairs ...string) sdk.Action {
	a := sdk.Action{Kind: kind, Args: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		a.Args[pairs[i]] = pairs[i+1]
	}
	return a
}

func kinds(specs []sdk.ActionSpec) string {
	var out []string
	for _, s := range specs {
		out = append(out, s.Kind)
	}
	return strings.Join(out, " ")
}

func names(all []seen) string {
	var out []string
	for _, s := range all {
		out = append(out, s.Turn.Agent)
	}
	return strings.Join(out, " ")
}

func (p *place) journal() iter.Seq2[event.Row, error] {
	keys := slices.SortedFunc(maps.Keys(p.rows), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	return func(yield func(event.Row, error) bool) {
		for _, k := range keys {
			if !yield(event.Row{Kind: k[0], ID: k[1], JSON: p.rows[k]}, nil) {
				return
			}
		}
	}
}

// reborn is the town as the journal has it.
func (p *place) reborn() *place {
	p.t.Helper()
	twin := found(p.t, p.opts)
	if err := twin.Restore(p.journal()); err != nil {
		p.t.Fatal(err)
	}
	twin.tick, twin.rows, twin.books, twin.flows = p.tick, maps.Clone(p.rows), maps.Clone(p.books), maps.Clone(p.flows)
	return twin
}
