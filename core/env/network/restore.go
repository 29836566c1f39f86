package network

import (
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
)

// loader takes the environment's rows out of a stream and lets the others
// through to the network.
type loader struct {
	e       *Environment
	any     bool
	vectors map[string][]float32
	last    []social.Post              // of the last tick that made any
	heard   map[string][]hearsay.Known // of visitors
}

// Restore implements env.Environment. No row at all leaves the environment
// fresh.
func (e *Environment) Restore(rows iter.Seq2[event.Row, error]) error {
	l := &loader{e: e, vectors: map[string][]float32{}, heard: map[string][]hearsay.Known{}}
	if s, ok := e.net.(social.Stateful); ok {
		if err := s.Restore(l.others(rows)); err != nil {
			return err
		}
	} else {
		for _, err := range l.others(rows) {
			if err != nil {
				return err
			}
		}
	}
	if e.vectors != nil && l.any {
		e.vectors.restore(l.vectors, l.last)
	}
	if !l.any {
		return nil
	}
	return e.greet(l.heard)
}

// others are the rows that are not the environment's, which are loaded on the
// way.
func (l *loader) others(rows iter.Seq2[event.Row, error]) iter.Seq2[event.Row, error] {
	return func(yield func(event.Row, error) bool) {
		for row, err := range rows {
			if err == nil && !l.any {
				l.any = true
				l.clear()
			}
			mine := false
			if err == nil {
				if mine, err = l.load(row); err != nil {
					err = fmt.Errorf("restore environment: row %s %s: %w", row.Kind, row.ID, err)
				}
			}
			if mine && err == nil {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// clear forgets all but who the residents are.
func (l *loader) clear() {
	for i, r := range l.e.readers {
		l.e.readers[i] = reader{id: r.id, place: r.place}
	}
	l.e.texts, l.e.openings, l.e.sayings, l.e.fresh = map[string]string{}, map[string]string{}, sayings{}, nil
}

// load takes in a row of the environment and says whether it is one.
func (l *loader) load(row event.Row) (mine bool, err error) {
	switch row.Kind {
	case rowEvent:
		var r rowOfEvent
		err = json.Unmarshal(row.JSON, &r)
		l.e.texts[row.ID] = r.Text
	case rowReader:
		err = l.reader(row)
	case rowVector:
		l.vectors[row.ID], err = unpacked(row.JSON)
	case rowPost:
		return false, l.post(row)
	default:
		return false, nil
	}
	return true, err
}

func (l *loader) reader(row event.Row) error {
	var kept rowOfReader
	if err := json.Unmarshal(row.JSON, &kept); err != nil {
		return err
	}
	if strings.HasPrefix(row.ID, "@") {
		l.heard[row.ID] = kept.Heard
		return nil
	}
	r := l.e.reader(row.ID)
	if r == nil {
		return fmt.Errorf("nobody has this id")
	}
	r.told, r.found, r.knows = kept.Told, kept.Found, hearsay.Restored(kept.Heard)
	var err error
	r.shown, err = unlisted(kept.Shown)
	return err
}

// post keeps the posts of the last tick, for a feed that embeds them.
func (l *loader) post(row event.Row) error {
	if l.e.vectors == nil {
		return nil
	}
	var p social.Post
	if err := json.Unmarshal(row.JSON, &p); err != nil {
		return err
	}
	if len(l.last) > 0 && p.Tick > l.last[0].Tick {
		l.last = l.last[:0]
	}
	if len(l.last) == 0 || p.Tick == l.last[0].Tick {
		l.last = append(l.last, p)
	}
	return nil
}

// unlisted reads what listed wrote.
func unlisted(list string) ([]shown, error) {
	var out []shown
	for _, field := range strings.Fields(list) {
		id, count, counted := strings.Cut(field, ":")
		s := shown{key: keyOf(id), id: id}
		if counted {
			var err error
			if s.replies, err = strconv.Atoi(count); err != nil {
				return nil, err
			}
		}
		out = append(out, s)
	}
	return out, nil
}
