package town

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

var (
	errNobody = errors.New("nobody has this id")
	errType   = errors.New("no such type of building")
	errLot    = errors.New("no such lot, or two buildings on it")
	errGone   = errors.New("there is no such building")
)

// Restore implements env.Environment. No row at all leaves the town fresh.
func (e *Environment) Restore(rows iter.Seq2[event.Row, error]) error {
	any, newcomers := false, map[int]spec.Resident{}
	var residents []event.Row
	for row, err := range rows {
		if err != nil {
			return fmt.Errorf("restore town: %w", err)
		}
		if !any {
			any = true
			e.clear()
		}
		if row.Kind == rowResident {
			residents = append(residents, row) // they refer to all others
			continue
		}
		if err := e.load(row, newcomers); err != nil {
			return fmt.Errorf("restore town: row %s %s: %w", row.Kind, row.ID, err)
		}
	}
	if err := e.welcome(newcomers); err != nil {
		return err
	}
	for _, row := range residents {
		if err := e.loadResident(row); err != nil {
			return fmt.Errorf("restore town: row %s %s: %w", row.Kind, row.ID, err)
		}
	}
	return nil
}

// clear forgets all but who the residents of the study are.
func (e *Environment) clear() {
	founders := e.population[:e.founders:e.founders]
	e.population, e.residents, e.names = nil, nil, map[string]bool{}
	for _, r := range founders {
		e.settle(r).unsaved = false
	}
	e.buildings, e.gone, e.texts, e.fresh = nil, nil, map[string]string{}, nil
	e.state, e.unsaved = newState(), false
	e.chart()
}

func (e *Environment) load(row event.Row, newcomers map[int]spec.Resident) error {
	switch row.Kind {
	case rowBuilding:
		return e.loadBuilding(row)
	case rowEvent:
		var r rowOfEvent
		err := json.Unmarshal(row.JSON, &r)
		e.texts[row.ID] = r.Text
		return err
	case rowNewcomer:
		var r rowOfNewcomer
		err := json.Unmarshal(row.JSON, &r)
		newcomers[r.Place] = spec.Resident{ID: row.ID, Persona: r.Persona, Goals: r.Goals, Group: r.Group, Model: r.Model}
		return err
	case rowTown:
		return json.Unmarshal(row.JSON, &e.state)
	}
	return errors.New("unknown kind of row")
}

func (e *Environment) loadBuilding(row event.Row) error {
	var r rowOfBuilding
	if err := json.Unmarshal(row.JSON, &r); err != nil {
		return err
	}
	k, known := e.kinds[r.Type]
	lot := sdk.Lot{X: r.X, Y: r.Y}
	switch {
	case !known:
		return errType
	case r.X < 0 || r.Y < 0 || r.X >= e.settings.Width || r.Y >= e.settings.Height || e.on(lot) != nil:
		return errLot
	}
	e.stand(&building{kind: k, id: row.ID, lot: lot, income: r.Income})
	return nil
}

// welcome adds the newcomers in their order.
func (e *Environment) welcome(newcomers map[int]spec.Resident) error {
	for range len(newcomers) {
		who, there := newcomers[len(e.population)]
		if !there {
			return fmt.Errorf("restore town: no newcomer has place %d", len(e.population))
		}
		e.settle(who).unsaved = false
	}
	e.direct()
	return nil
}

func (e *Environment) loadResident(row event.Row) error {
	r := e.resident(row.ID)
	if r == nil {
		return errNobody
	}
	var kept rowOfResident
	if err := json.Unmarshal(row.JSON, &kept); err != nil {
		return err
	}
	for _, place := range []struct {
		id   string
		into func(b *building)
	}{
		{kept.At, func(b *building) { r.at = b }},
		{kept.Home, r.moveIn},
		{kept.Job, r.hire},
	} {
		if place.id == "" {
			continue
		}
		b := e.byID(place.id)
		if b == nil {
			return fmt.Errorf("%w: %q", errGone, place.id)
		}
		place.into(b)
	}
	for thing, n := range kept.Bag {
		r.bag[thing] = n
	}
	r.cash, r.until, r.doing, r.interrupted = kept.Cash, kept.Until, kept.Doing, kept.Interrupted
	r.told, r.knows, r.talk = kept.Told, hearsay.Restored(kept.Heard), kept.Talk
	r.unsaved = false
	return nil
}
