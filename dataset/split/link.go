package split

import (
	"context"
	"slices"

	"github.com/llm-city/gorod/dataset/dedup/spill"
	"github.com/llm-city/gorod/dataset/forest"
)

// links are the groups of examples that must stay together, by more and more of
// what they share.
type links []level

type level struct {
	by  string
	key kind
	of  forest.Forest
}

// whole are the groups by all.
func (l links) whole() forest.Forest { return l[len(l)-1].of }

func (s *Splitter) link(ctx context.Context) (links, error) {
	all := links{
		{by: "session", key: threadKey},
		{by: "near_duplicate", key: clusterKey},
		{by: "forward", key: originKey},
	}
	of := forest.New(len(s.times))
	for i := range all {
		if err := eachKey(ctx, s.file, all[i].key, func(group []spill.Record) { tie(of, group) }); err != nil {
			return nil, err
		}
		of.Flatten()
		all[i].of = slices.Clone(of)
	}
	return all, nil
}

func tie(of forest.Forest, group []spill.Record) {
	for i := range group[1:] {
		of.Union(group[i].Item, group[i+1].Item)
	}
}
