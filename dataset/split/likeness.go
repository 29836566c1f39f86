package split

import (
	"context"
	"errors"
	"fmt"

	"github.com/llm-city/gorod/dataset/dedup"
)

// What is compared pair by pair: so many bytes of texts, and so many of pairs.
const (
	wholeBytes = 4 << 20
	wholeWork  = 1 << 30
)

// likeness finds how alike texts of different splits are.
type likeness struct {
	texts  *dedup.Texts
	find   *dedup.Dedup
	rule   dedup.Options
	floor  float64
	length *dedup.Comparer
	out    Likeness
	count  [Test + 1]int // texts of each split
	bytes  [Test + 1]int // of them
}

func newLikeness(dir string, opts CertifyOptions) (*likeness, error) {
	rule := dedup.Options{Classes: opts.Rule, Workers: opts.Workers}
	if len(opts.Rule) > 0 {
		rule.Alone = opts.Rule[0].From
	}
	length, err := dedup.NewComparer(rule)
	if err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	texts, err := dedup.NewTexts(dir)
	if err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	find, err := dedup.New(dir, rule.Lowered(opts.Floor))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("split: %w", err), texts.Close())
	}
	return &likeness{texts: texts, find: find, rule: rule, floor: opts.Floor, length: length}, nil
}

func (l *likeness) close() error { return errors.Join(l.texts.Close(), l.find.Close()) }

func (l *likeness) add(to Split, text string) error {
	if l.length.Length(text) < l.rule.Alone {
		l.out.Short++
	} else {
		l.out.Compared++
		l.count[to]++
		l.bytes[to] += len(text)
	}
	item := uint32(l.texts.Len())
	if err := errors.Join(l.texts.Add(text), l.find.Add(item, text)); err != nil {
		return fmt.Errorf("split: %w", err)
	}
	return nil
}

func (l *likeness) measure(ctx context.Context, of []Split, ids *dedup.Texts) (Likeness, error) {
	if err := l.texts.Flush(); err != nil {
		return Likeness{}, fmt.Errorf("split: %w", err)
	}
	groups := func(item uint32) uint8 { return uint8(of[item]) }
	var found dedup.Crossing
	var err error
	if l.few() {
		found, err = dedup.Exhaustive(ctx, len(of), l.texts.Text, groups, l.rule)
	} else {
		l.out.Floor = l.floor
		found, err = l.find.Crossing(ctx, l.texts.Text, groups, l.rule)
	}
	if err != nil {
		return Likeness{}, fmt.Errorf("split: %w", err)
	}
	l.out.Largest, l.out.NearDuplicates, l.out.Bounded = found.Largest, found.Clusters, found.Bounded
	l.out.Pairs = found.Near
	if found.Largest > 0 {
		for _, item := range found.Pair {
			id, err := ids.Text(item)
			if err != nil {
				return Likeness{}, fmt.Errorf("split: %w", err)
			}
			l.out.Between = append(l.out.Between, id)
		}
	}
	return l.out, nil
}

// few reports whether all texts of different splits can be compared.
func (l *likeness) few() bool {
	total, work := 0, 0
	for i := range l.count {
		total += l.bytes[i]
		for j := range i {
			work += l.count[i]*l.bytes[j] + l.count[j]*l.bytes[i]
		}
	}
	return total <= wholeBytes && work <= wholeWork
}
