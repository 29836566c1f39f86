package town_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/env/town"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestTalkIsHeardInTheNextTickByWhomItIsMeant(t *testing.T) {
	t.Parallel()
	o := town.Options{Settings: original(), Residents: folk("Анна Белова", "Борис Орлов", "Вера")}
	p := found(t, o)
	p.look()
	result := p.do("a0001", "talk", "to", "Борис", "text", "Как дела?")
	if want := (event.Action{ID: "m1", Target: "house-a-1", TargetAgent: "a0002", Text: "Как дела?"}); result.Event.ID != want.ID || result.Event.TargetAgent != want.TargetAgent || result.Event.Text != want.Text || result.Event.Target != want.Target {
		t.Errorf("%+v", result.Event)
	}
	if got := p.refused("a0001", "talk", "to", "Вера", "text", "ау"); got != "Вера is somewhere else now." {
		t.Error(got)
	}
	if got := p.refused("a0001", "talk", "to", "Анна", "text", "ау"); got != "That is yourself." {
		t.Error(got)
	}
	if got := p.refused("a0001", "talk", "to", "Борис"); got != "Missing: text." {
		t.Error(got)
	}
	p.end()
	all := p.look()
	heard := all[1].Observation.Messages
	if len(heard) != 1 || heard[0].AuthorName != "Анна Белова" || !heard[0].Addressed || heard[0].Time != "2026-03-02T08:00:00Z" {
		t.Errorf("%+v", heard)
	}
	if own := all[0].Observation.Messages; len(own) != 1 || own[0].Addressed {
		t.Errorf("own words: %+v", own)
	}
	if len(all[2].Observation.Messages) != 0 {
		t.Error("somebody else hears it")
	}
	p.end()
	if again := p.look()[1].Observation.Messages; len(again) != 1 || again[0].Addressed {
		t.Errorf("it is new again: %+v", again)
	}
	for i := range 12 {
		p.do("a0002", "talk", "to", "a0001", "text", fmt.Sprint("слово ", i))
	}
	p.end()
	if kept := p.look()[0].Observation.Messages; len(kept) != 10 || kept[9].Text != "слово 11" {
		t.Errorf("%d lines are kept", len(kept))
	}
}

func TestOnlyTalkInterruptsTheBusyAndNotForever(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) { s.Exchanges = 2 }))
	p.look()
	p.do("a0001", "sleep")
	p.Tell(p.now(), event.Told{Event: "e1", Text: "Пожар!"}, []string{"a0001"})
	p.end()
	if got := names(p.look()); got != "a0002" {
		t.Fatalf("news woke %s", got)
	}
	for i := range 2 {
		p.do("a0002", "talk", "to", "a0001", "text", "проснись")
		p.end()
		all := p.look()
		if names(all) != "a0001 a0002" || kinds(all[0].Actions) != "talk tell change_plan ignore" {
			t.Fatalf("interruption %d: %s, %s", i, names(all), kinds(all[0].Actions))
		}
		if status := all[0].Observation.Timeline[0].Text; !strings.HasSuffix(status, "You are busy until 15:00: sleep.") {
			t.Error(status)
		}
		p.do("a0001", "talk", "to", "a0002", "text", "сплю")
		if got := p.refused("a0001", "go", "building", "store-1"); got != "You are busy until 15:00: sleep." {
			t.Error(got)
		}
		if i == 0 {
			p.end()
			p.look()
		}
	}
	p.do("a0002", "talk", "to", "a0001", "text", "ну проснись")
	p.end()
	if got := names(p.look()); got != "a0002" {
		t.Errorf("a third time: %s", got)
	}
	p.end()
	p.until(7)
	if all := p.look(); names(all) != "a0001 a0002" || !all[0].Observation.Messages[len(all[0].Observation.Messages)-1].Addressed {
		t.Errorf("what was said meanwhile is heard on waking: %+v", all)
	}
	// The next thing it is busy with can be interrupted anew.
	p.do("a0001", "sleep")
	p.do("a0002", "talk", "to", "a0001", "text", "опять?")
	p.end()
	if got := names(p.look()); got != "a0001 a0002" {
		t.Errorf("anew: %s", got)
	}
}

func TestNewsGoFromMouthToMouth(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) {}))
	p.Tell(p.now(), event.Told{Event: "flood", Text: "Река вышла из берегов."}, []string{"a0001", "a0009"})
	all := p.look()
	if got := all[0].Observation.Notifications; len(got) != 1 || got[0].Kind != sdk.ItemEvent || got[0].Text != "Река вышла из берегов." {
		t.Errorf("%+v", got)
	}
	if heard := read[event.Heard](t, all[0].Events[0]); heard.Hops != 0 || len(all[1].Events) != 0 {
		t.Errorf("%+v", heard)
	}
	if got := p.refused("a0002", "tell", "to", "Анна", "event", "flood"); got != `You do not know of an event "flood".` {
		t.Error(got)
	}
	if got := p.refused("a0001", "tell", "to", "Борис"); got != "Missing: event." {
		t.Error(got)
	}
	if done := p.do("a0001", "tell", "to", "Борис", "event", "flood").Event; done.About != "flood" || done.Text != "Река вышла из берегов." {
		t.Errorf("%+v", done)
	}
	p.end()
	all = p.reborn().look()
	if heard := read[event.Heard](t, all[1].Events[0]); heard != (event.Heard{Event: "flood", From: "a0001", Via: sdk.ItemMessage, Item: "m1", Hops: 1}) {
		t.Errorf("%+v", heard)
	}
}

func TestInACrowdOneSeesSome(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprint("Житель ", i))
	}
	p := found(t, town.Options{Settings: original(), Residents: folk(many...)})
	all := p.look()
	if got := all[99].Observation.People; len(got) != 30 || got[0].ID != "a0003" {
		t.Errorf("%d people, first %+v", len(got), got[0])
	}
	if got := all[1].Observation.People; len(got) != 1 || got[0].ID != "a0001" {
		t.Errorf("at home: %+v", got)
	}
}

func TestResidentsAreSpokenToInTheirLanguage(t *testing.T) {
	t.Parallel()
	o := with(func(s *spec.Town) {})
	o.Language = "ru"
	p := found(t, o)
	all := p.look()
	if got := all[0].Observation.Timeline[0]; got.Text != "У вас монет: 10000. Дом: house-a-1. Работа: нет. При себе: нет." || got.Author != "a0001" {
		t.Errorf("%+v", got)
	}
	if got := all[0].Actions[2].Args[0].Description; got != "телефон (phone); душ (shower); диван (sofa); телевизор (television)" {
		t.Error(got)
	}
	if got := all[0].Actions[0].Args[0].Description; got != "дом A (house-a); контора (office); магазин (store); ресторан (restaurant); улица (street)" {
		t.Error(got)
	}
	p.do("a0001", "go", "building", "магазин")
	if got := p.do("a0001", "buy", "thing", "chicken", "amount", "3").Detail; got != "Куплено: курица (chicken) × 3 за 60." {
		t.Error(got)
	}
	p.do("a0001", "buy", "thing", "beef")
	if got := p.refused("a0001", "buy", "thing", "beef"); got != "Вы заняты до 09:00: покупка." {
		t.Error(got)
	}
	if got := p.refused("a0002", "buy", "thing", "ёлка"); !strings.HasPrefix(got, "Здесь не продают «ёлка»") {
		t.Error(got)
	}
	p.end()
	if got := p.look()[0].Observation.Timeline[0].Text; got != "У вас монет: 9890. Дом: house-a-1. Работа: нет. При себе: говядина (beef) × 1, курица (chicken) × 3." {
		t.Error(got)
	}
}
