package minds_test

import (
	"math"
	"sync"
	"testing"

	"github.com/llm-city/gorod/plugins/memory/minds"
)

func TestOfEachRecordTheLastChangeCounts(t *testing.T) {
	t.Parallel()
	all := []minds.Changes{{Agent: "a0001"}, {Agent: "a0002"}}
	all[0].Put("note", "note/1", "а")
	all[0].Put("note", "note/2", "б")
	all[0].Remove("note", "note/1")
	all[1].Put("note", "note/1", "в")
	list, err := minds.Join(all)
	if err != nil || len(list) != 3 || !list[0].Delete || list[0].Key != "note/1" || string(list[1].JSON) != `"б"` || list[2].Agent != "a0002" {
		t.Errorf("%+v %v", list, err)
	}
	all[1].Put("note", "note/9", math.NaN())
	if list, err := minds.Join(all); err == nil || list != nil {
		t.Errorf("a value that is no JSON: %+v", list)
	}
}

func TestAnAgentHasOneMind(t *testing.T) {
	t.Parallel()
	var set minds.Set[int]
	if set.Find("a0001") != nil {
		t.Error("a mind that nobody made")
	}
	found := make([]*int, 50)
	var group sync.WaitGroup
	for i := range found {
		group.Go(func() { found[i] = set.Of("a0001", func() *int { return new(int) }) })
	}
	group.Wait()
	for _, m := range found {
		if m != found[0] || m != set.Find("a0001") {
			t.Fatal("two minds")
		}
	}
	count := 0
	for range set.All() {
		count++
	}
	if count != 1 {
		t.Errorf("%d minds", count)
	}
}
