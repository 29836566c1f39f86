package split

import (
	"context"
	"slices"

	"github.com/llm-city/gorod/dataset/dedup/spill"
)

// forest is a union-find in which the root of a tree is its least item.
type forest []uint32

func (f forest) find(i uint32) uint32 {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

func (f forest) union(a, b uint32) {
	a, b = f.find(a), f.find(b)
	f[max(a, b)] = min(a, b)
}

func (f forest) flatten() {
	for i := range f {
		f[i] = f[f[i]]
	}
}

// links are the groups of examples that must stay together, by more and more of
// what they share.
type links []level

type level struct {
	by  string
	key kind
	of  forest
}

// whole are the groups by all.
func (l links) whole() forest { return l[len(l)-1].of }

func (s *Splitter) link(ctx context.Context) (links, error) {
	all := links{
		{by: "session", key: threadKey},
		{by: "near_duplicate", key: clusterKey},
		{by: "forward", key: originKey},
	}
	of := make(forest, len(s.times))
	for i := range of {
		of[i] = uint32(i)
	}
	for i := range all {
		if err := eachKey(ctx, s.file, all[i].key, func(group []spill.Record) { tie(of, group) }); err != nil {
			return nil, err
		}
		of.flatten()
		all[i].of = slices.Clone(of)
	}
	return all, nil
}

func tie(of forest, group []spill.Record) {
	for i := range group[1:] {
		of.union(group[i].Item, group[i+1].Item)
	}
}
