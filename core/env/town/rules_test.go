package town_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/env/town"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
)

func with(change func(t *spec.Town)) town.Options {
	settings := original()
	change(&settings)
	return town.Options{Settings: settings}
}

func TestResidentsTakeTheBedsInOrder(t *testing.T) {
	t.Parallel()
	p := found(t, town.Options{Settings: original(), Residents: folk("Анна", "Борис", "Вера")})
	p.tick = 1
	req, _ := p.Govern(p.now())
	if req.Town.Buildings[0].FreeBeds != 0 || req.Town.Buildings[0].Beds != 2 {
		t.Errorf("house: %+v", req.Town.Buildings[0])
	}
	var homes []string
	for _, c := range req.Town.Citizens {
		homes = append(homes, c.Home)
	}
	if !slices.Equal(homes, []string{"house-a-1", "house-a-1", ""}) {
		t.Errorf("homes: %q", homes)
	}
	for _, s := range p.look() {
		if want := map[bool]string{true: "street", false: "house-a-1"}[s.Turn.Agent == "a0003"]; s.Observation.Place != want {
			t.Errorf("%s is in %s", s.Turn.Agent, s.Observation.Place)
		}
	}
}

func TestOneMustBeThereToUseWhatIsThere(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) {
		s.Buildings = []spec.TownBuilding{{Type: "house-a"}, {Type: "office", X: 1}, {Type: "museum", X: 2}, {Type: "store", X: 3}, {Type: "store", Y: 1}}
	}))
	p.look()
	for name, c := range map[string]struct{ kind, args, why string }{
		"a desk":          {"work", "", "There is no desk to work at here."},
		"a menu":          {"buy", "thing=chicken", `They do not sell "chicken" here`},
		"food":            {"eat", "", "You have no such food"},
		"equipment":       {"use", "equipment=exhibits", `There is no "exhibits" here`},
		"no equipment":    {"use", "", "Missing: equipment."},
		"no thing":        {"buy", "amount=2", "Missing: thing."},
		"no place":        {"go", "building=castle", `There is no place "castle" here.`},
		"several":         {"go", "building=store", `There are several "store"`},
		"the same place":  {"go", "building=house-a-1", "You are already there."},
		"one's home":      {"move_in", "", "You already live here."},
		"an action":       {"fly", "", `There is no action "fly" here.`},
		"a long building": {"go", "building=" + strings.Repeat("x", 70), "Too long: building"},
		"a long way":      {"use", "equipment=sofa;how=" + strings.Repeat("ы", 201), "Too long: how"},
	} {
		var pairs []string
		for pair := range strings.SplitSeq(c.args, ";") {
			k, v, _ := strings.Cut(pair, "=")
			pairs = append(pairs, k, v)
		}
		if got := p.refused("a0001", c.kind, pairs...); !strings.Contains(got, c.why) {
			t.Errorf("%s: %s", name, got)
		}
	}
	p.do("a0001", "go", "building", "street")
	if got := p.refused("a0001", "work"); !strings.Contains(got, "You are in the street") {
		t.Error(got)
	}
	p.do("a0001", "go", "building", "museum")
	if got := p.refused("a0001", "use", "equipment", "exhibits"); got != "Buy this first: ticket." {
		t.Error(got)
	}
	if got := p.refused("a0001", "sleep"); got != "One can sleep only at home." {
		t.Error(got)
	}
	p.do("a0001", "buy", "thing", "ticket")
	if got := p.refused("a0001", "eat", "thing", "ticket"); !strings.Contains(got, "You have no such food") {
		t.Error(got)
	}
	p.do("a0001", "use", "equipment", "exhibits")
	if _, rows := p.end(); len(rows) == 0 {
		t.Error("nothing changed")
	}
}

func TestFoodIsEatenAtHomeOrAtATable(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) { s.Times.Buy, s.Times.Meal = time.Minute, time.Minute }))
	p.look()
	p.do("a0001", "go", "building", "store-1")
	p.do("a0001", "buy", "thing", "chicken", "amount", "2")
	if got := p.refused("a0001", "eat", "thing", "chicken"); !strings.Contains(got, "One cannot eat here") {
		t.Error(got)
	}
	p.do("a0001", "go", "building", "restaurant-1")
	p.do("a0001", "eat")
	p.do("a0001", "go", "building", "house-a-1")
	p.do("a0001", "eat", "thing", "chicken")
	if got := p.refused("a0001", "eat"); !strings.Contains(got, "You have no such food") {
		t.Error(got)
	}
	if p.end(); p.books["a0001"] != 10_000-40 || p.books[event.AccountMayor] != 1_000_040 {
		t.Errorf("books: %v", p.books)
	}
}

func TestNobodySpendsWhatItDoesNotHave(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) { s.Cash = 59 }))
	p.look()
	p.do("a0001", "go", "building", "restaurant-1")
	if got := p.refused("a0001", "buy", "thing", "steak"); got != "Not enough money: it takes 60, you have 59." {
		t.Error(got)
	}
	for _, amount := range []string{"0", "-3", "101", "2.5", "два", "99999999999999999999"} {
		if got := p.refused("a0001", "buy", "thing", "salad", "amount", amount); got != "The amount is a whole number from 1 to 100." {
			t.Errorf("%s: %s", amount, got)
		}
	}
	p.do("a0001", "buy", "thing", "salad", "amount", "2")
	if p.end(); p.books["a0001"] != 9 {
		t.Errorf("books: %v", p.books)
	}
}

func TestEachDeskHiresOneForGood(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) {
		s.Types = map[string]spec.BuildingType{"office": {Desks: 1}}
		s.Buildings = []spec.TownBuilding{{Type: "office"}, {Type: "office", X: 1}}
	}))
	p.look()
	p.do("a0001", "go", "building", "office-1")
	p.do("a0001", "work")
	p.do("a0002", "go", "building", "office-1")
	if got := p.refused("a0002", "work"); got != "All desks here are taken." {
		t.Error(got)
	}
	p.end()
	p.look()
	p.do("a0002", "go", "building", "office-2")
	p.do("a0002", "work")
	p.end()
	if all := p.look(); names(all) != "a0001" || !strings.Contains(all[0].Observation.Timeline[0].Text, "Work: office-1.") {
		t.Fatalf("%s: %+v", names(all), all)
	}
	// A new job leaves the old desk to others.
	p.refused("a0001", "go", "building", "office-1")
	p.do("a0001", "go", "building", "office-2")
	if got := p.refused("a0001", "work"); got != "All desks here are taken." {
		t.Error(got)
	}
}

func TestWhatTakesTimeKeepsBusy(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) {}))
	p.look()
	p.do("a0001", "sleep") // from eight to three
	if got := p.refused("a0001", "go", "building", "store-1"); got != "You are busy until 15:00: sleep." {
		t.Error(got)
	}
	p.end()
	for p.tick < 7 {
		if got := names(p.look()); got != "a0002" {
			t.Fatalf("tick %d: %s take part", p.tick, got)
		}
		p.end()
	}
	if got := names(p.look()); got != "a0001 a0002" {
		t.Errorf("at three %s take part", got)
	}
	// Two purchases of half an hour fill an hour.
	p.do("a0001", "go", "building", "store-1")
	p.do("a0001", "buy", "thing", "beef")
	p.do("a0001", "buy", "thing", "beef")
	if got := p.refused("a0001", "buy", "thing", "beef"); got != "You are busy until 16:00: shopping." {
		t.Error(got)
	}
	p.end()
	if got := names(p.look()); got != "a0001 a0002" {
		t.Errorf("after an hour of shopping %s take part", got)
	}
}

func TestAWageIsPaidOnceASession(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) {}))
	p.look()
	p.do("a0001", "go", "building", "office-1")
	if result := p.do("a0001", "work"); result.Detail != "Earned: 200." || result.Event.Target != "office-1" {
		t.Errorf("%+v", result)
	}
	if got := p.refused("a0001", "work"); got != "You are busy until 10:00: work." {
		t.Error(got)
	}
	p.end()
	p.until(2)
	p.look()
	p.do("a0001", "work")
	if p.end(); p.flows[event.ForWage] != 400 {
		t.Errorf("wages: %d", p.flows[event.ForWage])
	}
}

func TestEquipmentThatPaysAndATownOfOnesOwn(t *testing.T) {
	t.Parallel()
	cost, wage := int64(500), int64(7)
	p := found(t, with(func(s *spec.Town) {
		s.Types = map[string]spec.BuildingType{
			"stage": {Title: "Сцена", Cost: &cost, Beds: 3, Bed: "single", Desks: 1, Wage: &wage, Outcomes: map[string]spec.Outcome{
				"guitar": {Takes: 15 * time.Minute, Pays: 12, Text: "Прохожие хлопают."},
			}},
		}
		s.Buildings = []spec.TownBuilding{{Type: "stage", X: 2, Y: 2}}
	}))
	p.look()
	if result := p.do("a0001", "use", "equipment", "guitar"); result.Detail != "Прохожие хлопают." {
		t.Errorf("%+v", result)
	}
	p.do("a0001", "go", "building", "street")
	p.do("a0001", "go", "building", "сцена")
	p.do("a0001", "work")
	if p.end(); p.books["a0001"] != 10_019 || p.flows[event.ForUse] != 12 {
		t.Errorf("books %v, flows %v", p.books, p.flows)
	}
	req, _ := p.Govern(p.now())
	if got := req.Town.Types; len(got) != 1 || got[0].Cost != 500 || got[0].Beds != 3 {
		t.Errorf("types: %+v", got)
	}
}

func TestWhatIsOfferedIsWhatCanBeDone(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) {}))
	all := p.look()
	if got := kinds(all[0].Actions); got != "go sleep use talk change_plan ignore" {
		t.Errorf("at home: %s", got)
	}
	if got := all[0].Actions[0].Args[0].Values; !slices.Equal(got, []string{"office-1", "store-1", "restaurant-1", "street"}) {
		t.Errorf("places: %q", got)
	}
	p.do("a0001", "go", "building", "restaurant-1")
	p.do("a0001", "buy", "thing", "soup")
	p.do("a0002", "go", "building", "street")
	p.end()
	all = p.look()
	if got := kinds(all[0].Actions); got != "go buy eat change_plan ignore" {
		t.Errorf("in the restaurant: %s", got)
	}
	if got := all[0].Actions[1].Args[0]; got.Description != "pasta: 30; salad: 25; soup: 25; steak: 60" || got.Values[0] != "pasta" {
		t.Errorf("menu: %+v", got)
	}
	if got := kinds(all[1].Actions); got != "go change_plan ignore" {
		t.Errorf("in the street: %s", got)
	}
	p.do("a0002", "go", "building", "house-a-1")
	p.do("a0001", "go", "building", "office-1")
	p.end()
	if got := kinds(p.look()[0].Actions); got != "go work change_plan ignore" {
		t.Errorf("in the office: %s", got)
	}
	if p.do("a0001", "ignore").Event.Kind != "ignore" {
		t.Error("ignoring does something")
	}
	if plan := p.do("a0001", "change_plan", "purpose", "поспать", "place", "house-a-1").Plan; plan == nil || plan.Purpose != "поспать" || plan.Since != p.tick {
		t.Errorf("plan: %+v", plan)
	}
}

func TestTheHomelessMoveInWhereABedIsFree(t *testing.T) {
	t.Parallel()
	o := with(func(s *spec.Town) {
		s.Buildings = []spec.TownBuilding{{Type: "house-a"}, {Type: "house-a", X: 1}}
	})
	o.Residents = folk("Анна", "Борис", "Вера", "Глеб", "Дарья")
	p := found(t, o)
	p.look()
	p.do("a0005", "go", "building", "house-a-1")
	if got := p.refused("a0005", "move_in"); got != "There is no free bed here." {
		t.Error(got)
	}
	p.end()
	p.until(1)
	p.decree("build", "type", "house-c", "x", "3", "y", "3")
	p.look()
	p.do("a0005", "go", "building", "house-c-1")
	p.do("a0005", "move_in")
	p.do("a0005", "sleep")
	if p.end(); p.town.Beds != 8 || p.town.FreeBeds != 3 {
		t.Errorf("%+v", p.town)
	}
	p.look()
	p.do("a0001", "go", "building", "house-c-1")
	p.do("a0001", "move_in")
	if p.end(); p.town.FreeBeds != 3 {
		t.Errorf("who moves keeps two beds: %+v", p.town)
	}
}
