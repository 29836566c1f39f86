package town

import (
	"maps"
	"math"
	"slices"

	"github.com/llm-city/gorod/core/spec"
)

// kind is a type of building with what follows from the study.
type kind struct {
	spec.BuildingType
	name      string
	cost      int64 // for the mayor
	wage      int64 // before shocks
	beds      int
	things    []string // on its menu, sorted
	equipment []string // sorted
}

// catalogue is all types of building, and what can be eaten.
func catalogue(t spec.Town) (map[string]*kind, map[string]bool) {
	kinds, foods := make(map[string]*kind, len(t.Types)), map[string]bool{}
	for name, b := range t.Types {
		k := &kind{BuildingType: b, name: name, cost: t.Cost, wage: t.Wage, beds: b.Sleepers()}
		if b.Cost != nil {
			k.cost = *b.Cost
		}
		if b.Wage != nil {
			k.wage = *b.Wage
		}
		k.cost = coins(k.cost, *t.Costs)
		k.things, k.equipment = slices.Sorted(maps.Keys(b.Menu)), slices.Sorted(maps.Keys(b.Outcomes))
		for _, thing := range k.things {
			foods[thing] = foods[thing] || b.Food
		}
		kinds[name] = k
	}
	return kinds, foods
}

// What shocks can come to: beyond that, a factor would be no number any more,
// and what is paid again and again no longer fit into an account.
const (
	mostFactor = 1e9
	mostCoins  = 1 << 40
)

// coins is an amount times a factor in whole coins.
func coins(amount int64, factor float64) int64 {
	return int64(min(math.Round(float64(amount)*factor), mostCoins))
}

// price of a thing on a menu now.
func (e *Environment) price(k *kind, thing string) int64 {
	return coins(k.Menu[thing], e.settings.Prices*factor(e.state.Prices, k.name))
}

// wage of a session of work now.
func (e *Environment) wage(k *kind) int64 { return coins(k.wage, factor(e.state.Wages, k.name)) }

// factor is what shocks made of what belongs to a type of building.
func factor(shocks map[string]float64, kind string) float64 {
	out := 1.0
	for _, of := range []string{"", kind} {
		if f, ok := shocks[of]; ok {
			out *= f
		}
	}
	return out
}
