package network

import (
	"encoding/json"
	"strconv"

	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
)

// Kinds of row that are the environment's own; a network that is part of the
// run has its own beside them.
const (
	rowReader = "reader" // a0001, @alice: rowOfReader
	rowEvent  = "event"  // id of the study's event: rowOfEvent
	rowVector = "vector" // p1 or a0001: little-endian float32 in base64
	rowPost   = "post"   // the network's
)

type rowOfEvent struct {
	Text string `json:"text"`
}

type rowOfReader struct {
	Told  []string        `json:"told,omitempty"`
	Found []string        `json:"found,omitempty"`
	Heard []hearsay.Known `json:"heard,omitempty"`
	Shown string          `json:"shown,omitempty"` // "p1:2 p3": posts, with the answers they had
}

// Changes implements env.Environment: events, vectors, readers in agent order,
// guests, then what the network changed.
func (e *Environment) Changes() []event.Row {
	var rows []event.Row
	for _, id := range e.fresh {
		rows = append(rows, row(rowEvent, id, rowOfEvent{e.texts[id]}))
	}
	e.fresh = nil
	if e.vectors != nil {
		rows = append(rows, e.vectors.rows()...)
	}
	for i := range e.readers {
		rows = e.readers[i].save(rows)
	}
	for _, r := range e.guests {
		rows = r.save(rows)
	}
	if s, ok := e.net.(social.Stateful); ok {
		rows = append(rows, s.Changes()...)
	}
	return rows
}

// save adds the row of a reader that changed.
func (r *reader) save(rows []event.Row) []event.Row {
	r.knows.Settle()
	if !r.unsaved {
		return rows
	}
	r.unsaved = false
	return append(rows, row(rowReader, r.id, rowOfReader{r.told, r.found, r.knows.Settled(), listed(r.shown)}))
}

// row cannot fail: rows are plain data made here.
func row(kind, id string, v any) event.Row {
	data, err := json.Marshal(v)
	if err != nil {
		panic("network: " + err.Error())
	}
	return event.Row{Kind: kind, ID: id, JSON: data}
}

func listed(posts []shown) string {
	buf := make([]byte, 0, 8*len(posts))
	for i, s := range posts {
		if i > 0 {
			buf = append(buf, ' ')
		}
		buf = append(buf, s.id...)
		if s.replies > 0 {
			buf = append(buf, ':')
			buf = strconv.AppendInt(buf, int64(s.replies), 10)
		}
	}
	return string(buf)
}
