package host

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/llm-city/gorod/plugins/sdk"
)

// recent are the changes of the latest tick, in the order in which they came.
type recent struct {
	mu   sync.Mutex
	tick int64
	list []sdk.RecordChange
}

// add remembers changes. With a later tick those before are forgotten: the
// store has them.
func (r *recent) add(tick int64, changes []sdk.RecordChange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if tick > r.tick {
		r.tick, r.list = tick, nil
	}
	r.list = append(r.list, changes...)
}

func (r *recent) changes() []sdk.RecordChange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.list)
}

// identity of a record.
type identity struct{ agent, key string }

func (a identity) compare(b identity) int {
	return cmp.Or(cmp.Compare(a.agent, b.agent), cmp.Compare(a.key, b.key))
}

// overlay lays changes over records in (agent, key) order.
func overlay(records iter.Seq2[sdk.Record, error], changes []sdk.RecordChange) iter.Seq2[sdk.Record, error] {
	if len(changes) == 0 {
		return records
	}
	changed := make(map[identity]sdk.RecordChange, len(changes))
	for _, c := range changes {
		changed[identity{c.Agent, c.Key}] = c
	}
	keys := slices.SortedFunc(maps.Keys(changed), identity.compare)
	return func(yield func(sdk.Record, error) bool) {
		next := 0
		// upTo yields what was changed before a record, or at it.
		upTo := func(done func(identity) bool) bool {
			for ; next < len(keys) && !done(keys[next]); next++ {
				if c := changed[keys[next]]; !c.Delete && !yield(c.Record, nil) {
					return false
				}
			}
			return true
		}
		for r, err := range records {
			if err != nil {
				yield(r, err)
				return
			}
			id := identity{r.Agent, r.Key}
			if !upTo(func(k identity) bool { return k.compare(id) > 0 }) {
				return
			}
			if _, replaced := changed[id]; !replaced && !yield(r, nil) {
				return
			}
		}
		upTo(func(identity) bool { return false })
	}
}
