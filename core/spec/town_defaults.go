package spec

import "time"

// Resolved is the town with what its level, its start and the original give
// where it says nothing: money, costs, buildings and types are there.
func (t Town) Resolved() Town {
	money, costs := levels(t.Level)
	if t.Money == nil {
		t.Money = &money
	}
	if t.Costs == nil {
		t.Costs = &costs
	}
	if len(t.Types) == 0 {
		t.Types = originalTypes()
	}
	if len(t.Buildings) == 0 && t.Start != "empty" {
		t.Buildings = smallTown(t)
	}
	if t.Goal.By == 0 {
		t.Goal.By = t.Days
	}
	return t
}

// levels are how hard a mayor has it: money at the start and the factor of
// costs. The original's money never runs out in its three days.
func levels(level string) (money int64, costs float64) {
	switch level {
	case "easy":
		return 1_000_000, 0.5
	case "hard":
		return 100_000, 1
	case "scarce":
		return 60_000, 1.5
	default:
		return 1_000_000, 1
	}
}

// smallTown is what stands at the start where the study does not say, as far as
// there are such types and lots.
func smallTown(t Town) []TownBuilding {
	var out []TownBuilding
	for i, kind := range []string{"house-a", "office", "store", "restaurant"} {
		at := TownBuilding{Type: kind, X: i % max(t.Width, 1), Y: i / max(t.Width, 1)}
		if _, known := t.Types[kind]; known && at.Y < t.Height {
			out = append(out, at)
		}
	}
	return out
}

// originalTypes are AgentSims' buildings, with the numbers of its economics,
// buildings and equipments.
func originalTypes() map[string]BuildingType {
	half, hour := Outcome{Takes: 30 * time.Minute}, Outcome{Takes: time.Hour}
	home := map[string]Outcome{"sofa": half, "television": hour, "phone": hour, "shower": hour}
	return map[string]BuildingType{
		"house-a": {Beds: 1, Bed: "double", Outcomes: home},
		"house-b": {Beds: 1, Bed: "double", Outcomes: home},
		"house-c": {Beds: 1, Bed: "bunk", Outcomes: map[string]Outcome{"shower": hour}},
		"office":  {Bed: "double", Desks: 7},
		"store": {Bed: "double", Food: true, Menu: map[string]int64{
			"chicken": 20, "beef": 50, "asparagus": 5, "broccoli": 3,
		}},
		"restaurant": {Bed: "double", Food: true, Tables: true, Menu: map[string]int64{
			"pasta": 30, "soup": 25, "steak": 60, "salad": 25,
		}},
		"dessert-shop": {Bed: "double", Food: true, Tables: true, Menu: map[string]int64{
			"cupcake": 7, "pie": 15, "cheesecake": 28,
		}},
		"cafe": {Bed: "double", Food: true, Tables: true, Menu: map[string]int64{
			"latte": 15, "cappuccino": 21, "americano": 18,
		}},
		"museum": {Bed: "double", Menu: map[string]int64{"ticket": 20}, Outcomes: map[string]Outcome{
			"exhibits": {Takes: 2 * time.Hour, Needs: "ticket"},
		}},
		"gym":  {Bed: "double", Outcomes: map[string]Outcome{"sports-equipment": hour}},
		"park": {Bed: "double", Outcomes: map[string]Outcome{"bench": half, "swing": half, "slide": half}},
	}
}
