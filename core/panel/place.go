package panel

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/social"
)

// Bounds of what the page of a place lists.
const (
	mostTurns   = 60
	mostDecrees = 60
	mostDwell   = 200
)

// Kinds of row that say what a place is like. They are those of the packages
// under core/env and core/social.
const (
	rowGroup    = "group"
	rowMember   = "member"
	rowFollow   = "follow"
	rowBuilding = "building"
	rowResident = "resident"
	rowTown     = "town"
	rowNewcomer = "newcomer"
)

type placeBody struct {
	at
	Kind    string // network, room, town
	Groups  []groupRow
	Follows int
	Linked  int  // residents who follow somebody
	Tied    bool // follows were changed at once since: how many there were cannot be told
	Room    city.Chat
	Turns   []city.Message
	Town    *event.Town
	Money   []named
	Lots    []lot
	Across  int
	Down    int
	Decrees []city.Decree
	Dwell   []dwellerRow
	Unknown bool
	Burnt   int // buildings that stood then and do no more: where, nothing tells
}

type groupRow struct {
	social.Group
	Owner city.Name
	Count int
}

// lot is a building of a town.
type lot struct {
	ID, Type     string
	X, Y         int
	Income       int64
	Here, Living int // residents who are there, whose home it is
}

type dwellerRow struct {
	city.Name
	At, Home, Job string
	Cash          int64
}

// rowsOf are the environment's rows by kind, as they were after a tick.
type rowsOf struct {
	tick int64
	by   map[string][]journal.StoredRow
}

func (q *request) rows(ctx context.Context) (rows rowsOf, err error) {
	j, err := q.run.city.Journal(ctx)
	if err != nil {
		return rows, err
	}
	snapshot, err := j.Snapshot(ctx)
	if err != nil {
		return rows, err
	}
	defer func() { err = errors.Join(err, snapshot.Close()) }()
	rows = rowsOf{snapshot.Tick(), map[string][]journal.StoredRow{}}
	for _, kind := range []string{rowGroup, rowMember, rowFollow, rowBuilding, rowResident, rowTown} {
		for row, err := range snapshot.Rows(ctx, kind) {
			if err != nil {
				return rows, err
			}
			rows.by[kind] = append(rows.by[kind], row)
		}
	}
	return rows, nil
}

// place shows where the residents are. The journal keeps how a place stands after
// the last tick; how it stood before follows from what happened since.
func (p *Panel) place(ctx context.Context, q *request) error {
	body := placeBody{Kind: "network"}
	rows, err := q.rows(ctx)
	if err != nil {
		return err
	}
	err = q.read(ctx, "place", &body.at, func(v *city.View) error {
		if chat, _, ok := v.Chat(city.Room, 0, 0); ok {
			body.Kind, body.Room = "room", chat
			_, body.Turns, _ = v.Chat(city.Room, mostTurns, max(0, chat.Messages-mostTurns))
			slices.Reverse(body.Turns)
			return nil
		}
		if len(rows.by[rowTown]) > 0 {
			body.Kind = "town"
			return q.town(&body, v, rows)
		}
		return body.network(v, rows)
	})
	if err != nil {
		return err
	}
	return q.show("place", q.words.T("menu.place"), body)
}

// network is the groups and how many follow others: the rows, without what came
// after the view's tick.
func (b *placeBody) network(v *city.View, rows rowsOf) error {
	since := v.Since(rows.tick)
	members := map[string]int{}
	for _, row := range rows.by[rowMember] {
		names, err := value[[]string](row)
		if err != nil {
			return err
		}
		for _, name := range names {
			members[name]++
		}
	}
	if err := b.follows(rows.by[rowFollow], since); err != nil {
		return err
	}
	for _, row := range rows.by[rowGroup] {
		g, err := value[social.Group](row)
		if err != nil {
			return err
		}
		if !since.Groups[g.Name] {
			b.Groups = append(b.Groups, groupRow{g, v.Name(g.Owner), members[g.Name] - since.Members[g.Name]})
		}
	}
	slices.SortStableFunc(b.Groups, func(a, c groupRow) int { return cmp.Compare(c.Count, a.Count) })
	return nil
}

func (b *placeBody) follows(rows []journal.StoredRow, since city.Unmade) error {
	b.Tied = since.Tied
	count := map[string]int{}
	for _, row := range rows {
		others, err := value[[]string](row)
		if err != nil {
			return err
		}
		count[row.ID] = len(others)
	}
	for who, more := range since.Follows { // also of whom no row is left
		count[who] -= more
	}
	for _, n := range count {
		b.Follows += n
		if n > 0 {
			b.Linked++
		}
	}
	return nil
}

func value[T any](row journal.StoredRow) (v T, err error) {
	if err := json.Unmarshal(row.JSON, &v); err != nil {
		return v, fmt.Errorf("row %s/%s: %w", row.Kind, row.ID, err)
	}
	return v, nil
}
