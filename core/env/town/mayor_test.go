package town_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env/town"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestMayorSeesTheTown(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) { s.Width, s.Height = 3, 2 }))
	p.until(1)
	req, due := p.Govern(p.now())
	if !due || req.Tick != 1 || len(req.Town.Types) != 11 || kinds(req.Actions) != "nothing build" {
		t.Fatalf("due %v, tick %d, %d types, %s", due, req.Tick, len(req.Town.Types), kinds(req.Actions))
	}
	store := req.Town.Types[slices.IndexFunc(req.Town.Types, func(b sdk.BuildingType) bool { return b.Name == "store" })]
	if d := cmp.Diff(sdk.BuildingType{Name: "store", Cost: 14_000, Menu: map[string]int64{"chicken": 20, "beef": 50, "asparagus": 5, "broccoli": 3}}, store); d != "" {
		t.Error(d)
	}
	req.Town.Types = nil
	want := sdk.Town{
		Name: "town", Time: "2026-03-02T09:00:00Z", Day: 1, Hour: 9, Money: 1_000_000, Width: 3, Height: 2, Left: 45,
		Goal: "Grow the town and its money: residents earn in offices and spend in the other buildings, and what they spend is the town's.",
		Free: []sdk.Lot{{X: 1, Y: 1}, {X: 2, Y: 1}},
		Buildings: []sdk.Building{
			{ID: "house-a-1", Type: "house-a", Beds: 2}, {ID: "office-1", Type: "office", Lot: sdk.Lot{X: 1}, FreeDesks: 7, Desks: 7},
			{ID: "store-1", Type: "store", Lot: sdk.Lot{X: 2}}, {ID: "restaurant-1", Type: "restaurant", Lot: sdk.Lot{Y: 1}},
		},
		Citizens: []sdk.Citizen{
			{ID: "a0001", Name: "Анна Белова", Bio: "живёт здесь", Goal: "жить", Cash: 10_000, Home: "house-a-1"},
			{ID: "a0002", Name: "Борис Орлов", Bio: "живёт здесь", Goal: "жить", Cash: 10_000, Home: "house-a-1"},
		},
		RecruitCost: 12_000, NewcomerCash: 10_000,
	}
	if d := cmp.Diff(want, req.Town); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if build := req.Actions[1].Args; !slices.Equal(build[1].Values, []string{"1", "2"}) || !slices.Equal(build[2].Values, []string{"1"}) {
		t.Errorf("lots offered: %+v", build)
	}
}

func TestSenselessDecisionsAreRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ kind, args, ru, en string }{
		"kind":        {"tax", "", "Мэр не может «tax»", `A mayor cannot "tax"`},
		"no type":     {"build", "x=0;y=2", "Не указано: type.", "Missing: type."},
		"bad type":    {"build", "type=castle;x=0;y=2", "Нет типа зданий «castle».", `There is no type of building "castle".`},
		"off grid":    {"build", "type=gym;x=4;y=0", "Нет участка «4, 0»: столбцы от 0 до 3", `There is no lot "4", "0"`},
		"below grid":  {"build", "type=gym;x=-1;y=0", "Нет участка «-1, 0»", `There is no lot "-1", "0"`},
		"no lot":      {"build", "type=gym;x=север;y=", "Нет участка «север, »", `There is no lot "север", ""`},
		"taken":       {"build", "type=gym;x=1;y=0", "На участке 1, 0 уже стоит office-1.", "On lot 1, 0 there is already office-1."},
		"dear":        {"build", "type=palace;x=1;y=1", "Не хватает денег: нужно 1000001, есть 1000000.", "Not enough money: it takes 1000001, there is 1000000."},
		"no home":     {"recruit", "name=Вера;bio=врач;goal=лечить", "Не указано: home.", "Missing: home."},
		"bad home":    {"recruit", "name=Вера;bio=врач;goal=лечить;home=castle", "Нет дома «castle».", `There is no house "castle".`},
		"no bed":      {"recruit", "name=Вера;bio=врач;goal=лечить;home=house-a-1", "В доме «house-a-1» нет свободной кровати.", `There is no free bed in "house-a-1".`},
		"no name":     {"recruit", "bio=врач;goal=лечить;home=house-b-1", "Не указано: name.", "Missing: name."},
		"empty bio":   {"recruit", "name=Вера;bio= \t ;goal=лечить;home=house-b-1", "Не указано: bio.", "Missing: bio."},
		"no goal":     {"recruit", "name=Вера;bio=врач;home=house-b-1", "Не указано: goal.", "Missing: goal."},
		"taken name":  {"recruit", "name= анна  БЕЛОВА ;bio=врач;goal=лечить;home=house-b-1", "Имя «анна БЕЛОВА» уже занято.", `The name "анна БЕЛОВА" is taken.`},
		"an id":       {"recruit", "name=a0001;bio=врач;goal=лечить;home=house-b-1", "Имя «a0001» уже занято.", `The name "a0001" is taken.`},
		"long name":   {"recruit", "name=" + strings.Repeat("я", 61) + ";bio=врач;goal=лечить;home=house-b-1", "Слишком длинно: name, не больше 60 знаков.", "Too long: name, at most 60 characters."},
		"endless bio": {"recruit", "name=Вера;bio=" + strings.Repeat("врач", 1<<20) + ";goal=лечить;home=house-b-1", "Слишком длинно: bio", "Too long: bio"},
	} {
		for language, want := range map[string]string{"ru": c.ru, "en": c.en} {
			t.Run(name+" "+language, func(t *testing.T) {
				t.Parallel()
				dear := int64(1_000_001)
				p := found(t, with(func(s *spec.Town) {
					s.Types = s.Resolved().Types
					s.Types["palace"] = spec.BuildingType{Cost: &dear}
					s.Buildings = []spec.TownBuilding{{Type: "house-a"}, {Type: "office", X: 1}, {Type: "house-b", X: 2}}
				}))
				p.Environment, _ = town.New(town.Options{Settings: p.opts.Settings, Language: language, Residents: p.opts.Residents, Start: start, Step: time.Hour})
				p.until(1)
				var pairs []string
				for pair := range strings.SplitSeq(c.args, ";") {
					k, v, _ := strings.Cut(pair, "=")
					pairs = append(pairs, k, v)
				}
				if got := p.denied(c.kind, pairs...); !strings.HasPrefix(got, want) {
					t.Errorf("%s", got)
				}
				req, _ := p.Govern(p.now())
				if last := req.Town.Last; last == nil || last.OK || !strings.HasPrefix(last.Detail, want) || len(last.Action.Arg("bio")) > 3000 {
					t.Errorf("last: %+v", last)
				}
				if p.end(); p.town.Decisions != 1 || p.town.Invalid != 1 || p.town.Money != 1_000_000 || len(p.Newcomers()) != 0 {
					t.Errorf("the town stands at %+v", p.town)
				}
			})
		}
	}
}

func TestNoLotNoBedNoMoneyIsLeft(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) {
		s.Level, s.Width, s.Height, s.Start = "hard", 2, 1, "empty"
	}))
	p.until(1)
	if got := p.denied("recruit", "name", "Вера", "bio", "врач", "goal", "лечить", "home", "x"); got != "There is no free bed in the whole town." {
		t.Error(got)
	}
	p.decree("build", "type", "house-c", "x", "0", "y", "0")
	p.decree("build", "type", "house-c", "x", "1", "y", "0")
	if got := p.denied("build", "type", "gym", "x", "0", "y", "0"); got != "There is no free lot left." {
		t.Error(got)
	}
	if req, _ := p.Govern(p.now()); kinds(req.Actions) != "nothing recruit" || req.Town.Money != 72_000 {
		t.Errorf("%s with %d", kinds(req.Actions), req.Town.Money)
	}
	for i, name := range []string{"Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар"} {
		p.decree("recruit", "name", name, "bio", "врач", "goal", "лечить", "home", []string{"house-c-1", "house-c-2"}[i/4])
	}
	if got := p.denied("recruit", "name", "Инна", "bio", "врач", "goal", "лечить", "home", "house-c-2"); got != "Not enough money: it takes 12000, there is 0." {
		t.Error(got)
	}
	if req, _ := p.Govern(p.now()); kinds(req.Actions) != "nothing" || req.Town.Last.OK {
		t.Errorf("%s after %+v", kinds(req.Actions), req.Town.Last)
	}
	if p.end(); p.town.Money != 0 || p.town.Population != 8 || p.town.FreeBeds != 2 {
		t.Errorf("%+v", p.town)
	}
}

func TestNewcomersAreResidents(t *testing.T) {
	t.Parallel()
	o := with(func(s *spec.Town) { s.Buildings = []spec.TownBuilding{{Type: "house-c"}} })
	o.Model = "small"
	p := found(t, o)
	p.until(1)
	done := p.decree("recruit", "name", "Вера", "bio", "врач", "goal", "лечить", "home", "house-c-1")
	want := []spec.Resident{{ID: "a0003", Persona: &sdk.Persona{Name: "Вера", Bio: "врач"}, Goals: []string{"лечить"}, Group: "newcomers", Model: "small"}}
	if d := cmp.Diff(want, done.Newcomers); d != "" || done.Detail != "Recruited: Вера (a0003), who lives in house-c-1." {
		t.Errorf("%s\n%s", done.Detail, d)
	}
	if done.Events[len(done.Events)-1].Agent != "a0003" || done.Events[0].Agent != sdk.MayorAgent {
		t.Errorf("events: %+v", done.Events)
	}
	if got := names(p.look()); got != "a0001 a0002 a0003" {
		t.Errorf("%s take part", got)
	}
	p.do("a0001", "talk", "to", "Вера", "text", "здравствуйте")
	p.end()
	p = p.reborn()
	if d := cmp.Diff(want, p.Newcomers()); d != "" {
		t.Error(d)
	}
	if all := p.look(); len(all) != 3 || all[2].Observation.Messages[0].Text != "здравствуйте" {
		t.Errorf("%+v", all)
	}
	p.decree("recruit", "name", "Глеб", "bio", "врач", "goal", "лечить", "home", "house-c-1")
	if got := p.Newcomers()[1].ID; got != "a0004" {
		t.Errorf("the next one is %s", got)
	}
}

func TestMayorDecidesOnceInEveryHourOfTheRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step      time.Duration
		change    func(s *spec.Town)
		due, left int // decisions in five days, those left at the first
	}{
		"the original":   {time.Hour, func(*spec.Town) {}, 45, 45},
		"short ticks":    {20 * time.Minute, func(*spec.Town) {}, 45, 45},
		"long ticks":     {4 * time.Hour, func(*spec.Town) {}, 9, 9}, // 12, 16 and 20
		"office hours":   {time.Hour, func(s *spec.Town) { s.Hours = spec.TownHours{From: 10, To: 12}; s.Days = 2 }, 4, 4},
		"early deadline": {time.Hour, func(s *spec.Town) { s.Goal.By = 1; s.Goal.Money = 5 }, 45, 15},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := with(c.change)
			o.Step = c.step
			p, due, left := found(t, o), 0, 0
			for ; p.now().Time.Before(start.Add(5 * 24 * time.Hour)); p.tick++ {
				req, is := p.Govern(p.now())
				if is && due == 0 {
					left = req.Town.Left
				}
				if is {
					due++
				}
			}
			if due != c.due || left != c.left {
				t.Errorf("%d decisions, %d left at the first", due, left)
			}
		})
	}
}

func TestLevelsGiveMoneyAndCostsUnlessTheStudyDoes(t *testing.T) {
	t.Parallel()
	money, costs := int64(7), 2.0
	for name, c := range map[string]struct {
		change                       func(s *spec.Town)
		money, cost, recruit, brings int64
	}{
		"the original": {func(*spec.Town) {}, 1_000_000, 14_000, 12_000, 10_000},
		"easy":         {func(s *spec.Town) { s.Level = "easy" }, 1_000_000, 7_000, 6_000, 6_000},
		"hard":         {func(s *spec.Town) { s.Level = "hard" }, 100_000, 14_000, 12_000, 10_000},
		"scarce":       {func(s *spec.Town) { s.Level = "scarce" }, 60_000, 21_000, 18_000, 10_000},
		"its own":      {func(s *spec.Town) { s.Level, s.Money, s.Costs = "scarce", &money, &costs }, 7, 28_000, 24_000, 10_000},
	} {
		p := found(t, with(c.change))
		p.tick = 1
		req, _ := p.Govern(p.now())
		got := []int64{req.Town.Money, req.Town.Types[0].Cost, req.Town.RecruitCost, req.Town.NewcomerCash}
		if want := []int64{c.money, c.cost, c.recruit, c.brings}; !slices.Equal(got, want) {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

func TestGoalCountsUntilItsDeadline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		goal spec.TownGoal
		sold int64 // tick in which a steak is sold
		met  bool
	}{
		"in time":    {spec.TownGoal{Money: 1_000_060, By: 1}, 15, true},
		"too late":   {spec.TownGoal{Money: 1_000_060, By: 1}, 16, false}, // midnight
		"by the end": {spec.TownGoal{Money: 1_000_060}, 16, true},
		"not both":   {spec.TownGoal{Money: 1_000_060, Population: 3}, 5, false},
		"too much":   {spec.TownGoal{Money: 1_000_061}, 5, false},
		"no measure": {spec.TownGoal{Text: "счастье"}, 5, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := found(t, with(func(s *spec.Town) { s.Goal = c.goal }))
			p.until(c.sold)
			p.look()
			p.do("a0001", "go", "building", "restaurant-1")
			p.do("a0001", "buy", "thing", "steak")
			p.end()
			tick, met := p.Reached()
			if met != c.met || met && tick != c.sold || p.town.Met != met {
				t.Errorf("met %v in tick %d; the town stands at %+v", met, tick, p.town)
			}
			if again, still := p.reborn().Reached(); again != tick || still != met {
				t.Errorf("restored: %v in tick %d", still, again)
			}
		})
	}
	p := found(t, with(func(s *spec.Town) { s.Goal = spec.TownGoal{Money: 5, Population: 9} }))
	p.until(1)
	if req, _ := p.Govern(p.now()); req.Town.Goal != "By the end of day 3: money at least 5, residents at least 9." {
		t.Error(req.Town.Goal)
	}
}

func TestBooksOpenBeforeTheMayorsFirstDecision(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) { s.Hours.From = 8 }))
	if _, due := p.Govern(p.now()); !due {
		t.Fatal("nothing is due at eight")
	}
	done := p.decree("build", "type", "gym", "x", "3", "y", "3")
	if first := read[event.Transfer](t, done.Events[0]); first.Why != event.ForStart || len(done.Events) != 4 {
		t.Errorf("%d events, first %+v", len(done.Events), first)
	}
	p.look()
	p.end()
}
