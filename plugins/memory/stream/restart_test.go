package stream_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/sdk"
)

// life is what an agent goes through in a tick.
func life(agent int, tick int64) sdk.Seen {
	words := []string{"мост", "пирог", "пожар", "Вера", "дождь", "работа", "ёлка", "рынок"}
	seen := sees(clock(1+int(tick)/24, int(tick)%24))
	seen.Agent.ID = fmt.Sprintf("a%04d", agent)
	for i := range (agent + int(tick)) % 4 {
		word := words[(agent*3+int(tick)*5+i)%len(words)]
		seen.Observation.Timeline = append(seen.Observation.Timeline, sdk.Item{
			ID: fmt.Sprint("p", tick, i), Kind: sdk.ItemPost, Author: "a0099", AuthorName: "Борис", Text: fmt.Sprint(word, " в час ", tick%6),
		})
	}
	seen.Observation.Outcomes = []sdk.Outcome{{Action: sdk.Action{Kind: "search", Args: map[string]string{"query": words[tick%5]}}, OK: tick%3 > 0}}
	return seen
}

// lines are changes as they are compared.
func lines(changes []sdk.RecordChange) []string {
	out := make([]string, len(changes))
	for i, c := range changes {
		out[i] = fmt.Sprint(c.Agent, " ", c.Key, " ", c.Kind, " ", c.Delete, " ", string(c.JSON))
	}
	return out
}

func TestAMindGoesOnWhereverItIsKilled(t *testing.T) {
	t.Parallel()
	for _, config := range []string{
		`{"reflect_after":20,"recall":4}`,
		`{"reflect_after":20,"recall":4,"form":"code"}`,
		`{"reflect_after":20,"recall":4,"form":"code","capacity":12}`,
		`{"reflect_after":20,"recall":4,"capacity":12,"importance":"rule"}`,
	} {
		t.Run(config, func(t *testing.T) {
			t.Parallel()
			steady, killed := start(t, config, "ru", thoughtful()), start(t, config, "ru", thoughtful())
			for tick := range int64(40) {
				for agent := range 3 {
					seen := life(agent, tick)
					want, got := lines(steady.observe(tick, seen)), lines(killed.observe(tick, seen))
					if diff := cmp.Diff(want, got); diff != "" {
						t.Fatalf("tick %d, agent %d: changes differ (-never killed +killed):\n%s", tick, agent, diff)
					}
				}
				killed = killed.restarted(config, thoughtful()) // after Observe
				for agent := range 3 {
					seen := life(agent, tick)
					for _, text := range []string{"", "Что с мостом?"} {
						want, got := steady.recall(tick, asks(seen, text, 0)), killed.recall(tick, asks(seen, text, 0))
						if diff := cmp.Diff(want, got); diff != "" {
							t.Fatalf("tick %d, agent %d, %q: recollections differ (-never killed +killed):\n%s", tick, agent, text, diff)
						}
					}
				}
				killed = killed.restarted(config, thoughtful()) // after Recall
			}
			if n := len(steady.memories("reflection")); n == 0 && !strings.Contains(config, "capacity") {
				t.Error("it never reflected")
			}
			if n := len(steady.memories("memory")) + len(steady.memories("reflection")); strings.Contains(config, "capacity") && n > 12 {
				t.Errorf("%d memories, want no more than 12", n)
			}
		})
	}
}

func TestMindsAreTheirOwnHoweverBatched(t *testing.T) {
	t.Parallel()
	const config = `{"reflect_after":20,"recall":4}`
	together, alone := start(t, config, "ru", thoughtful()), start(t, config, "ru", thoughtful())
	for tick := range int64(12) {
		var all []sdk.Seen
		var want []sdk.RecordChange
		for agent := range 20 {
			all = append(all, life(agent, tick))
			want = append(want, alone.observe(tick, life(agent, tick))...)
		}
		got := together.observe(tick, all...)
		if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
			t.Fatalf("tick %d: changes differ (-one at a time +together):\n%s", tick, diff)
		}
		if !slices.IsSortedFunc(got, func(a, b sdk.RecordChange) int { return strings.Compare(a.Agent, b.Agent) }) {
			t.Fatal("changes are not in the order of agents")
		}
	}
}

func TestAMindWithNothingInItKeepsNothing(t *testing.T) {
	t.Parallel()
	h := &host{}
	m := start(t, "", "ru", h)
	idle := sees(clock(1, 9))
	idle.Observation.Outcomes = []sdk.Outcome{{Action: sdk.Action{Kind: "ignore"}, OK: true}}
	if changes := m.observe(1, idle); len(changes) != 0 || len(h.asked)+len(h.embedded) != 0 {
		t.Errorf("%d changes, %d calls", len(changes), len(h.asked)+len(h.embedded))
	}
}
