package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
)

// Flaw is something that a town cannot be: at Path below the town what is
// wrong, why, and what to do.
type Flaw struct{ Path, What, Why, Do string }

// Flaws are what tags cannot say about a town, whose defaults Resolved fills in.
func (t Town) Flaws() []Flaw {
	t = t.Resolved()
	var out []Flaw
	flaw := func(path, what, why, do string) { out = append(out, Flaw{path, what, why, do}) }
	t.typeFlaws(flaw)
	t.lotFlaws(flaw)
	t.shockFlaws(flaw)
	if t.Hours.From >= t.Hours.To {
		flaw("hours", "the mayor has no hour to decide", fmt.Sprintf("%d is not before %d", t.Hours.From, t.Hours.To), "give from: 9 and to: 24")
	}
	if t.Recruit.Cash > t.Recruit.Cost {
		flaw("recruit.cash", "a newcomer brings more than it costs", "money would come from nowhere", "give cash up to cost")
	}
	if t.Goal.By > t.Days {
		flaw("goal.by", fmt.Sprintf("there is no day %d", t.Goal.By), fmt.Sprintf("the mayor decides for %d days", t.Days), "give an earlier day, or more days")
	}
	for _, d := range []struct {
		key   string
		takes time.Duration
	}{{"walk", t.Times.Walk + 1}, {"buy", t.Times.Buy}, {"meal", t.Times.Meal}, {"sleep", t.Times.Sleep}, {"work", t.Times.Work}} {
		if d.takes <= 0 {
			flaw("times."+d.key, "times."+d.key+" is out of range", "time must go forward", "give a duration such as 30m")
		}
	}
	return out
}

func (t Town) typeNames() []string { return slices.Sorted(maps.Keys(t.Types)) }

func (t Town) typeFlaws(flaw func(path, what, why, do string)) {
	sold := map[string]bool{}
	for _, b := range t.Types {
		for thing := range b.Menu {
			sold[thing] = true
		}
	}
	for _, kind := range t.typeNames() {
		path, b := "types."+kind, t.Types[kind]
		nameFlaw(path, kind, flaw)
		for _, thing := range slices.Sorted(maps.Keys(b.Menu)) {
			nameFlaw(path+".menu", thing, flaw)
			if b.Menu[thing] < 0 || b.Menu[thing] > 1_000_000_000 {
				flaw(path+".menu."+thing, "a price is out of range", fmt.Sprint("got ", b.Menu[thing]), "give 0 to 1000000000")
			}
		}
		for _, equipment := range slices.Sorted(maps.Keys(b.Outcomes)) {
			nameFlaw(path+".outcomes", equipment, flaw)
			o, at := b.Outcomes[equipment], path+".outcomes."+equipment
			if o.Takes <= 0 {
				flaw(at+".takes", "takes is out of range", "time must go forward", "give a duration such as 30m")
			}
			if o.Needs != "" && !sold[o.Needs] {
				flaw(at+".needs", fmt.Sprintf("nobody sells %.60q", o.Needs), "no menu has it", "put it on a menu")
			}
		}
	}
}

func nameFlaw(path, name string, flaw func(path, what, why, do string)) {
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`).MatchString(name) {
		flaw(path, fmt.Sprintf("no name: %.60q", name), "actions name it", "use up to 40 lower-case Latin letters, digits and hyphens")
	}
}

func (t Town) lotFlaws(flaw func(path, what, why, do string)) {
	taken := map[[2]int]bool{}
	for i, b := range t.Buildings {
		path, lot := fmt.Sprintf("buildings[%d]", i), [2]int{b.X, b.Y}
		if _, known := t.Types[b.Type]; !known {
			flaw(path+".type", fmt.Sprintf("no type of building %.60q", b.Type), "types has no such entry", closest(b.Type, t.typeNames()))
		}
		switch {
		case b.X < 0 || b.Y < 0 || b.X >= t.Width || b.Y >= t.Height:
			flaw(path, fmt.Sprintf("no lot %d, %d", b.X, b.Y), fmt.Sprintf("the grid has %d × %d lots, from 0", t.Width, t.Height), "move it")
		case taken[lot]:
			flaw(path, fmt.Sprintf("two buildings on lot %d, %d", b.X, b.Y), "a lot holds one", "move one")
		}
		taken[lot] = true
	}
}

func (t Town) shockFlaws(flaw func(path, what, why, do string)) {
	for i, s := range t.Shocks {
		path := fmt.Sprintf("shocks[%d]", i)
		if (s.At == nil) == (s.Tick == nil) {
			flaw(path, "when does it happen?", "give exactly one of at and tick", "write at: 2026-03-02T12:00 or tick: 4")
		}
		if _, known := t.Types[s.Type]; s.Type != "" && !known {
			flaw(path+".type", fmt.Sprintf("no type of building %.60q", s.Type), "types has no such entry", closest(s.Type, t.typeNames()))
		}
		if s.Kind == "money" && s.Amount == 0 {
			flaw(path+".amount", "a shock of no money", "it would do nothing", "give amount, below 0 for a loss")
		}
		if (s.Kind == "price" || s.Kind == "wage") && s.Factor == 1 {
			flaw(path+".factor", "a shock that changes nothing", "factor is 1", "give another factor")
		}
	}
}
