package dedup

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/dataset/forest"
)

// Exhaustive is Crossing by comparing every text of items 0 to n-1 with every
// one of another group: exact down to 0, for as many as fit in memory. Texts
// shorter than rule.Alone are left out.
func Exhaustive(ctx context.Context, n int, text Text, groups Groups, rule Options) (Crossing, error) {
	rule, err := rule.complete()
	if err != nil {
		return Crossing{}, err
	}
	all, err := whole(n, text, &rule)
	if err != nil {
		return Crossing{}, err
	}
	total := crossings{groups: groups, rule: &rule}
	for i := range all {
		if err := ctx.Err(); err != nil {
			return Crossing{}, err
		}
		for j := range i {
			if groups(uint32(i)) != groups(uint32(j)) {
				total.pair(uint32(j), uint32(i), &all[j], &all[i])
			}
		}
	}
	return total.result(forest.New(n)), nil
}

// wholeProfile is what a text is compared by whatever the other's class is.
type wholeProfile struct {
	normal  string
	length  int
	classes []profile
}

func whole(n int, text Text, rule *Options) ([]wholeProfile, error) {
	all := make([]wholeProfile, n)
	normal := newNormalizer()
	var table table
	for i := range all {
		t, err := text(uint32(i))
		if err != nil {
			return nil, fmt.Errorf("dedup: text of item %d: %w", i, err)
		}
		runes := normal.normalize([]byte(t))
		all[i] = wholeProfile{string(runes), len(runes), make([]profile, len(rule.Classes))}
		for c := range rule.Classes {
			if len(runes) >= rule.Classes[c].From {
				all[i].classes[c].take(&table, runes, rule.Classes[c].Shingle)
			}
		}
	}
	return all, nil
}

func (s *crossings) pair(i, j uint32, a, b *wholeProfile) {
	length := min(a.length, b.length)
	class := s.rule.class(length)
	switch {
	case length < s.rule.Alone:
	case a.normal == b.normal:
		s.found(i, j, 1, true)
	case class >= 0:
		p, q := &a.classes[class], &b.classes[class]
		similarity := p.similarity(&s.table, q)
		s.found(i, j, similarity, s.rule.near(similarity, p.length, q.length))
	}
}
