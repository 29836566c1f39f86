package town_test

import (
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

func at(hour int) *time.Time { return new(start.Add(time.Duration(hour-8) * time.Hour)) }

func TestPricesAndWagesChangeForGood(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) {
		s.Prices = 2
		s.Shocks = []spec.TownShock{
			{Tick: new(int64(1)), Kind: "price", Factor: 1.5},
			{At: at(9), Kind: "price", Factor: 0.1, Type: "store"},
			{Tick: new(int64(2)), Kind: "wage", Factor: 0.25, Type: "office"},
			{Tick: new(int64(3)), Kind: "price", Factor: 2, Type: "store"},
		}
	}))
	// What beef, a soup and a session of work bring and take in each tick.
	for tick, want := range [][2]int64{{2*50 + 2*25, 200}, {15 + 75, 0}, {15 + 75, 50}, {30 + 75, 0}} {
		if tick == 3 {
			p = p.reborn() // shocks are remembered
		}
		p.look()
		goods, wages := p.flows[event.ForGoods], p.flows[event.ForWage]
		for _, b := range []struct{ where, what string }{{"store-1", "beef"}, {"restaurant-1", "soup"}} {
			p.do("a0001", "go", "building", b.where)
			p.do("a0001", "buy", "thing", b.what)
		}
		if tick == 0 {
			p.do("a0002", "go", "building", "office-1")
		}
		if tick%2 == 0 {
			p.do("a0002", "work")
		}
		p.end()
		if got := [2]int64{p.flows[event.ForGoods] - goods, p.flows[event.ForWage] - wages}; got != want {
			t.Errorf("tick %d: spent and earned %d, want %d", tick, got, want)
		}
	}
}

func TestNoInflationMakesMoneyOutOfNothing(t *testing.T) {
	t.Parallel()
	types := spec.Town{}.Resolved().Types
	types["store"].Menu["water"] = 0
	p := found(t, with(func(s *spec.Town) {
		s.Types = types
		for range 150 { // 1000^150 is no number any more
			s.Shocks = append(s.Shocks, spec.TownShock{Tick: new(int64(0)), Kind: "price", Factor: 1000}, spec.TownShock{Tick: new(int64(0)), Kind: "wage", Factor: 1000})
		}
	}))
	for tick := range 8 {
		p.look()
		if tick == 0 {
			p.do("a0001", "go", "building", "store-1")
			p.do("a0002", "go", "building", "office-1")
		}
		p.do("a0001", "buy", "thing", "water", "amount", "2")
		if tick%2 == 0 {
			p.do("a0002", "work")
		}
		p.end()
		p = p.reborn()
	}
	if p.flows[event.ForGoods] != 0 || p.flows[event.ForWage] <= 0 {
		t.Errorf("%v", p.flows)
	}
}

func TestMoneyIsWonAndLostButNeverOwed(t *testing.T) {
	t.Parallel()
	money := int64(100)
	p := found(t, with(func(s *spec.Town) {
		s.Money = &money
		s.Shocks = []spec.TownShock{
			{Tick: new(int64(0)), Kind: "money", Factor: 1, Amount: 50, Text: "Нашли клад."},
			{Tick: new(int64(1)), Kind: "money", Factor: 1, Amount: -500},
			{Tick: new(int64(2)), Kind: "money", Factor: 1, Amount: -500},
		}
	}))
	all := p.look()
	for _, s := range all {
		if got := s.Observation.Notifications; len(got) != 1 || got[0].Text != "Нашли клад." || got[0].Event != "shock-1" || len(s.Events) != 1 {
			t.Errorf("%+v", got)
		}
	}
	events, _ := p.end()
	told := 0
	for _, e := range events {
		if e.Kind == event.KindTold && read[event.Told](t, e).Text == "Нашли клад." {
			told++
		}
	}
	if told != 2 || p.town.Money != 150 {
		t.Errorf("%d told, %d coins", told, p.town.Money)
	}
	p.until(3)
	if p.town.Money != 0 || p.flows[event.ForShock] != 200 {
		t.Errorf("%d coins left; %v", p.town.Money, p.flows)
	}
}

func TestFireTakesHomesJobsAndLots(t *testing.T) {
	t.Parallel()
	p := found(t, with(func(s *spec.Town) {
		s.Shocks = []spec.TownShock{
			{Tick: new(int64(1)), Kind: "fire", Factor: 1, Type: "house-a"},
			{Tick: new(int64(2)), Kind: "fire", Factor: 1, Type: "office"},
			{Tick: new(int64(2)), Kind: "fire", Factor: 1, Type: "gym"},
			{Tick: new(int64(4)), Kind: "fire", Factor: 1},
		}
	}))
	p.look()
	p.do("a0001", "sleep")
	p.do("a0002", "go", "building", "office-1")
	p.do("a0002", "work")
	p.end()
	all := p.look()
	if names(all) != "a0001" || all[0].Observation.Place != "street" || !strings.Contains(all[0].Observation.Timeline[0].Text, "Home: none.") {
		t.Errorf("%s: %+v", names(all), all)
	}
	_, rows := p.end()
	if rows[0].Kind != "building" || rows[0].ID != "house-a-1" || rows[0].JSON != nil {
		t.Errorf("rows: %+v", rows[0])
	}
	if p = p.reborn(); names(p.look()) != "a0001 a0002" {
		t.Error("who worked is still busy")
	}
	if p.end(); p.town.Beds != 0 || p.town.Buildings != 2 {
		t.Errorf("%+v", p.town)
	}
	p.decree("build", "type", "house-a", "x", "0", "y", "0")
	if req, _ := p.Govern(p.now()); req.Town.Buildings[0].ID != "house-a-2" || req.Town.Buildings[0].Lot != (sdk.Lot{}) {
		t.Errorf("%+v", req.Town.Buildings[0])
	}
	p.end()
	p.look()
	if p.end(); p.town.Buildings != 2 {
		t.Errorf("some building burns: %+v", p.town)
	}
}
