package build

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/split"
)

// mostRounds bounds how often the splits are looked at again. What the search
// for duplicates overlooks is a few pairs in a million, so two do.
const mostRounds = 5

// certify compares the splits with each other. The search for duplicates may
// overlook one in some hundred pairs that are hardly alike enough; what is found
// only here is left out of the earlier split.
func (b *builder) certify(ctx context.Context) error {
	before := b.examples.left()
	reasons := map[string]int64{}
	for range mostRounds {
		c, of, err := b.certificateNow(ctx)
		if err != nil {
			return err
		}
		if len(c.Texts.Pairs) == 0 {
			b.certificate = c
			b.stage(stageCertify, stageExamples, before, b.examples.left(), reasons)
			return nil
		}
		for _, pair := range c.Texts.Pairs {
			reasons["nearly the same in a later split"] += b.part(of[pair[0]], of[pair[1]])
		}
	}
	return fmt.Errorf("after %d rounds the splits still have nearly the same exchanges in common: split by dialogue, or raise dedup.threshold", mostRounds)
}

// part leaves out the one of two examples that is of the earlier split, if they
// are of two.
func (b *builder) part(i, j int) int64 {
	x := b.examples
	switch {
	case !x.kept(i) || !x.kept(j) || x.to[i] == x.to[j]:
		return 0
	case x.to[i] > x.to[j]: // the splits are in the order of time
		i = j
	}
	x.to[i] = split.Dropped
	return 1
}

// certificateNow is the certificate of the splits as they are, and which
// examples the numbers in it are of.
func (b *builder) certificateNow(ctx context.Context) (*split.Certificate, []int, error) {
	c, err := split.NewCertifier(b.temp, split.CertifyOptions{Rule: classes(b.recipe.Dedup), Floor: certificateFloor, Workers: b.opts.Workers})
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = c.Close() }() // temporary files
	total, of := b.examples.left(), []int(nil)
	for _, to := range []split.Split{split.Train, split.Validation, split.Test} { // as they are read from files
		here := func(i int) bool { return b.examples.to[i] == to }
		err := b.examples.spool.each(here, func(i int, r *format.Row) error {
			if of = append(of, i); len(of)%writeBatch == 0 {
				b.progress(stageCertify, "examples", int64(len(of)), total)
			}
			row := *r
			row.Split, row.Cluster = to.String(), int64(b.examples.cluster[i])
			if err := c.Add(written(&row)); err != nil {
				return err
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, nil, err
		}
	}
	out, err := c.Certificate(ctx)
	return out, of, err
}
