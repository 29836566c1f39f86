package random

import (
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
)

func request(tick int64) sdk.MayorRequest {
	return sdk.MayorRequest{
		Tick: tick,
		Town: sdk.Town{Free: []sdk.Lot{{X: 0, Y: 1}, {X: 1, Y: 0}}},
		Actions: []sdk.ActionSpec{
			{Kind: "nothing"},
			{Kind: "build", Args: []sdk.ArgSpec{{Name: "type", Values: []string{"a", "b"}}, {Name: "x", Values: []string{"0", "1"}}, {Name: "y", Values: []string{"0", "1"}}}},
			{Kind: "recruit", Args: []sdk.ArgSpec{{Name: "name"}, {Name: "bio"}, {Name: "goal"}, {Name: "home", Values: []string{"h"}}}},
		},
	}
}

func TestEveryKindOfActionIsDrawnAboutAlikeAndLotsAreFree(t *testing.T) {
	t.Parallel()
	m := &lot{seed: 3, language: "ru"}
	count := map[string]int{}
	const draws = 3000
	for tick := range int64(draws) {
		d, err := m.Decide(t.Context(), request(tick))
		if err != nil {
			t.Fatal(err)
		}
		count[d.Action.Kind]++
		if a := d.Action; a.Kind == "build" && a.Arg("x") == a.Arg("y") {
			t.Fatalf("it builds on a lot that is taken: %v", a)
		}
	}
	for kind, n := range count {
		if n < draws/3-150 || n > draws/3+150 { // six standard deviations
			t.Errorf("%s was drawn %d times of %d", kind, n, draws)
		}
	}
}

func TestDrawsDependOnSeedAndTickAlone(t *testing.T) {
	t.Parallel()
	one, two, other := &lot{seed: 3}, &lot{seed: 3}, &lot{seed: 4}
	differ := 0
	for tick := int64(20); tick > 0; tick-- {
		a, _ := one.Decide(t.Context(), request(tick))
		_, _ = two.Decide(t.Context(), request(99))
		b, _ := two.Decide(t.Context(), request(tick))
		c, _ := other.Decide(t.Context(), request(tick))
		if a.Action.Kind != b.Action.Kind || a.Action.Arg("x") != b.Action.Arg("x") {
			t.Errorf("tick %d: %v and %v", tick, a.Action, b.Action)
		}
		if a.Action.Kind != c.Action.Kind {
			differ++
		}
	}
	if differ == 0 {
		t.Error("another seed draws the same")
	}
}
