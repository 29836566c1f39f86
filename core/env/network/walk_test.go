package network_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// walker makes residents act at random, sensibly and not.
type walker struct {
	draw  *rand.Rand
	texts int // made
	size  int // of the population
}

// deed is an action of an agent.
type deed struct {
	agent  string
	action sdk.Action
}

// deeds are what agents do in a tick: two actions each.
func (k *walker) deeds(awake []string, seen []seen) []deed {
	var out []deed
	for i, id := range awake {
		for range 2 {
			out = append(out, deed{id, k.choose(seen[i].Actions)})
		}
	}
	return out
}

// choose draws an action among those offered.
func (k *walker) choose(offered []sdk.ActionSpec) sdk.Action {
	a := offered[k.draw.IntN(len(offered))]
	out := sdk.Action{Kind: a.Kind, Args: map[string]string{}}
	for _, arg := range a.Args {
		switch {
		case !arg.Required && k.draw.IntN(2) == 0:
		case len(arg.Values) > 0:
			out.Args[arg.Name] = arg.Values[k.draw.IntN(len(arg.Values))]
		default:
			out.Args[arg.Name] = k.free(arg.Name)
		}
	}
	return out
}

func (k *walker) free(name string) string {
	switch name {
	case "to", "target":
		return fmt.Sprintf("Житель %d", 1+k.draw.IntN(k.size+1))
	case "options":
		return "да|нет|не знаю"
	case "option":
		return []string{"да", "нет", "3", "может быть"}[k.draw.IntN(4)]
	case "group":
		return fmt.Sprintf("кружок %d", k.draw.IntN(5))
	case "query":
		return []string{"погода", "тайна", "мост"}[k.draw.IntN(3)]
	}
	k.texts++
	return fmt.Sprintf("метка%d погода и мост #город @Житель %d", k.texts, 1+k.draw.IntN(k.size))
}

// done is what became of a deed.
type done struct {
	Result  env.Result
	Refusal string
}

func (w *world) carryOut(n int64, deeds []deed) []done {
	w.t.Helper()
	out := make([]done, len(deeds))
	for i, d := range deeds {
		result, err := w.Apply(w.t.Context(), moment(n), d.agent, d.action)
		var refusal *env.Refusal
		switch {
		case errors.As(err, &refusal):
			out[i].Refusal = refusal.Why
		case err != nil:
			w.t.Fatalf("tick %d: %s %v: %v", n, d.agent, d.action, err)
		default:
			out[i].Result = result
		}
	}
	return out
}

func walkSettings(rank string) spec.Network {
	return spec.Network{
		Feed:    spec.Feed{Rank: rank, Size: 4, Window: 30, Discover: 0.25},
		Follows: spec.Follows{Graph: "random", Degree: 3},
		Groups: []spec.NetGroup{
			{Name: "Соседи", Members: []string{"Житель 1", "Житель 2"}},
			{Name: "Площадь", Audience: "public", Members: []string{"left"}},
		},
	}
}

func walkResidents(size int) []spec.Resident {
	residents := crowd(size)
	for i := range residents {
		residents[i].Persona.Interests = []string{"погода", fmt.Sprint("тема", i)}
	}
	return residents
}

func (k *walker) awake() []string {
	var out []string
	for i := range k.size {
		if k.draw.IntN(4) > 0 {
			out = append(out, fmt.Sprintf("a%04d", i+1))
		}
	}
	return out
}

func TestARestoredWorldGoesOnAsTheOriginal(t *testing.T) {
	t.Parallel()
	for _, rank := range []string{"chronological", "hot", "interest", "random"} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint(rank, seed), func(t *testing.T) {
				t.Parallel()
				walkTogether(t, rank, seed)
			})
		}
	}
}

// walkTogether restores a twin of a world at a random tick and makes both live
// through the same.
func walkTogether(t *testing.T, rank string, seed uint64) {
	const size, ticks = 9, 24
	w := newWorld(t, network.Options{
		Settings: walkSettings(rank), Residents: walkResidents(size), Seed: seed, Embed: embedLetters,
	})
	worlds := []*world{w}
	k := &walker{draw: rand.New(rand.NewPCG(seed, 1)), size: size}
	at := int64(k.draw.IntN(ticks - 1))
	for n := range int64(ticks) {
		awake := k.awake()
		var deeds []deed
		type lived struct {
			Seen    []seen
			Done    []done
			Changes []event.Row
		}
		var lives []lived
		for _, v := range worlds {
			if n%8 == 0 {
				v.Tell(moment(n), event.Told{Event: fmt.Sprint("e", n/8), Text: "новость"}, []string{"a0001", "a0004"})
			}
			l := lived{Seen: v.look(n, awake...)}
			if deeds == nil {
				deeds = k.deeds(awake, l.Seen)
			}
			l.Done = v.carryOut(n, deeds)
			l.Changes = v.commit()
			lives = append(lives, l)
		}
		if len(lives) == 2 {
			if d := cmp.Diff(lives[0], lives[1]); d != "" {
				t.Fatalf("tick %d, restored after %d (-original +restored):\n%s", n, at, d)
			}
		}
		if n == at {
			worlds = append(worlds, w.reborn())
		}
	}
}

func TestObservingAtOnceAndOneByOneIsTheSame(t *testing.T) {
	t.Parallel()
	const size, ticks = 12, 10
	o := network.Options{Settings: walkSettings("hot"), Residents: walkResidents(size), Seed: 3}
	together, alone := newWorld(t, o), newWorld(t, o)
	k := &walker{draw: rand.New(rand.NewPCG(3, 3)), size: size}
	for n := range int64(ticks) {
		awake := k.awake()
		for _, v := range []*world{together, alone} {
			v.Tell(moment(n), event.Told{Event: "e", Text: "новость"}, []string{"a0002"})
		}
		all := together.look(n, awake...)
		if _, err := alone.Turns(t.Context(), moment(n), awake); err != nil {
			t.Fatal(err)
		}
		one := make([]seen, len(awake))
		for i := len(awake) - 1; i >= 0; i-- {
			var err error
			if one[i].Observation, one[i].Events, err = alone.Observe(t.Context(), moment(n), awake[i]); err != nil {
				t.Fatal(err)
			}
			one[i].Actions = alone.Actions(awake[i])
		}
		if d := cmp.Diff(all, one); d != "" {
			t.Fatalf("tick %d (-at once +one by one):\n%s", n, d)
		}
		deeds := k.deeds(awake, all)
		together.carryOut(n, deeds)
		alone.carryOut(n, deeds)
		if d := cmp.Diff(together.commit(), alone.commit()); d != "" {
			t.Fatalf("tick %d: rows differ:\n%s", n, d)
		}
	}
}
