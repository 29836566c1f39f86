package greedy

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
)

// town is one with a house, an office and a store; change makes it another.
func town(change func(*sdk.Town)) sdk.MayorRequest {
	t := sdk.Town{
		Day: 1, Hour: 9, Left: 45, Money: 100_000, Width: 4, Height: 4, Free: []sdk.Lot{{X: 2, Y: 3}},
		Buildings: []sdk.Building{
			{ID: "h1", Type: "house", Beds: 2, FreeBeds: 1}, {ID: "o1", Type: "office", Desks: 2}, {ID: "s1", Type: "store"},
		},
		Citizens: []sdk.Citizen{{ID: "a1", Name: "Анна", Cash: 10_000}},
		Types: []sdk.BuildingType{
			{Name: "house", Cost: 14_000, Beds: 4}, {Name: "office", Cost: 14_000, Desks: 1}, {Name: "store", Cost: 14_000, Menu: map[string]int64{"суп": 20}},
		},
		RecruitCost: 12_000, NewcomerCash: 10_000,
	}
	if change != nil {
		change(&t)
	}
	return sdk.MayorRequest{Town: t, Actions: actions(t)}
}

// actions are what a town with these rules allows.
func actions(t sdk.Town) []sdk.ActionSpec {
	specs := []sdk.ActionSpec{{Kind: "nothing"}}
	if len(t.Free) > 0 && t.Money >= 14_000 {
		specs = append(specs, sdk.ActionSpec{Kind: "build", Args: []sdk.ArgSpec{{Name: "type", Values: []string{"house", "office", "store"}}, {Name: "x"}, {Name: "y"}}})
	}
	for _, b := range t.Buildings {
		if b.FreeBeds > 0 && t.Money >= t.RecruitCost {
			specs = append(specs, sdk.ActionSpec{Kind: "recruit", Args: []sdk.ArgSpec{{Name: "home", Values: []string{b.ID}}}})
			break
		}
	}
	return specs
}

func decide(t *testing.T, m *counting, req sdk.MayorRequest) sdk.Action {
	t.Helper()
	d, err := m.Decide(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return d.Action
}

func TestTheMayorDoesWhatPays(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rate float64 // coins that residents spend in an hour
		town func(*sdk.Town)
		want string
	}{
		// 45 hours at 25 coins bring 1,125: nobody is worth 12,000.
		"nothing pays":         {25, nil, "nothing"},
		"spenders are rich":    {500, nil, "recruit"},
		"the till is empty":    {500, func(t *sdk.Town) { t.Money = 900 }, "nothing"},
		"no bed, but they pay": {800, func(t *sdk.Town) { t.Buildings[0].FreeBeds = 0 }, "build house"},
		"no bed and no lot":    {800, func(t *sdk.Town) { t.Buildings[0].FreeBeds, t.Free = 0, nil }, "nothing"},
		// Without a shop nothing can be spent: the first one is worth all of it.
		"no shop": {800, func(t *sdk.Town) { t.Buildings = t.Buildings[:2]; t.Citizens[0].Cash = 50_000 }, "build store"},
		// The resident runs out of money long before the deadline; a desk does not.
		"no desk":           {600, func(t *sdk.Town) { t.Buildings[1].Desks, t.Citizens[0].Cash = 0, 100; t.NewcomerCash = 0 }, "build office"},
		"the deadline near": {500, func(t *sdk.Town) { t.Left = 2 }, "nothing"},
		// What the goal asks for comes first, whether it pays or not.
		"goal: residents":      {25, func(t *sdk.Town) { t.GoalPopulation = 2 }, "recruit"},
		"goal: more than beds": {25, func(t *sdk.Town) { t.GoalPopulation, t.Buildings[0].FreeBeds = 3, 0 }, "build house"},
		"goal: reached":        {25, func(t *sdk.Town) { t.GoalPopulation = 1 }, "nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			action := decide(t, &counting{config: config{Spending: tt.rate, Trust: 20}, language: "ru"}, town(tt.town))
			got := action.Kind
			if got == "build" {
				got += " " + action.Arg("type")
			}
			if got != tt.want {
				t.Errorf("it decides %s %v, not %s", got, action.Args, tt.want)
			}
		})
	}
}

func TestTheRateIsTheMeanOfWhatWasExpectedAndSeenByHours(t *testing.T) {
	t.Parallel()
	m := &counting{config: config{Spending: 30, Trust: 10}, seen: seen{ResidentHours: 40}}
	req := town(func(t *sdk.Town) { t.Buildings[2].Income, t.Buildings[1].Income = 400, 9999 }) // what is earned in offices is not spent
	if got, want := m.spends(req.Town), (30.0*10+400)/(10+40); got != want {
		t.Errorf("%v coins an hour, want %v", got, want)
	}
}

func TestWhatTheMayorHasSeenComesBackFromItsRecord(t *testing.T) {
	t.Parallel()
	m := &counting{config: config{Spending: 25, Trust: 20}, language: "ru"}
	var last sdk.RecordChange
	for range 7 {
		d, err := m.Decide(t.Context(), town(nil))
		if err != nil {
			t.Fatal(err)
		}
		last = d.Changes[0]
	}
	again := &counting{}
	if err := again.Restore(t.Context(), []sdk.Record{last.Record}); err != nil || again.seen != m.seen || again.seen.ResidentHours != 7 {
		t.Errorf("restored %+v, was %+v, %v", again.seen, m.seen, err)
	}
	if err := again.Restore(t.Context(), []sdk.Record{{Key: recordSeen, JSON: json.RawMessage(`{"resident_hours":"many"}`)}}); err == nil {
		t.Error("a damaged record was taken")
	}
}

func TestNewcomersGetABedThatIsFreeAndANameThatIs(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	req := town(func(t *sdk.Town) { t.GoalPopulation, t.Buildings[0].FreeBeds = 30, 30 })
	for i := range 20 {
		action := decide(t, &counting{config: config{Trust: 1}, language: "ru"}, req)
		if action.Kind != "recruit" || action.Arg("home") != "h1" || names[action.Arg("name")] {
			t.Fatalf("newcomer %d: %v", i, action)
		}
		names[action.Arg("name")] = true
		req.Town.Citizens = append(req.Town.Citizens, sdk.Citizen{ID: fmt.Sprint(i), Name: action.Arg("name")})
	}
}
