package town

import (
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/plugins/sdk"
)

// building stands on a lot.
type building struct {
	*kind
	id                string
	lot               sdk.Lot
	income            int64
	sleepers, workers int // whose home and whose desk it has
	unsaved           bool
}

func (b *building) freeBeds() int  { return b.beds - b.sleepers }
func (b *building) freeDesks() int { return b.Desks - b.workers }

// idOf is a building's id, empty for the street.
func idOf(b *building) string {
	if b == nil {
		return ""
	}
	return b.id
}

// raise puts a building on a free lot.
func (e *Environment) raise(k *kind, lot sdk.Lot) *building {
	e.state.Built[k.name]++
	b := &building{kind: k, id: buildingID(k.name, e.state.Built[k.name]), lot: lot, unsaved: true}
	e.stand(b)
	return b
}

// stand puts a building in its place among the others.
func (e *Environment) stand(b *building) {
	at, _ := slices.BinarySearchFunc(e.buildings, b.lot, func(b *building, lot sdk.Lot) int { return order(b.lot, lot) })
	e.buildings = slices.Insert(e.buildings, at, b)
	e.chart()
}

// raze takes a building away. Who was there stands in the street, who lived or
// worked there does so no more.
func (e *Environment) raze(b *building) {
	e.buildings = slices.DeleteFunc(e.buildings, func(other *building) bool { return other == b })
	e.gone = append(e.gone, b.id)
	for _, r := range e.residents {
		if r.at != b && r.home != b && r.job != b {
			continue
		}
		if r.unsaved = true; r.at == b {
			r.at, r.until = nil, e.now
		}
		if r.home == b {
			r.home = nil
		}
		if r.job == b {
			r.job = nil
		}
	}
	e.chart()
}

// chart notes where one can go, and what is there.
func (e *Environment) chart() {
	e.places = make([]string, 0, len(e.buildings)+1)
	var known []string
	for _, b := range e.buildings {
		e.places = append(e.places, b.id)
		if title := e.titles.say(b.name, b.Title); !slices.Contains(known, title) {
			known = append(known, title)
		}
	}
	e.places = append(e.places, street)
	e.guide = strings.Join(append(known, e.titles.say(street, "")), "; ")
}

func order(a, b sdk.Lot) int {
	if a.Y != b.Y {
		return a.Y - b.Y
	}
	return a.X - b.X
}

// on is the building on a lot, nil where it is free.
func (e *Environment) on(lot sdk.Lot) *building {
	at, taken := slices.BinarySearchFunc(e.buildings, lot, func(b *building, lot sdk.Lot) int { return order(b.lot, lot) })
	if !taken {
		return nil
	}
	return e.buildings[at]
}

// byID is the building with an id, or nil.
func (e *Environment) byID(id string) *building {
	at := slices.IndexFunc(e.buildings, func(b *building) bool { return b.id == id })
	if at < 0 {
		return nil
	}
	return e.buildings[at]
}

// called are the buildings that somebody means by an id, a type or a title.
func (e *Environment) called(what string) []*building {
	if b := e.byID(what); b != nil {
		return []*building{b}
	}
	var out []*building
	for _, b := range e.buildings {
		if name := lang.Fold(what); name == lang.Fold(b.id) || name == b.name || name == lang.Fold(e.titles.of(b.name, b.Title)) {
			out = append(out, b)
		}
	}
	return out
}
