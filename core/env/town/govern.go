package town

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// What a mayor is told of its goal, its actions and their arguments.
const (
	aboutGrow    lang.Phrase = "Развить город и умножить его деньги: жители зарабатывают в конторах и тратят в остальных зданиях, и потраченное достаётся городу. ¦ Grow the town and its money: residents earn in offices and spend in the other buildings, and what they spend is the town's."
	aboutReach   lang.Phrase = "К концу дня %d: денег не меньше %d, жителей не меньше %d. ¦ By the end of day %d: money at least %d, residents at least %d."
	aboutNothing lang.Phrase = "ничего не делать ¦ do nothing"
	aboutBuild   lang.Phrase = "построить здание на свободном участке ¦ build on a free lot"
	aboutRecruit lang.Phrase = "пригласить нового жителя в дом со свободной кроватью ¦ recruit a new resident into a house with a free bed"
	aboutType    lang.Phrase = "тип здания ¦ type of building"
	aboutX       lang.Phrase = "столбец участка ¦ column of the lot"
	aboutY       lang.Phrase = "ряд участка ¦ row of the lot"
	aboutName    lang.Phrase = "имя, которого здесь ни у кого нет ¦ a name that nobody has here"
	aboutBio     lang.Phrase = "кто это ¦ who it is"
	aboutAim     lang.Phrase = "чего хочет ¦ what it wants"
	aboutHome    lang.Phrase = "дом со свободной кроватью ¦ a house with a free bed"
)

// Govern implements env.Governed.
func (e *Environment) Govern(tick env.Tick) (sdk.MayorRequest, bool) {
	e.begin(tick)
	if !e.due(tick.Time) {
		return sdk.MayorRequest{}, false
	}
	return sdk.MayorRequest{Tick: tick.Number, Town: e.overview(tick), Actions: e.options()}, true
}

// overview is the town as its mayor sees it.
func (e *Environment) overview(tick env.Tick) sdk.Town {
	t := sdk.Town{
		Name: e.settings.Name, Time: tick.Time.Format(time.RFC3339), Day: e.day(tick.Time), Hour: tick.Time.Hour(),
		Money: e.state.Money, Width: e.settings.Width, Height: e.settings.Height, Goal: e.goal(), Left: e.left(tick.Time),
		Free: e.freeLots(), RecruitCost: e.recruitCost(), NewcomerCash: e.newcomerCash(), Last: e.state.Last,
		GoalMoney: e.settings.Goal.Money, GoalPopulation: e.settings.Goal.Population,
	}
	for _, b := range e.buildings {
		t.Buildings = append(t.Buildings, sdk.Building{
			ID: b.id, Type: b.name, Lot: b.lot, Income: b.income,
			FreeBeds: b.freeBeds(), Beds: b.beds, FreeDesks: b.freeDesks(), Desks: b.Desks,
		})
	}
	for i, r := range e.residents {
		t.Citizens = append(t.Citizens, citizen(e.population[i], r))
	}
	for _, k := range e.sortedKinds() {
		menu := make(map[string]int64, len(k.things))
		for _, thing := range k.things {
			menu[thing] = e.price(k, thing)
		}
		t.Types = append(t.Types, sdk.BuildingType{Name: k.name, Cost: k.cost, Beds: k.beds, Desks: k.Desks, Menu: menu})
	}
	return t
}

func citizen(s spec.Resident, r *resident) sdk.Citizen {
	c := sdk.Citizen{ID: r.id, Name: nameOf(s), Cash: r.cash, Home: idOf(r.home)}
	if s.Persona != nil {
		c.Bio = s.Persona.Bio
	}
	if len(s.Goals) > 0 {
		c.Goal = s.Goals[0]
	}
	return c
}

func (e *Environment) goal() string {
	g := e.settings.Goal
	switch {
	case g.Text != "":
		return g.Text
	case g.Measurable():
		return fmt.Sprintf(aboutReach.In(e.language), g.By, g.Money, g.Population)
	}
	return aboutGrow.In(e.language)
}

func (e *Environment) freeLots() []sdk.Lot {
	var out []sdk.Lot
	for y := range e.settings.Height {
		for x := range e.settings.Width {
			if lot := (sdk.Lot{X: x, Y: y}); e.on(lot) == nil {
				out = append(out, lot)
			}
		}
	}
	return out
}

func (e *Environment) sortedKinds() []*kind {
	out := make([]*kind, 0, len(e.kinds))
	for _, k := range e.kinds {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b *kind) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return out
}

func (e *Environment) recruitCost() int64 { return coins(e.settings.Recruit.Cost, *e.settings.Costs) }

// newcomerCash is part of the cost, also where costs are low.
func (e *Environment) newcomerCash() int64 { return min(e.settings.Recruit.Cash, e.recruitCost()) }

// options are what the mayor may do, with the values that make sense now.
func (e *Environment) options() []sdk.ActionSpec {
	o := &offers{language: e.language}
	o.add("nothing", o.in(aboutNothing))
	var types, homes []string
	for _, k := range e.sortedKinds() {
		if k.cost <= e.state.Money {
			types = append(types, k.name)
		}
	}
	if xs, ys := free(e.freeLots()); len(types) > 0 && len(xs) > 0 {
		o.add("build", o.in(aboutBuild), o.arg("type", aboutType, true, types...), o.arg("x", aboutX, true, xs...), o.arg("y", aboutY, true, ys...))
	}
	for _, b := range e.buildings {
		if b.freeBeds() > 0 {
			homes = append(homes, b.id)
		}
	}
	if len(homes) > 0 && e.recruitCost() <= e.state.Money {
		o.add("recruit", o.in(aboutRecruit), o.arg("name", aboutName, true), o.arg("bio", aboutBio, true),
			o.arg("goal", aboutAim, true), o.arg("home", aboutHome, true, homes...))
	}
	return o.specs
}

// free are the columns and rows in which there is a free lot.
func free(lots []sdk.Lot) (xs, ys []string) {
	var x, y []int
	for _, lot := range lots {
		x, y = append(x, lot.X), append(y, lot.Y)
	}
	return numbers(x), numbers(y)
}

func numbers(list []int) []string {
	slices.Sort(list)
	var out []string
	for _, n := range slices.Compact(list) {
		out = append(out, strconv.Itoa(n))
	}
	return out
}
