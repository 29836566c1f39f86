package hearsay_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestHopsCountFromTheStudy(t *testing.T) {
	t.Parallel()
	var told, second, third hearsay.Knowledge
	hear := func(k *hearsay.Knowledge, item sdk.Item, author *hearsay.Knowledge, want event.Heard, news bool) {
		t.Helper()
		got, ok := k.Hear(item, author)
		if d := cmp.Diff(want, got); d != "" || ok != news {
			t.Errorf("heard %+v, %v, want %+v, %v", got, ok, want, news)
		}
	}
	hear(&told, sdk.Item{ID: "flood", Kind: sdk.ItemEvent, Event: "flood"}, nil, event.Heard{Event: "flood", Via: "event"}, true)
	told.Settle()
	post := sdk.Item{ID: "p1", Kind: sdk.ItemPost, Author: "a1", Event: "flood"}
	hear(&second, post, &told, event.Heard{Event: "flood", From: "a1", Via: "post", Item: "p1", Hops: 1}, true)
	hear(&second, post, &told, event.Heard{}, false)
	hear(&second, sdk.Item{ID: "p2", Kind: sdk.ItemPost, Author: "a1"}, &told, event.Heard{}, false)
	second.Settle()
	hear(&third, sdk.Item{ID: "p3", Kind: sdk.ItemTell, Author: "a2", Event: "flood"}, &second, event.Heard{Event: "flood", From: "a2", Via: "tell", Item: "p3", Hops: 2}, true)
	hear(&third, sdk.Item{ID: "p4", Kind: sdk.ItemPost, Author: "a9", Event: "fire"}, nil, event.Heard{Event: "fire", From: "a9", Via: "post", Item: "p4", Hops: 1}, true)
	if got := third.Events(); !slices.Equal(got, []string{"flood", "fire"}) || len(third.Settled()) != 0 || !third.Has("fire") {
		t.Errorf("knows %v, settled %v", got, third.Settled())
	}
	third.Settle()
	again := hearsay.Restored(third.Settled())
	if !again.Has("flood") || again.Has("storm") {
		t.Errorf("restored knows %v", again.Events())
	}
}
