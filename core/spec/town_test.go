package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/core/spec"
)

func TestATownWithoutSettingsIsTheOriginal(t *testing.T) {
	t.Parallel()
	s, err := load(t, head+"environment: {town: {}}\n")
	if err != nil {
		t.Fatal(err)
	}
	town := *s.Environment.Town
	want := spec.Town{
		Name: "town", Width: 4, Height: 4, Start: "small", Prices: 1, Cost: 14_000, Wage: 200, Cash: 10_000,
		Recruit: spec.Recruit{Cost: 12_000, Cash: 10_000}, Hours: spec.TownHours{From: 9, To: 24}, Days: 3,
		Times:   spec.TownTimes{Buy: 30 * time.Minute, Meal: time.Hour, Sleep: 7 * time.Hour, Work: 2 * time.Hour},
		Outcome: "rule", Exchanges: 5,
	}
	all := town.Resolved()
	if d := cmp.Diff(want, town); d != "" {
		t.Error(d)
	}
	if *all.Money != 1_000_000 || *all.Costs != 1 || all.Goal.By != 3 || len(all.Buildings) != 4 || len(all.Types) != 11 {
		t.Errorf("%+v", all)
	}
	menus := map[string]map[string]int64{}
	beds := map[string]int{}
	for name, b := range all.Types {
		if len(b.Menu) > 0 {
			menus[name] = b.Menu
		}
		if b.Beds > 0 {
			beds[name] = b.Sleepers()
		}
	}
	if d := cmp.Diff(map[string]map[string]int64{
		"store":        {"chicken": 20, "beef": 50, "asparagus": 5, "broccoli": 3},
		"restaurant":   {"pasta": 30, "soup": 25, "steak": 60, "salad": 25},
		"dessert-shop": {"cupcake": 7, "pie": 15, "cheesecake": 28},
		"cafe":         {"latte": 15, "cappuccino": 21, "americano": 18},
		"museum":       {"ticket": 20},
	}, menus); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int{"house-a": 2, "house-b": 2, "house-c": 4}, beds); d != "" {
		t.Error(d)
	}
}

func TestEveryNumberOfATownIsInTheYAML(t *testing.T) {
	t.Parallel()
	const yaml = head + `clock: {ticks: 72}
environment:
  town:
    level: hard
    costs: 0.25
    width: 2
    height: 1
    types:
      house: {beds: 3, bed: single, cost: 5}
      stage: {title: Сцена, menu: {lemonade: 6}, tables: true, outcomes: {guitar: {needs: lemonade, pays: 3}}}
    buildings: [{type: house, x: 0, y: 0}, {type: stage, x: 1, y: 0}]
    goal: {money: 5, by: 2}
    shocks: [{tick: 3, kind: money, amount: -7, text: Убыток}, {at: 2026-03-02T12:00, kind: fire}]
matrix:
  axes:
    environment.town.level: [easy, scarce]
    environment.town.types.house.beds: [1]
`
	s, err := load(t, yaml)
	if err != nil {
		t.Fatal(err)
	}
	town := s.Environment.Town.Resolved()
	if *town.Money != 100_000 || *town.Costs != 0.25 || town.Types["house"].Sleepers() != 3 || town.Types["stage"].Outcomes["guitar"].Takes != time.Hour {
		t.Errorf("%+v", town)
	}
	if first := town.Shocks[0]; first.Amount != -7 || first.Factor != 1 || *first.Tick != 3 {
		t.Errorf("%+v", first)
	}
	cells, err := s.Cells()
	if err != nil || len(cells) != 2 {
		t.Fatalf("%d cells, %v", len(cells), err)
	}
	if hard := cells[1].Study.Environment.Town.Resolved(); *hard.Money != 60_000 || hard.Types["house"].Beds != 1 {
		t.Errorf("%+v", hard)
	}
	written, err := s.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "study.yaml")
	if err := os.WriteFile(file, written, 0o644); err != nil {
		t.Fatal(err)
	}
	again, err := spec.Load(file, spec.Options{Plugins: catalog{}})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s.Environment, again.Environment, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("written and read (-before +after):\n%s", d)
	}
}

func TestImpossibleTownsAreProblemsWithTheirPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ town, want string }{
		"type":          {"{buildings: [{type: stor}]}", `no type of building "stor": types has no such entry; did you mean "store"?`},
		"type missing":  {"{buildings: [{x: 1}]}", "environment.town.buildings[0].type is missing"},
		"off the grid":  {"{buildings: [{type: gym, x: 4}]}", "no lot 4, 0: the grid has 4 × 4 lots"},
		"two on a lot":  {"{buildings: [{type: gym}, {type: park}]}", "two buildings on lot 0, 0"},
		"hours":         {"{hours: {from: 12, to: 12}}", "the mayor has no hour to decide"},
		"recruit":       {"{recruit: {cost: 5}}", "a newcomer brings more than it costs"},
		"deadline":      {"{goal: {by: 4}}", "there is no day 4: the mayor decides for 3 days"},
		"time":          {"{times: {meal: 0s}}", "times.meal is out of range"},
		"no time":       {"{times: {walk: -1h}}", "times.walk is out of range"},
		"money":         {"{money: -1}", "environment.town.money is out of range"},
		"level":         {"{level: nightmare}", `environment.town.level cannot be "nightmare"`},
		"name":          {"{types: {Дом: {}}, buildings: []}", `no name: "Дом"`},
		"thing":         {"{types: {shop: {menu: {Ice Cream: 4}}}}", `no name: "Ice Cream"`},
		"price":         {"{types: {shop: {menu: {ice: -4}}}}", "a price is out of range"},
		"needs":         {"{types: {hall: {outcomes: {piano: {needs: ticket}}}}}", `nobody sells "ticket"`},
		"takes":         {"{types: {hall: {outcomes: {piano: {takes: 0s}}}}}", "takes is out of range"},
		"shock when":    {"{shocks: [{kind: fire}]}", "when does it happen?"},
		"shock type":    {"{shocks: [{kind: fire, tick: 1, type: gim}]}", `did you mean "gym"?`},
		"shock of what": {"{shocks: [{tick: 1, kind: flood}]}", `environment.town.shocks[0].kind cannot be "flood"`},
		"idle shock":    {"{shocks: [{tick: 1, kind: wage}]}", "a shock that changes nothing"},
		"no amount":     {"{shocks: [{tick: 1, kind: money}]}", "a shock of no money"},
	} {
		_, err := load(t, head+"environment:\n  town: "+c.town+"\n")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "study.yaml:6:") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
