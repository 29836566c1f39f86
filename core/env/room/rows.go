package room

import (
	"encoding/json"
	"strconv"

	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/event"
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
