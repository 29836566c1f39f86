package perception_test

import (
	"strings"
	"testing"

	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestAPostIsOneSourceHoweverItIsSeenAndEachThingDoneToItAnother(t *testing.T) {
	t.Parallel()
	post := sdk.Item{ID: "p1", Kind: sdk.ItemPost, Author: "a0001", Text: "Снег!"}
	later := post
	later.Text, later.Time = "Снег! (исправлено)", "2026-03-02T09:00:00Z"
	if perception.Source(&post) != "p1" || perception.Source(&later) != "p1" {
		t.Errorf("%s and %s", perception.Source(&post), perception.Source(&later))
	}
	seen := map[string]bool{"p1": true}
	for _, item := range []sdk.Item{
		{ID: "p1", Kind: sdk.ItemBoost, Author: "a0002"}, {ID: "p1", Kind: sdk.ItemBoost, Author: "a0003"},
		{ID: "p1", Kind: sdk.ItemFavourite, Author: "a0002"}, {Kind: sdk.ItemMessage, Text: "а"}, {Kind: sdk.ItemMessage, Text: "б"},
		{ID: strings.Repeat("д", 99), Kind: sdk.ItemPost},
	} {
		source := perception.Source(&item)
		if seen[source] || source == "" || len(source) > 2*perception.MaxName {
			t.Errorf("%+v is %q", item, source)
		}
		seen[source] = true
	}
}

func TestWhoOnlyListensHasNotActed(t *testing.T) {
	t.Parallel()
	ignored := sdk.Outcome{Action: sdk.Action{Kind: "ignore"}, OK: true}
	if acted, digest, err := perception.Acted([]sdk.Outcome{ignored, ignored}, sdk.Plan{}); len(acted) != 0 || digest != "" || err != nil {
		t.Errorf("%v %q %v", acted, digest, err)
	}
	said := sdk.Outcome{Action: sdk.Action{Kind: "post", Args: map[string]string{"text": "Снег!"}}, OK: true}
	acted, first, err := perception.Acted([]sdk.Outcome{ignored, said}, sdk.Plan{})
	if len(acted) != 1 || first == "" || err != nil {
		t.Errorf("%v %q %v", acted, first, err)
	}
	if _, again, _ := perception.Acted([]sdk.Outcome{said}, sdk.Plan{}); again != first {
		t.Errorf("the same outcomes are %q and %q", first, again)
	}
	if _, other, _ := perception.Acted([]sdk.Outcome{said}, sdk.Plan{Purpose: "гулять"}); other == first {
		t.Error("another plan, the same digest")
	}
}

func TestADeedIsToldInBounds(t *testing.T) {
	t.Parallel()
	o := sdk.Outcome{Action: sdk.Action{Kind: "reply", Args: map[string]string{"target": "p7", "text": "Да"}}, Detail: "Такого нет."}
	if kind, words := perception.Deed(o, 280); kind != perception.Failed || words != "reply p7 — Да → Такого нет." {
		t.Errorf("%s: %s", kind, words)
	}
	o.Action.Args["text"] = strings.Repeat("я", 1000)
	if _, words := perception.Deed(o, 50); len([]rune(words)) > 50 {
		t.Errorf("%d runes", len([]rune(words)))
	}
}
