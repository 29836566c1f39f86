package split

import (
	"context"
	"errors"
	"fmt"

	"github.com/llm-city/gorod/dataset/dedup"
	"github.com/llm-city/gorod/dataset/dedup/spill"
)

// Written is an example as it stands in a dataset.
type Written struct {
	ID string
	Example
	Text      string   // all of it, or what its near-duplicates were found by
	Retrieved []string // ids of the exchanges beside it
}

// CertifyOptions say how a certificate is made. Those of the same rule and floor
// give the same certificate of the same examples in the same order.
type CertifyOptions struct {
	Rule []dedup.Class // nil means dedup.DefaultClasses
	// Floor is the similarity down to which alike texts are looked for, where
	// there are too many to compare them all; 0 means 0.5. A higher one is faster.
	Floor   float64
	Workers int // as of dedup.Options
}

const defaultFloor = 0.5

// Certifier makes a certificate of examples that it is given one by one. It is
// for one goroutine; about 40 bytes per example are held in memory, the rest in
// temporary files.
type Certifier struct {
	file  *spill.File
	keys  keyer
	ids   *dedup.Texts
	of    []Split
	parts map[Split]*Part
	texts *likeness
	rule  []dedup.Class
}

// NewCertifier makes a certifier with its files in a directory ("" for that of
// the system).
func NewCertifier(dir string, opts CertifyOptions) (_ *Certifier, err error) {
	if opts.Rule == nil {
		opts.Rule = dedup.DefaultClasses()
	}
	if opts.Floor == 0 {
		opts.Floor = defaultFloor
	}
	c := &Certifier{parts: map[Split]*Part{}, rule: opts.Rule}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	if c.file, err = spill.Create(dir, int(kinds)*keyParts); err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	c.keys.out = c.file.Writer()
	if c.ids, err = dedup.NewTexts(dir); err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	if c.texts, err = newLikeness(dir, opts); err != nil {
		return nil, err
	}
	return c, nil
}

// Close removes the files.
func (c *Certifier) Close() error {
	var errs []error
	if c.file != nil {
		errs = append(errs, c.file.Close())
	}
	if c.ids != nil {
		errs = append(errs, c.ids.Close())
	}
	if c.texts != nil {
		errs = append(errs, c.texts.close())
	}
	return errors.Join(errs...)
}

// Add takes an example of a split.
func (c *Certifier) Add(to Split, e *Written) error {
	item := uint32(len(c.of))
	err := c.keys.example(item, &e.Example)
	if err == nil {
		err = c.keys.flagged(idKey, e.ID, item, own)
	}
	for _, id := range e.Retrieved {
		if err == nil {
			err = c.keys.flagged(idKey, id, item, retrieved)
		}
	}
	if err == nil {
		err = c.ids.Add(e.ID)
	}
	if err != nil {
		return fmt.Errorf("split: %w", err)
	}
	c.of = append(c.of, to)
	c.count(to, e.Time)
	return c.texts.add(to, e.Text)
}

func (c *Certifier) count(to Split, time int64) {
	p := c.parts[to]
	if p == nil {
		p = &Part{Split: to.String(), From: time, To: time}
		c.parts[to] = p
	}
	p.Examples++
	p.From, p.To = min(p.From, time), max(p.To, time)
}

// Flags of a record of idKey.
const (
	own uint64 = iota
	retrieved
)

// Certificate is made of all that was added. It is called once.
func (c *Certifier) Certificate(ctx context.Context) (*Certificate, error) {
	if err := errors.Join(c.keys.out.Flush(), c.ids.Flush()); err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	out := &Certificate{Format: CertificateFormat, Rule: c.rule, Ordered: true}
	c.order(out)
	for of, count := range map[kind]*int{threadKey: &out.Shared.Threads, originKey: &out.Shared.Origins, clusterKey: &out.Shared.Clusters} {
		if err := eachKey(ctx, c.file, of, func(group []spill.Record) { *count += c.across(group) }); err != nil {
			return nil, err
		}
	}
	if err := eachKey(ctx, c.file, idKey, func(group []spill.Record) { c.named(group, out) }); err != nil {
		return nil, err
	}
	var err error
	out.Texts, err = c.texts.measure(ctx, c.of, c.ids)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// order says when the splits are from.
func (c *Certifier) order(out *Certificate) {
	last, any := int64(0), false
	for _, s := range []Split{Train, Validation, Test} {
		p := c.parts[s]
		if p == nil {
			out.Splits = append(out.Splits, Part{Split: s.String()})
			continue
		}
		out.Splits = append(out.Splits, *p)
		if any && p.From <= last {
			out.Ordered = false
		}
		last, any = max(last, p.To), true
	}
}

// across is 1 where the items are of more than one split.
func (c *Certifier) across(group []spill.Record) int {
	for _, r := range group[1:] {
		if c.of[r.Item] != c.of[group[0].Item] {
			return 1
		}
	}
	return 0
}

// named looks at the examples that have an id and at those that show the
// exchange of that id.
func (c *Certifier) named(group []spill.Record, out *Certificate) {
	owners, latest := 0, Dropped
	for _, r := range group {
		if r.More&1 == own {
			owners++
			latest = max(latest, c.of[r.Item])
		} else if latest > c.of[r.Item] {
			out.RetrievedLater++
		}
	}
	if owners > 1 {
		out.Shared.Examples++
	}
}
