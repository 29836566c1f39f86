package town_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env/town"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// script is what the mayor does, by tick: tick 1 is nine o'clock of the first
// day.
func script() map[int64]sdk.Action {
	newcomer := func(name, home string) sdk.Action {
		return action("recruit", "name", name, "bio", "любит город", "goal", "заработать", "home", home)
	}
	return map[int64]sdk.Action{
		1: action("build", "type", "house-c", "x", "0", "y", "1"),
		2: newcomer("Вера", "house-c-1"),
		3: newcomer("Глеб", "house-c-1"),
		4: action("build", "type", "store", "x", "0", "y", "1"), // the lot is taken
		5: action("build", "type", "museum", "x", "3", "y", "3"),
		6: newcomer("вера", "house-c-1"), // the name is taken
		7: action("nothing"),
		// the second day
		26: action("build", "type", "gym", "x", "1", "y", "1"),
		27: newcomer("Дарья", "house-c-1"),
		// the third
		50: newcomer("Егор", "house-c-1"),
		51: newcomer("Жанна", "house-c-1"), // no bed is free
	}
}

// live has residents live by the clock: work at nine and eleven, a purchase at
// one, a meal at two, the museum at three, sleep at ten in the evening. It
// counts what they did.
func (p *place) live(did map[string]int) {
	for i, s := range p.look() {
		id := s.Turn.Agent
		act := func(kind string, pairs ...string) {
			if _, err := p.Apply(p.t.Context(), p.now(), id, action(kind, pairs...)); err == nil {
				did[kind]++
			} else if why(p.t, err) == "" {
				p.t.Fatalf("%s %s: no words", id, kind)
			}
		}
		switch p.now().Time.Hour() {
		case 9, 11:
			act("go", "building", "office-1")
			act("work")
		case 13:
			act("go", "building", "restaurant-1")
			act("buy", "thing", []string{"steak", "soup"}[i%2], "amount", "2")
		case 14:
			act("eat")
		case 15:
			act("go", "building", "museum-1")
			act("buy", "thing", "ticket")
			act("use", "equipment", "exhibits")
		case 22:
			act("go", "building", p.home(id))
			act("sleep")
		}
	}
}

// home is where the mayor sees that somebody lives.
func (p *place) home(id string) string {
	req, _ := p.Govern(p.now())
	for _, c := range req.Town.Citizens {
		if c.ID == id {
			return c.Home
		}
	}
	return ""
}

func TestWholeGameBalancesToTheCoin(t *testing.T) {
	t.Parallel()
	settings := original()
	settings.Goal = spec.TownGoal{Population: 6}
	settings.Shocks = []spec.TownShock{{Tick: new(int64(30)), Kind: "money", Amount: -5_000, Factor: 1}}
	p := found(t, town.Options{Settings: settings})
	decisions, invalid, did := 0, 0, map[string]int{}
	for p.tick < 72 {
		req, due := p.Govern(p.now())
		if hour := p.now().Time.Hour(); due != (hour >= 9) {
			t.Fatalf("tick %d: due is %v at %d o'clock", p.tick, due, hour)
		}
		if due {
			if left := 45 - decisions; req.Town.Left != left {
				t.Fatalf("tick %d: %d decisions left, want %d", p.tick, req.Town.Left, left)
			}
			decisions++
			a, scripted := script()[p.tick]
			if !scripted {
				a = action("nothing")
			}
			if done, err := p.Decree(p.now(), a); err == nil {
				p.audit(done.Events)
			} else {
				invalid++
			}
		}
		p.live(did)
		p.end()
	}
	if decisions != 45 || invalid != 3 {
		t.Errorf("%d decisions, %d of them refused", decisions, invalid)
	}
	// 26 sessions: two residents and then four on the first day, four and five on
	// the second, five and six on the third. 15 meals of two steaks or two soups,
	// 15 tickets.
	wantDid := map[string]int{"go": 60, "work": 26, "buy": 30, "eat": 15, "use": 15, "sleep": 15}
	if d := cmp.Diff(wantDid, did); d != "" {
		t.Errorf("what residents did (-want +got):\n%s", d)
	}
	wantFlows := map[string]int64{
		event.ForStart: 1_000_000 + 2*10_000, event.ForBuild: 3 * 14_000, event.ForRecruit: 4 * 2_000, event.ForCash: 4 * 10_000,
		event.ForWage: 26 * 200, event.ForShock: 5_000, event.ForGoods: 8*2*60 + 7*2*25 + 15*20,
	}
	if d := cmp.Diff(wantFlows, p.flows); d != "" {
		t.Errorf("coins that moved (-want +got):\n%s", d)
	}
	wantBooks := map[string]int64{
		event.AccountMayor: 906_610, event.AccountWorld: -(1_020_000 + 5_200 - 42_000 - 8_000 - 5_000),
		"a0001": 10_780, "a0002": 10_990, "a0003": 10_580, "a0004": 10_790, "a0005": 10_320, "a0006": 10_130,
	}
	if d := cmp.Diff(wantBooks, p.books); d != "" {
		t.Errorf("what everybody has (-want +got):\n%s", d)
	}
	if want := (event.Town{Money: 906_610, Population: 6, Buildings: 7, Beds: 6, Met: true}); p.town != want {
		t.Errorf("the town stands at %+v, want %+v", p.town, want)
	}
	if tick, ok := p.Reached(); !ok || tick != 50 {
		t.Errorf("the goal was reached: %v, in tick %d", ok, tick)
	}
}
