package persona

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sync/atomic"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Factory has a model write the personas of a population into a folder: a plan
// of the space that they differ in (plan.json), then a YAML file for each.
type Factory struct {
	Mind Mind
	Seed uint64
	Dir  string
	// Stop, where it is set, is asked before each persona, by several
	// goroutines; true ends the work with ErrStopped. Wrote is told of each
	// file.
	Stop  func() bool
	Wrote func(done, total int, file string)

	prompts *prompts
	words   *lexicon
}

// PlanFile is the plan's name in the folder.
const PlanFile = "plan.json"

// rounds of asking for a persona: again where the model repeats itself, or
// breaks the schema.
const rounds = 3

// ErrStopped says that a factory was asked to stop. What is written stays.
var ErrStopped = errors.New("stopped")

// ShortError says that the model wrote too few personas. What is written stays:
// the factory goes on where it ended.
type ShortError struct {
	Want, Got int
	Dir       string
	Last      error // why the last one failed
}

// Error implements error.
func (e *ShortError) Error() string {
	return fmt.Sprintf("%d of %d personas are in %s; the model failed at the other %d, asked %d times each: %v", e.Got, e.Want, e.Dir, e.Want-e.Got, rounds, e.Last)
}

// Unwrap returns the last cause.
func (e *ShortError) Unwrap() error { return e.Last }

// Generate writes what is missing of a population and reports how its marginals
// came out. Files that are there are kept as they are. With an error, the
// report is of what is there.
func (f *Factory) Generate(ctx context.Context, p Population) (*Report, error) {
	f.words = readLexicon(p.Language)
	var err error
	if f.prompts, err = readPrompts(p.Language); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of personas: %w", err)
	}
	plan, err := f.plan(ctx, p)
	if err != nil {
		return nil, err
	}
	shelf, err := openShelf(f.Dir, plan)
	if err != nil {
		return nil, err
	}
	kept := len(shelf.people)
	err = f.fill(ctx, plan, shelf)
	return newReport(plan, shelf.people, kept), err
}

// plan is the folder's plan, or a new one. A folder holds one population.
func (f *Factory) plan(ctx context.Context, p Population) (*Plan, error) {
	file := filepath.Join(f.Dir, PlanFile)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return f.newPlan(ctx, p)
	}
	if err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	var plan Plan
	if err := json.Unmarshal(data, &plan); err != nil {
		return nil, fmt.Errorf("read the plan %s: %w; remove it to plan anew", file, err)
	}
	if err := plan.sound(); err != nil {
		return nil, fmt.Errorf("read the plan %s: %w; remove it to plan anew", file, err)
	}
	if !reflect.DeepEqual(plan.Population, p) || plan.Seed != f.Seed {
		return nil, fmt.Errorf("%s holds another population: %q, %d personas, seed %d; go on with that, or choose another folder",
			f.Dir, plan.Population.About, plan.Population.Count, plan.Seed)
	}
	return &plan, nil
}

func (f *Factory) newPlan(ctx context.Context, p Population) (*Plan, error) {
	f.Mind.Seed = f.Seed
	dimensions, err := f.space(ctx, p, p.given(f.words))
	if err != nil {
		return nil, err
	}
	plan := newPlan(p, f.Seed, dimensions, f.words)
	plan.Model = cmp.Or(f.Mind.Model, "reference")
	return plan, f.save(plan)
}

// sound reports a plan that somebody broke.
func (p *Plan) sound() error {
	if len(p.Points) != p.Population.Count {
		return fmt.Errorf("it has %d points for %d personas", len(p.Points), p.Population.Count)
	}
	for i := range p.Points {
		if p.Points[i].Index != i {
			return fmt.Errorf("point %d says that it is %d", i, p.Points[i].Index)
		}
	}
	for _, d := range p.Dimensions {
		if len(d.Values) == 0 {
			return fmt.Errorf("dimension %q has no values", d.Name)
		}
	}
	return nil
}

func (f *Factory) save(plan *Plan) error {
	data, err := json.MarshalIndent(plan, "", "  ")
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	return writeFile(filepath.Join(f.Dir, PlanFile), append(data, '\n'))
}

// fill writes the personas that are missing, in rounds.
func (f *Factory) fill(ctx context.Context, plan *Plan, s *shelf) error {
	f.Mind.Seed = plan.Seed
	pending, last := s.missing(), error(nil)
	for round := range rounds {
		var failed []failure
		var err error
		if failed, err = f.round(ctx, plan, s, pending, plan.Rounds*rounds+round, round == rounds-1); err != nil {
			return err
		}
		pending = nil
		for _, one := range failed {
			pending, last = append(pending, one.job), one.err
		}
		if len(pending) == 0 {
			return nil
		}
	}
	plan.Rounds++
	if err := f.save(plan); err != nil {
		return err
	}
	return &ShortError{Want: len(plan.Points), Got: len(s.people), Dir: f.Dir, Last: last}
}

// job is a persona to be written; avoid is what it was before, which was no
// good.
type job struct {
	index int
	avoid []string
}

type failure struct {
	job job
	err error
}

// reply is what came of asking for a persona.
type reply struct {
	person sdk.Persona
	err    error
}

// round asks for all that is pending, in parallel, and takes the replies in
// order: what comes out does not depend on who answered first.
func (f *Factory) round(ctx context.Context, plan *Plan, s *shelf, pending []job, number int, final bool) ([]failure, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	replies := f.askAll(ctx, plan, pending, number)
	var failed []failure
	var stopped error
	for i, one := range pending {
		var r reply
		select {
		case r = <-replies[i]:
		case <-ctx.Done():
			return failed, fmt.Errorf("write personas: %w", context.Cause(ctx))
		}
		if r.err == nil {
			r.err = f.accept(plan, s, one.index, &r.person, final)
		}
		var again *repeatError
		switch {
		case r.err == nil:
		case errors.Is(r.err, ErrStopped):
			stopped = r.err // but what is under way is paid for
		case errors.As(r.err, &again):
			failed = append(failed, failure{job{one.index, append(one.avoid, again.what)}, r.err})
		case excusable(r.err):
			failed = append(failed, failure{one, r.err})
		default:
			return failed, r.err
		}
	}
	return failed, stopped
}

// excusable errors are the model's: another reply may do.
func excusable(err error) bool { return llm.IsKind(err, llm.BadReply) || errors.Is(err, errEmpty) }

// askAll asks for what is pending, in its order, as many at once as the mind
// takes. After an error that nothing excuses, nobody is asked any more.
func (f *Factory) askAll(ctx context.Context, plan *Plan, pending []job, number int) []chan reply {
	replies := make([]chan reply, len(pending))
	for i := range replies {
		replies[i] = make(chan reply, 1)
	}
	var next atomic.Int64
	var over atomic.Bool
	for range min(max(1, f.Mind.Parallel), len(pending)) {
		go func() {
			for i := next.Add(1) - 1; i < int64(len(pending)); i = next.Add(1) - 1 {
				if ctx.Err() != nil || over.Load() || f.Stop != nil && f.Stop() {
					replies[i] <- reply{err: ErrStopped}
					continue
				}
				person, err := f.write(ctx, plan, &plan.Points[pending[i].index], number, pending[i].avoid)
				if err != nil && !excusable(err) {
					over.Store(true)
				}
				replies[i] <- reply{person, err}
			}
		}()
	}
	return replies
}

// repeatError says that the model wrote somebody who is there already.
type repeatError struct{ kind, what, like string }

func (e *repeatError) Error() string {
	return fmt.Sprintf("it wrote the %s of %s again: %.80q", e.kind, e.like, e.what)
}

// accept writes a persona down, unless it repeats another. In the final round
// a name that is taken gets a number.
func (f *Factory) accept(plan *Plan, s *shelf, index int, p *sdk.Persona, final bool) error {
	if like, twice := s.stories[likeness(p)]; twice {
		return &repeatError{"story", p.Bio, like}
	}
	if !s.names.take(p.Name) {
		if plan.Points[index].Name == "" && !final {
			return &repeatError{"name", p.Name, "somebody"}
		}
		p.Name = s.names.numbered(p.Name)
	}
	file, err := s.put(index, p, fmt.Sprintf("# %d of %d, by gorod persona generate; model: %s\n", index+1, len(plan.Points), plan.Model))
	if err == nil && f.Wrote != nil {
		f.Wrote(len(s.people), len(plan.Points), file)
	}
	return err
}
