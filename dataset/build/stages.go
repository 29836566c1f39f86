package build

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/llm-city/gorod/dataset/clean/quality"
	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
	"github.com/llm-city/gorod/dataset/split"
)

// stage tells of a stage: what came in and out, and why the rest was left out.
func (b *builder) stage(name, unit string, in, out int64, reasons map[string]int64) {
	s := manifest.Stage{Name: name, Unit: unit, In: in, Out: out}
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		if n := reasons[reason]; n > 0 {
			s.Drop = append(s.Drop, manifest.Drop{Reason: reason, Count: n})
		}
	}
	slices.SortStableFunc(s.Drop, func(a, b manifest.Drop) int { return cmp.Compare(b.Count, a.Count) })
	b.manifest.Stages = append(b.manifest.Stages, s)
}

// deduplicate leaves out what was said before.
func (b *builder) deduplicate(ctx context.Context) error {
	x := b.examples
	before := x.left()
	b.progress(stageDedup, "examples", 0, before)
	clusters, err := b.dups.Clusters(ctx, x.exchange)
	if err != nil {
		return err
	}
	x.cluster = make([]uint32, len(x.to))
	reasons := map[string]int64{}
	for i := range x.to {
		x.cluster[i] = clusters.Of(uint32(i))
		switch {
		case x.cluster[i] == uint32(i):
		case clusters.Exact(uint32(i)):
			if b.recipe.Dedup.Exact {
				x.to[i] = split.Dropped
				reasons["said before, word for word"]++
			}
		case b.recipe.Dedup.Near:
			x.to[i] = split.Dropped
			reasons["nearly the same was said before"]++
		}
	}
	b.stage(stageDedup, stageExamples, before, x.left(), reasons)
	b.progress(stageDedup, "examples", before, before)
	return b.cap()
}

// cap leaves out what of a stock reply is more than the cap.
func (b *builder) cap() error {
	x := b.examples
	before := x.left()
	reasons := map[string]int64{}
	if most := b.recipe.Clean.Cap; most > 0 {
		c := quality.NewCap(quality.CapOptions{Most: most})
		err := b.eachKept(func(_ int, r *format.Row) error { c.Count(r.Target, r.Reply()); return nil })
		if err != nil {
			return err
		}
		err = b.eachKept(func(i int, r *format.Row) error {
			if !c.Keep(r.Target, r.Reply()) {
				x.to[i] = split.Dropped
				reasons["the same short reply too often"]++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	b.stage(stageRepeats, stageExamples, before, x.left(), reasons)
	return nil
}

// eachKept hands over the examples that no stage left out.
func (b *builder) eachKept(do func(i int, r *format.Row) error) error {
	return b.examples.spool.each(b.examples.kept, do)
}

// split divides the examples.
func (b *builder) split(ctx context.Context) error {
	x, rules := b.examples, b.recipe.Split
	before := x.left()
	b.progress(stageSplit, "examples", 0, before)
	reasons := map[string]int64{}
	if before > 0 && rules.Test+rules.Validation > 0 {
		summary, err := b.assign(ctx)
		if err != nil {
			return err
		}
		for reason, n := range summary.Dropped {
			reasons[reason] = int64(n)
		}
	}
	b.stage(stageSplit, stageExamples, before, x.left(), reasons)
	b.progress(stageSplit, "examples", before, before)
	if x.left() == 0 {
		return fmt.Errorf("%w: %s", ErrEmpty, b.blame())
	}
	return nil
}

func (b *builder) assign(ctx context.Context) (*split.Summary, error) {
	x, rules := b.examples, b.recipe.Split
	s, err := split.New(b.temp, split.Options{By: split.By(rules.By), Test: rules.Test, Validation: rules.Validation, Seed: b.recipe.Seed})
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }() // a temporary file
	var added []int
	err = b.eachKept(func(i int, r *format.Row) error {
		added = append(added, i)
		return s.Add(&split.Example{Time: r.Time, Threads: r.Threads, Origins: r.Origins, Clusters: []int64{int64(x.cluster[i])}})
	})
	if err != nil {
		return nil, err
	}
	assignment, err := s.Assign(ctx)
	if err != nil {
		return nil, err
	}
	for n, i := range added {
		x.to[i] = assignment.Of(n)
	}
	return &assignment.Summary, nil
}

// blame names the stage that left out most.
func (b *builder) blame() string {
	var worst manifest.Drop
	var at manifest.Stage
	for _, s := range b.manifest.Stages {
		for _, d := range s.Drop {
			if d.Count > worst.Count {
				worst, at = d, s
			}
		}
	}
	if worst.Count == 0 {
		return "the sources hold no message that the recipe asks for"
	}
	return fmt.Sprintf("most of it was left out by %q: %d %s (%s)", at.Name, worst.Count, at.Unit, worst.Reason)
}

// retrieve finds what stands beside examples.
func (b *builder) retrieve(ctx context.Context) error {
	x := b.examples
	if b.recipe.Retrieve.K == 0 {
		return nil
	}
	b.progress(stageRetrieve, "examples", 0, x.left())
	r := newRetriever(b.recipe.Retrieve.K)
	all := func(int) bool { return true }
	err := x.spool.each(all, func(i int, row *format.Row) error {
		turn := ""
		if x.kept(i) {
			turn = row.Turns[len(row.Turns)-2].Text
		}
		r.add(turn, exchangeFacts{
			asked: x.asked[i], replied: x.replied[i], thread: x.thread[i], target: x.target[i], source: x.to[i] == split.Train,
		})
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	x.found, err = r.search(ctx, func(done int) { b.progress(stageRetrieve, "examples", int64(done), int64(len(x.to))) })
	return err
}
