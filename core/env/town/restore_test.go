package town_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/town"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// draw takes one of what is allowed, with an argument now and then that is not.
func draw(r *rand.Rand, specs []sdk.ActionSpec, agents []string) sdk.Action {
	s := specs[r.IntN(len(specs))]
	a := sdk.Action{Kind: s.Kind, Args: map[string]string{}}
	for _, arg := range s.Args {
		switch {
		case len(arg.Values) > 0 && r.IntN(20) > 0:
			a.Args[arg.Name] = arg.Values[r.IntN(len(arg.Values))]
		case arg.Name == "to":
			a.Args[arg.Name] = agents[r.IntN(len(agents))]
		case arg.Name == "amount":
			a.Args[arg.Name] = fmt.Sprint(r.IntN(5))
		case arg.Name == "name":
			a.Args[arg.Name] = fmt.Sprint("Гость ", r.IntN(12))
		case arg.Name == "how":
		default:
			a.Args[arg.Name] = fmt.Sprint("слово ", r.IntN(1000))
		}
	}
	return a
}

// walk is a tick at random; it returns all that can be seen of it. The random
// stream depends on the tick alone.
func (p *place) walk(seed uint64) (lived []any, actions int) {
	p.t.Helper()
	r := rand.New(rand.NewPCG(seed, uint64(p.tick)))
	if p.tick == 3 {
		p.Tell(p.now(), event.Told{Event: "news", Text: "Открылся рынок."}, []string{"a0001", "a0003"})
	}
	if req, due := p.Govern(p.now()); due {
		done, err := p.Decree(p.now(), draw(r, req.Actions, p.all()))
		p.audit(done.Events)
		lived = append(lived, req, done, fmt.Sprint(err))
		actions++
	}
	all := p.look()
	lived = append(lived, all)
	for _, s := range all {
		a := draw(r, s.Actions, p.all())
		result, err := p.Apply(p.t.Context(), p.now(), s.Turn.Agent, a)
		var refusal *env.Refusal
		if err != nil && !errors.As(err, &refusal) {
			p.t.Fatal(err)
		}
		lived = append(lived, result, fmt.Sprint(err))
		actions++
	}
	events, rows := p.end()
	return append(lived, events, rows), actions
}

func TestRestoredTownLivesOnAsIfNothingHadHappened(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			o := with(func(s *spec.Town) {
				s.Goal = spec.TownGoal{Population: 10}
				s.Cash = 100
				s.Shocks = []spec.TownShock{
					{Tick: new(int64(9)), Kind: "price", Factor: 3, Text: "Всё дорого."}, {Tick: new(int64(12)), Kind: "fire", Factor: 1, Text: "Пожар."},
					{At: at(30), Kind: "wage", Factor: 0.5}, {At: at(33), Kind: "fire", Factor: 1},
				}
			})
			o.Residents = folk("Анна Белова", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар")
			whole, again := found(t, o), found(t, o)
			when, acted := rand.New(rand.NewPCG(seed, 99)), 0
			for whole.tick < 72 || acted < 500 {
				if when.IntN(3) == 0 {
					again = again.reborn()
				}
				want, n := whole.walk(seed)
				got, _ := again.walk(seed)
				if acted += n; !reflect.DeepEqual(want, got) {
					t.Fatalf("tick %d differs (-whole +restored):\n%s", whole.tick-1, gocmp.Diff(want, got))
				}
			}
			if d := gocmp.Diff(whole.rows, again.rows); d != "" {
				t.Errorf("rows differ (-whole +restored):\n%s", d)
			}
			if len(whole.Newcomers()) == 0 || whole.flows[event.ForGoods] == 0 || whole.flows[event.ForWage] == 0 {
				t.Errorf("a dull life: %v", whole.flows)
			}
		})
	}
}

func TestNoRowLeavesTheTownFresh(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) {}))
	if err := p.Restore(func(func(event.Row, error) bool) {}); err != nil {
		t.Fatal(err)
	}
	p.look()
	if p.end(); p.town.Buildings != 4 || p.town.Money != 1_000_000 {
		t.Errorf("%+v", p.town)
	}
}

func TestBadRowsAreErrorsThatNameTheRow(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]event.Row{
		"kind":             {Kind: "planet", ID: "x", JSON: []byte("{}")},
		"building":         {Kind: "building", ID: "store-1", JSON: []byte("[]")},
		"type of building": {Kind: "building", ID: "store-1", JSON: []byte(`{"type":"castle"}`)},
		"lot":              {Kind: "building", ID: "store-1", JSON: []byte(`{"type":"store","x":4}`)},
		"event":            {Kind: "event", ID: "e", JSON: []byte("[]")},
		"newcomer":         {Kind: "newcomer", ID: "a0003", JSON: []byte("[]")},
		"resident":         {Kind: "resident", ID: "a0001", JSON: []byte("[]")},
		"nobody":           {Kind: "resident", ID: "a0009", JSON: []byte("{}")},
		"home":             {Kind: "resident", ID: "a0001", JSON: []byte(`{"home":"castle-1"}`)},
		"town":             {Kind: "town", ID: "town", JSON: []byte("[]")},
	} {
		p := found(t, with(func(s *spec.Town) {}))
		err := p.Restore(func(yield func(event.Row, error) bool) { yield(row, nil) })
		if err == nil || !strings.Contains(err.Error(), "restore town: row "+row.Kind+" "+row.ID) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := found(t, with(func(s *spec.Town) {}))
	broken := errors.New("disk")
	if err := p.Restore(func(yield func(event.Row, error) bool) { yield(event.Row{}, broken) }); !errors.Is(err, broken) {
		t.Errorf("a failing journal: %v", err)
	}
	gap := event.Row{Kind: "newcomer", ID: "a0005", JSON: []byte(`{"place":4}`)}
	if err := p.Restore(func(yield func(event.Row, error) bool) { yield(gap, nil) }); err == nil || !strings.Contains(err.Error(), "no newcomer has place 2") {
		t.Errorf("a newcomer is missing: %v", err)
	}
}

func TestFlawedTownsAreRefusedWithEveryReason(t *testing.T) {
	t.Parallel()
	settings := original()
	settings.Buildings = []spec.TownBuilding{{Type: "castle"}, {Type: "gym", X: 9}}
	_, err := town.New(town.Options{Settings: settings, Language: "ru", Residents: folk("Анна"), Start: start, Step: 1})
	if err == nil || !strings.Contains(err.Error(), `buildings[0].type: no type of building "castle"`) || !strings.Contains(err.Error(), "buildings[1]: no lot 9, 0") {
		t.Error(err)
	}
}

func FuzzActionsAreTakenOrRefused(f *testing.F) {
	f.Add("go", "building", "store-1", "", "")
	f.Add("buy", "thing", "chicken", "amount", "2")
	f.Add("talk", "to", "Борис", "text", "при\xffвет")
	f.Add("build", "type", "gym", "x", "3")
	f.Add("recruit", "name", "\u202eАнна", "home", "house-a-1")
	f.Fuzz(func(t *testing.T, kind, name1, value1, name2, value2 string) {
		p := found(t, with(func(s *spec.Town) {}))
		p.until(1)
		a := action(kind, name1, value1, name2, value2, "bio", "врач", "goal", "жить", "y", "3")
		var refusal *env.Refusal
		done, err := p.Decree(p.now(), a)
		if p.audit(done.Events); err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		p.look()
		if _, err := p.Apply(t.Context(), p.now(), "a0001", a); err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		p.end()
		twin := p.reborn()
		if d := gocmp.Diff(p.look(), twin.look()); d != "" {
			t.Fatalf("restored differs:\n%s", d)
		}
	})
}
