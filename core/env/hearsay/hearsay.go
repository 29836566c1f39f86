// Package hearsay keeps which events of a study a resident knows of, and how
// far each came before the resident knew.
package hearsay

import (
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Known is an event that a resident knows of. Hops is 0 where the study told
// it, 1 where one whom the study told did, and so on.
type Known struct {
	Event string `json:"event"`
	Hops  int    `json:"hops"`
}

// Knowledge is what one resident knows. Its owner may Hear while others read
// Hops: what it hears in a tick counts for them only after Settle.
type Knowledge struct {
	settled []Known
	fresh   []Known
}

// Restored is knowledge as Settled gave it.
func Restored(known []Known) Knowledge { return Knowledge{settled: known} }

// Settled is what was known before the tick. It must not be changed.
func (k *Knowledge) Settled() []Known { return k.settled }

// Settle ends a tick.
func (k *Knowledge) Settle() { k.settled, k.fresh = append(k.settled, k.fresh...), nil }

// Has reports whether the resident knows of an event.
func (k *Knowledge) Has(id string) bool {
	return find(k.settled, id) >= 0 || find(k.fresh, id) >= 0
}

// Events are the ids of what the resident knows of, oldest first.
func (k *Knowledge) Events() []string {
	out := make([]string, 0, len(k.settled)+len(k.fresh))
	for _, known := range k.settled {
		out = append(out, known.Event)
	}
	for _, known := range k.fresh {
		out = append(out, known.Event)
	}
	return out
}

// Hear takes in something seen. Where it is about an event that is news to the
// resident, it says what was heard, of whom and how. author is the knowledge of
// who wrote it, nil where nobody did.
func (k *Knowledge) Hear(item sdk.Item, author *Knowledge) (event.Heard, bool) {
	if item.Event == "" || k.Has(item.Event) {
		return event.Heard{}, false
	}
	h := event.Heard{Event: item.Event, From: item.Author, Via: item.Kind, Item: item.ID}
	switch {
	case item.Kind == sdk.ItemEvent:
		h.Item = "" // from the study, which has no posts
	case author == nil:
		h.Hops = 1
	default:
		if at := find(author.settled, item.Event); at >= 0 {
			h.Hops = author.settled[at].Hops
		}
		h.Hops++
	}
	k.fresh = append(k.fresh, Known{h.Event, h.Hops})
	return h, true
}

func find(list []Known, id string) int {
	for i := range list {
		if list[i].Event == id {
			return i
		}
	}
	return -1
}
