package panel

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/panel/internal/chart"
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
)

type placeBody struct {
	at
	Kind    string // network, room, town
	Groups  []groupRow
	Follows int
	Linked  int // residents who follow somebody
	Room    city.Chat
	Turns   []city.Message
	Town    *event.Town
	Money   []named
	Lots    []lot
	Across  int
	Down    int
	Decrees []city.Decree
	Dwell   []dwellerRow
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
	At, Home, Job, Doing string
	Cash                 int64
}

// place shows where the residents are.
func (p *Panel) place(ctx context.Context, q *request) error {
	j, err := q.run.city.Journal(ctx)
	if err != nil {
		return err
	}
	body := placeBody{Kind: "network"}
	rows := map[string][]journal.StoredRow{}
	for _, kind := range []string{rowGroup, rowMember, rowFollow, rowBuilding, rowResident, rowTown} {
		for row, err := range j.RowsOf(ctx, kind) {
			if err != nil {
				return err
			}
			rows[kind] = append(rows[kind], row)
		}
	}
	err = q.run.city.Read(ctx, q.tick, func(v *city.View) error {
		body.at = here("place", v, j.Meta().Clock.Ticks)
		if chat, _, ok := v.Chat(city.Room, 0, 0); ok {
			body.Kind, body.Room = "room", chat
			_, body.Turns, _ = v.Chat(city.Room, mostTurns, max(0, chat.Messages-mostTurns))
			slices.Reverse(body.Turns)
			return nil
		}
		if len(rows[rowTown]) > 0 {
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

// network is the groups and how many follow others.
func (b *placeBody) network(v *city.View, rows map[string][]journal.StoredRow) error {
	members := map[string]int{}
	for _, row := range rows[rowMember] {
		names, err := value[[]string](row)
		if err != nil {
			return err
		}
		for _, name := range names {
			members[name]++
		}
	}
	for _, row := range rows[rowFollow] {
		others, err := value[[]string](row)
		if err != nil {
			return err
		}
		b.Follows += len(others)
		b.Linked++
	}
	for _, row := range rows[rowGroup] {
		g, err := value[social.Group](row)
		if err != nil {
			return err
		}
		b.Groups = append(b.Groups, groupRow{g, v.Name(g.Owner), members[g.Name]})
	}
	slices.SortStableFunc(b.Groups, func(a, c groupRow) int { return cmp.Compare(c.Count, a.Count) })
	return nil
}

func value[T any](row journal.StoredRow) (v T, err error) {
	if err := json.Unmarshal(row.JSON, &v); err != nil {
		return v, fmt.Errorf("row %s/%s: %w", row.Kind, row.ID, err)
	}
	return v, nil
}

// town is what a town has, and how its mayor rules.
func (q *request) town(b *placeBody, v *city.View, rows map[string][]journal.StoredRow) error {
	towns := v.Towns()
	var money, people, beds []float64
	for _, t := range towns {
		money, people, beds = append(money, float64(t.Money)), append(people, float64(t.Population)), append(beds, float64(t.Beds))
	}
	if n := len(towns); n > 0 {
		b.Town = &towns[n-1]
	}
	b.Money = []named{
		q.figure("money", []chart.Series{{Name: q.words.T("town.money"), Values: money}}, chart.Options{Fill: true}, v.Marks()),
		q.figure("population", []chart.Series{{Name: q.words.T("town.population"), Values: people}, {Name: q.words.T("town.beds"), Values: beds}}, chart.Options{}, nil),
	}
	decrees := v.Decrees()
	b.Decrees = slices.Clone(decrees[max(0, len(decrees)-mostDecrees):])
	slices.Reverse(b.Decrees)
	if err := b.dwellers(v, rows[rowResident]); err != nil {
		return err
	}
	return b.lots(rows[rowBuilding])
}

func (b *placeBody) dwellers(v *city.View, rows []journal.StoredRow) error {
	type resident struct {
		At, Home, Job, Doing string
		Cash                 int64
	}
	for _, row := range rows[:min(mostDwell, len(rows))] {
		r, err := value[resident](row)
		if err != nil {
			return err
		}
		b.Dwell = append(b.Dwell, dwellerRow{v.Name(row.ID), r.At, r.Home, r.Job, r.Doing, r.Cash})
	}
	return nil
}

func (b *placeBody) lots(rows []journal.StoredRow) error {
	here, living := map[string]int{}, map[string]int{}
	for _, r := range b.Dwell {
		here[r.At]++
		living[r.Home]++
	}
	for _, row := range rows {
		l, err := value[lot](row)
		if err != nil {
			return err
		}
		l.ID, l.Here, l.Living = row.ID, here[row.ID], living[row.ID]
		b.Across, b.Down = max(b.Across, l.X+1), max(b.Down, l.Y+1)
		b.Lots = append(b.Lots, l)
	}
	slices.SortFunc(b.Lots, func(a, c lot) int { return cmp.Or(cmp.Compare(a.Y, c.Y), cmp.Compare(a.X, c.X)) })
	return nil
}
