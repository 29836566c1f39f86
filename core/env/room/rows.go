package room

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Kinds of row.
const (
	rowEvent   = "event"   // id of the study's event: rowOfEvent
	rowFloor   = "floor"   // floor: rowOfFloor
	rowMessage = "message" // m1: message
	rowSeat    = "seat"    // a0001: rowOfSeat
)

type rowOfEvent struct {
	Text string `json:"text"`
}

type rowOfFloor struct {
	Turns int    `json:"turns"`
	Last  string `json:"last,omitempty"`
	Guest string `json:"guest,omitempty"`
}

type rowOfSeat struct {
	Left   bool            `json:"left,omitempty"`
	Told   []string        `json:"told,omitempty"`
	Heard  []hearsay.Known `json:"heard,omitempty"`
	Spoken int             `json:"spoken"`
	Passed uint32          `json:"passed"` // a bit a turn, the last in bit 0
	Felt   int             `json:"felt"`   // turns that passed holds
}

func messageID(num int) string { return "m" + strconv.Itoa(num) }

// Changes implements env.Environment. It ends the turn.
func (e *Environment) Changes() []event.Row {
	e.settle()
	var rows []event.Row
	for _, id := range e.fresh {
		rows = append(rows, row(rowEvent, id, rowOfEvent{e.texts[id]}))
	}
	e.fresh = nil
	for i := range e.messages {
		if m := &e.messages[i]; m.unsaved {
			m.unsaved = false
			rows = append(rows, row(rowMessage, messageID(m.num), m))
		}
	}
	if f := &e.floor; f.unsaved {
		f.unsaved = false
		rows = append(rows, row(rowFloor, rowFloor, rowOfFloor{f.turns, e.id(f.last), e.id(f.guest)}))
	}
	for i := range e.seats {
		s := &e.seats[i]
		s.knows.Settle()
		if s.unsaved {
			s.unsaved = false
			rows = append(rows, row(rowSeat, s.id, rowOfSeat{s.left, s.told, s.knows.Settled(), s.spoken, s.passed, s.felt}))
		}
	}
	return rows
}

// settle notes whom the turn concerned: who spoke, whom the message is meant
// for or whose interests it touches, and of two the other one.
func (e *Environment) settle() {
	if e.floor.speaker == people.Nobody {
		return
	}
	present := e.present()
	for _, i := range present {
		s := &e.seats[i]
		switch {
		case !e.floor.spoke:
			s.feel(false)
		case i == e.floor.speaker || len(present) == 2:
			s.feel(true)
		default:
			s.feel(e.relevance(s) > 0)
		}
	}
	e.floor.settle(e.host)
}

// id of a place, empty for nobody.
func (e *Environment) id(place int) string {
	if place < 0 {
		return ""
	}
	return e.seats[place].id
}

// row cannot fail: rows are plain data made here.
func row(kind, id string, v any) event.Row {
	data, err := json.Marshal(v)
	if err != nil {
		panic("room: " + err.Error())
	}
	return event.Row{Kind: kind, ID: id, JSON: data}
}

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
