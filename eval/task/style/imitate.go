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
	anchors []anchor // by feature
}

var _ task.Task = (*imitation)(nil)

// read makes the profile of the person out of the training split, and measures
// how far other people are from it.
func (t *imitation) read(train []exchange) {
	var own []string
	others := map[string][]string{}
	for _, e := range train {
		if e.target == t.target {
			own = append(own, e.reply)
		} else {
			others[e.target] = append(others[e.target], e.reply)
		}
		if e.asked != "" && e.asker != t.target {
			others[e.asker] = append(others[e.asker], e.asked)
		}
	}
	own = own[:min(len(own), mostTexts)]
	people := [][]string{own}
	for _, who := range slices.SortedFunc(maps.Keys(others), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(others[b]), len(others[a])), cmp.Compare(a, b))
	}) {
		people = append(people, t.draw(who, others[who], mostTexts))
	}
	t.profile = newProfile(of(own...), people)
	later := make([]string, len(t.asked))
	for i, e := range t.asked {
		later[i] = e.Reply()
	}
	t.anchors = t.profile.anchor(people[1:], later)
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

// Items implements task.Task: the test split's replies of the person.
func (t *imitation) Items() []task.Item {
	out := make([]task.Item, len(t.asked))
	for i, e := range t.asked {
		out[i] = task.Item{ID: e.ID, Cluster: e.Cluster(), Judged: 1}
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
	if reply.Error != "" {
		tally.Unjudged(at, items.Unusable(&reply))
	} else {
		tally.Judge(at)
	}
	return tally.Outcome, nil
}

// Whole implements task.Task.
func (t *imitation) Whole(_ context.Context, _ string, samples []sample.Sample) ([]sample.Score, error) {
	r := &running{said: make([]*traits, len(samples)), in: make([]bool, len(samples)), sum: newTraits()}
	about := make([]int, len(samples))
	for i := range samples {
		about[i] = i
		if samples[i].Error == "" && strings.TrimSpace(samples[i].Reply) != "" {
			r.said[i] = of(samples[i].Reply)
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
		return t.place(r.sum)
	}), nil
}

// running are the traits of some of the replies. Going over to others costs what
// they differ in.
type running struct {
	said []*traits // of each sample; nil where there is no usable reply
	in   []bool
	sum  *traits
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
		r.sum.add(r.said[i], times)
		r.in[i] = want[i]
	}
}

// place measures replies against the profile, and places them between the
// anchors, which count as known.
func (t *imitation) place(said *traits) []pseudo.Value {
	var positions, distances []pseudo.Value
	var known []float64
	for i, f := range features() {
		d, why := f.distance(t.profile, said)
		distances = append(distances, pseudo.Value{X: d, Missing: why})
		p := pseudo.Value{Missing: cmp.Or(why, t.anchors[i].missing)}
		if p.Missing == "" {
			p.X = t.anchors[i].position(d)
			known = append(known, p.X)
		}
		positions = append(positions, p)
	}
	overall := pseudo.Value{Missing: "no feature has a position"}
	if len(known) > 0 {
		overall = pseudo.Value{X: middle(known)}
	}
	return slices.Concat([]pseudo.Value{overall}, positions, distances)
}

// middle is the mean of the middle half of numbers: one feature in which others
// write almost as the person does, so that its position has no hold, does not
// carry the whole away (the interquartile mean).
func middle(xs []float64) float64 {
	slices.Sort(xs)
	off := len(xs) / 4
	return stat.Mean(xs[off:len(xs)-off], nil)
}
