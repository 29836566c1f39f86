package town

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Kinds of row.
const (
	rowBuilding = "building" // store-1: rowOfBuilding
	rowEvent    = "event"    // id of an event: rowOfEvent
	rowNewcomer = "newcomer" // a0005: rowOfNewcomer
	rowResident = "resident" // a0001: rowOfResident
	rowTown     = "town"     // town: state
)

// state is what the town itself has.
type state struct {
	Tick  int64          `json:"tick"` // the last one, -1 before the first
	Money int64          `json:"money"`
	Built map[string]int `json:"built"` // so many ever, by type
	Said  int            `json:"said"`  // lines of talk ever
	// Prices and Wages are the factors that shocks made, by type; "" is all.
	Prices map[string]float64 `json:"prices,omitempty"`
	Wages  map[string]float64 `json:"wages,omitempty"`
	Met    *int64             `json:"met,omitempty"`  // tick at whose end the goal was reached
	Last   *sdk.Outcome       `json:"last,omitempty"` // the mayor's
}

func newState() state {
	return state{Tick: -1, Built: map[string]int{}, Prices: map[string]float64{}, Wages: map[string]float64{}}
}

type rowOfBuilding struct {
	Type   string `json:"type"`
	X      int    `json:"x"`
	Y      int    `json:"y"`
	Income int64  `json:"income"`
}

type rowOfEvent struct {
	Text string `json:"text"`
}

type rowOfNewcomer struct {
	Persona *sdk.Persona `json:"persona"`
	Goals   []string     `json:"goals,omitempty"`
	Group   string       `json:"group,omitempty"`
	Model   string       `json:"model,omitempty"`
	Place   int          `json:"place"` // in the population
}

type rowOfResident struct {
	At          string          `json:"at,omitempty"`
	Home        string          `json:"home,omitempty"`
	Job         string          `json:"job,omitempty"`
	Cash        int64           `json:"cash"`
	Bag         map[string]int  `json:"bag,omitempty"`
	Until       time.Time       `json:"until,omitzero"`
	Doing       string          `json:"doing,omitempty"`
	Interrupted int             `json:"interrupted,omitempty"`
	Told        []string        `json:"told,omitempty"`
	Heard       []hearsay.Known `json:"heard,omitempty"`
	Talk        []line          `json:"talk,omitempty"`
}

func buildingID(kind string, n int) string { return kind + "-" + strconv.Itoa(n) }

func lineID(num int) string { return "m" + strconv.Itoa(num) }

// Changes implements env.Environment.
func (e *Environment) Changes() []event.Row {
	var rows []event.Row
	add := func(kind, id string, v any) { rows = append(rows, event.Row{Kind: kind, ID: id, JSON: encode(v)}) }
	for _, id := range e.gone {
		rows = append(rows, event.Row{Kind: rowBuilding, ID: id})
	}
	for _, b := range e.buildings {
		if b.unsaved {
			b.unsaved = false
			add(rowBuilding, b.id, rowOfBuilding{b.name, b.lot.X, b.lot.Y, b.income})
		}
	}
	for _, id := range e.fresh {
		add(rowEvent, id, rowOfEvent{e.texts[id]})
	}
	e.gone, e.fresh = nil, nil
	for i, r := range e.residents {
		r.knows.Settle()
		if r.unsaved {
			r.unsaved = false
			if r.new {
				r.new = false
				add(rowNewcomer, r.id, newcomerRow(e.population[i], i))
			}
			add(rowResident, r.id, r.row())
		}
	}
	if e.unsaved {
		e.unsaved = false
		add(rowTown, rowTown, e.state)
	}
	return rows
}

func newcomerRow(s spec.Resident, place int) rowOfNewcomer {
	return rowOfNewcomer{s.Persona, s.Goals, s.Group, s.Model, place}
}

func (r *resident) row() rowOfResident {
	return rowOfResident{
		idOf(r.at), idOf(r.home), idOf(r.job), r.cash, maps.Clone(r.bag), r.until, r.doing, r.interrupted,
		r.told, r.knows.Settled(), slices.Clone(r.talk),
	}
}

// encode cannot fail: it is given plain data made here.
func encode(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic("town: " + err.Error())
	}
	return data
}
