package room

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Restore implements env.Environment. No row at all leaves the room fresh.
func (e *Environment) Restore(rows iter.Seq2[event.Row, error]) error {
	any := false
	for row, err := range rows {
		if err != nil {
			return fmt.Errorf("restore room: %w", err)
		}
		if !any {
			any = true
			e.clear()
		}
		if err := e.load(row); err != nil {
			return fmt.Errorf("restore room: row %s %s: %w", row.Kind, row.ID, err)
		}
	}
	slices.SortFunc(e.messages, func(a, b message) int { return a.num - b.num })
	e.messages = e.messages[max(0, len(e.messages)-e.kept()):]
	for i := range e.messages {
		e.messages[i].stems = e.words.stems(e.messages[i].Text)
	}
	return nil
}

// clear forgets all but who the participants are.
func (e *Environment) clear() {
	for i, s := range e.seats {
		e.seats[i] = seat{id: s.id, place: s.place, interests: s.interests, name: s.name}
	}
	e.floor, e.messages, e.count = newFloor(), nil, 0
	e.texts, e.fresh = map[string]string{}, nil
}

func (e *Environment) load(row event.Row) error {
	switch row.Kind {
	case rowEvent:
		var r rowOfEvent
		err := json.Unmarshal(row.JSON, &r)
		e.texts[row.ID] = r.Text
		return err
	case rowMessage:
		return e.loadMessage(row)
	case rowFloor:
		var r rowOfFloor
		err := json.Unmarshal(row.JSON, &r)
		e.floor = newFloor()
		e.floor.turns, e.floor.last, e.floor.guest = r.Turns, e.people.Index(r.Last), e.people.Index(r.Guest)
		return err
	case rowSeat:
		return e.loadSeat(row)
	}
	return fmt.Errorf("unknown kind of row")
}

func (e *Environment) loadMessage(row event.Row) error {
	num, err := strconv.Atoi(strings.TrimPrefix(row.ID, "m"))
	if err != nil {
		return fmt.Errorf("bad id")
	}
	var m message
	if err := json.Unmarshal(row.JSON, &m); err != nil {
		return err
	}
	if e.seat(m.Author) == nil || m.Kind != sdk.ItemMessage && m.Kind != sdk.ItemLeave {
		return fmt.Errorf("no message of a participant")
	}
	m.num = num
	e.count = max(e.count, num)
	e.messages = append(e.messages, m)
	return nil
}

func (e *Environment) loadSeat(row event.Row) error {
	s := e.seat(row.ID)
	if s == nil {
		return fmt.Errorf("nobody has this id")
	}
	var r rowOfSeat
	if err := json.Unmarshal(row.JSON, &r); err != nil {
		return err
	}
	s.left, s.told, s.knows = r.Left, r.Told, hearsay.Restored(r.Heard)
	s.spoken, s.passed, s.felt = r.Spoken, r.Passed, r.Felt
	return nil
}
