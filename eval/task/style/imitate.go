package style

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
	"github.com/llm-city/gorod/eval/task/pseudo"
)

// imitation is the loaded task.
type imitation struct {
	target  string
	seed    uint64
	asked   []*sample.Example
	by      map[string]*sample.Example
	profile *profile
	floor   []pseudo.Value // distance of other people, by feature
}

var _ task.Task = (*imitation)(nil)

// read makes the profile of the person out of the training split, and measures
// how far other people are from it.
func (t *imitation) read(train []*sample.Example) {
	var own []string
	others := map[string][]string{}
	for _, e := range train {
		if e.Target == t.target {
			own = append(own, e.Reply())
		} else {
			others[e.Target] = append(others[e.Target], e.Reply())
		}
		// The turn that is answered is told of once for each reply to it; earlier
		// ones stand in many examples.
		if n := len(e.Turns); n > 1 && e.Turns[n-2].Speaker != t.target && e.Turns[n-2].Role == "user" {
			who := e.Turns[n-2].Speaker
			others[who] = append(others[who], e.Turns[n-2].Text)
		}
	}
	own = own[:min(len(own), mostTexts)]
	people := [][]string{own}
	var kept [][]string
	for _, who := range slices.Sorted(maps.Keys(others)) {
		texts := t.draw(who, others[who], mostTexts)
		people = append(people, texts)
		if len(texts) >= fewestTexts {
			// As many as are asked: distances depend on how much there is of a text.
			kept = append(kept, texts[:min(len(texts), len(t.asked))])
		}
	}
	t.profile = newProfile(of(own...), people)
	t.floor = t.floors(kept)
}

// draw takes some of a person's texts at random.
func (t *imitation) draw(who string, texts []string, most int) []string {
	h := fnv.New64a()
	fmt.Fprint(h, who)
	random := rand.New(rand.NewPCG(t.seed, h.Sum64()))
	out := slices.Clone(texts)
	random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(len(out), most)]
}

// floors are how far other people are from the profile, by feature: the mean over
// them, weighted by their texts.
func (t *imitation) floors(people [][]string) []pseudo.Value {
	out := make([]pseudo.Value, len(features()))
	for i, f := range features() {
		sum, n, why := 0.0, 0.0, "nobody else in the dataset has said enough"
		for _, texts := range people {
			x, bad := f.distance(t.profile, of(texts...))
			if bad != "" {
				why = bad
				continue
			}
			sum, n = sum+x*float64(len(texts)), n+float64(len(texts))
		}
		if n == 0 {
			out[i] = pseudo.Value{Missing: "no floor: " + why}
			continue
		}
		out[i] = pseudo.Value{X: sum / n}
	}
	return out
}

// Items implements task.Task: the test split's replies of the person.
func (t *imitation) Items() []task.Item {
	out := make([]task.Item, len(t.asked))
	for i, e := range t.asked {
		out[i] = task.Item{ID: e.ID, Cluster: e.Cluster()}
	}
	return out
}

// maxReply bounds a reply in tokens.
const maxReply = 400

// Ask implements task.Task.
func (t *imitation) Ask(ctx context.Context, s task.Subject, item task.Item) (task.Outcome, error) {
	e, ok := t.by[item.ID]
	if !ok {
		return task.Outcome{}, fmt.Errorf("no example %q", item.ID)
	}
	reply, err := s.Ask(ctx, task.Prompt{Which: "reply", Messages: items.Answered(e), MaxTokens: maxReply, Reference: e.Reply()})
	if err != nil {
		return task.Outcome{}, fmt.Errorf("%s: %w", item.ID, err)
	}
	var tally items.Tally
	at := tally.Add(reply)
	if reply.Error == "" {
		tally.Judge(at)
	}
	return tally.Outcome, nil
}

// Whole implements task.Task.
func (t *imitation) Whole(_ context.Context, _ string, samples []sample.Sample) ([]sample.Score, error) {
	r := &running{said: make([]*traits, len(samples)), real: make([]*traits, len(samples)), in: make([]bool, len(samples)), a: newTraits(), b: newTraits()}
	about := make([]int, len(samples))
	for i := range samples {
		about[i] = i
		e, ok := t.by[samples[i].Item]
		if ok && samples[i].Error == "" && strings.TrimSpace(samples[i].Reply) != "" {
			r.said[i], r.real[i] = of(samples[i].Reply), of(e.Reply())
		}
	}
	names := []string{position}
	for _, prefix := range []string{"position_", "distance_"} {
		for _, f := range features() {
			names = append(names, prefix+f.name)
		}
	}
	return pseudo.Scores(samples, about, names, func(kept []int) []pseudo.Value {
		r.keep(kept)
		return t.place(r.a, r.b)
	}), nil
}

// running are the traits of some of the replies, and of what the person really
// replied. Going over to others costs what they differ in.
type running struct {
	said, real []*traits // of each sample; nil where there is no usable reply
	in         []bool
	a, b       *traits
}

func (r *running) keep(kept []int) {
	want := make([]bool, len(r.in))
	for _, i := range kept {
		want[i] = true
	}
	for i := range r.in {
		if r.said[i] == nil || r.in[i] == want[i] {
			continue
		}
		times := 1
		if r.in[i] {
			times = -1
		}
		r.a.add(r.said[i], times)
		r.b.add(r.real[i], times)
		r.in[i] = want[i]
	}
}

// place measures replies against the profile, and places them between the floor
// and the ceiling, which is what the person really replied.
func (t *imitation) place(said, real *traits) []pseudo.Value {
	var positions, distances []pseudo.Value
	var known []float64
	for i, f := range features() {
		d, why := f.distance(t.profile, said)
		distances = append(distances, pseudo.Value{X: d, Missing: why})
		ceiling, none := f.distance(t.profile, real)
		p := pseudo.Value{Missing: cmp.Or(why, t.floor[i].Missing, none)}
		if p.Missing == "" {
			p = between(t.floor[i].X, ceiling, d)
		}
		if positions = append(positions, p); p.Missing == "" {
			known = append(known, p.X)
		}
	}
	overall := pseudo.Value{Missing: "no feature has a position"}
	if len(known) > 0 {
		overall = pseudo.Value{X: middle(known)}
	}
	return slices.Concat([]pseudo.Value{overall}, positions, distances)
}

// between is where a distance lies between that of others (0) and the person's
// own (1).
func between(floor, ceiling, d float64) pseudo.Value {
	if floor <= ceiling {
		return pseudo.Value{Missing: fmt.Sprintf("other people (%.3g) are no farther from the person than the person is later (%.3g)", floor, ceiling)}
	}
	return pseudo.Value{X: (floor - d) / (floor - ceiling)}
}

// middle is the mean of the middle half of numbers: one feature in which others
// write almost as the person does, so that its position has no hold, does not
// carry the whole away (the interquartile mean).
func middle(xs []float64) float64 {
	slices.Sort(xs)
	off := len(xs) / 4
	return stat.Mean(xs[off:len(xs)-off], nil)
}
