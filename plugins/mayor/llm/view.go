package llm

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Bounds of what the prompt shows: rows of a list, and runes.
const (
	maxRows = 60
	maxName = 80
	maxLine = 200
)

// hour is a town as the prompt shows it.
type hour struct {
	Day, Hour, Left, LastX, LastY    int
	Goal                             string
	Money, RecruitCost, NewcomerCash int64
	Buildings                        []sdk.Building
	FreeLots                         string
	Citizens                         []sdk.Citizen
	Types                            []kindView
	Actions                          []actionView
	Last                             *lastView
}

type kindView struct {
	Name        string
	Cost        int64
	Beds, Desks int
	Menu        string
}

type actionView struct{ Kind, About, Args string }

type lastView struct {
	Kind, Args, Detail string
	OK                 bool
}

func view(req sdk.MayorRequest) hour {
	t := req.Town
	h := hour{
		Day: t.Day, Hour: t.Hour, Left: t.Left, LastX: t.Width - 1, LastY: t.Height - 1, Goal: text.Plain(t.Goal, 4*maxLine),
		Money: t.Money, RecruitCost: t.RecruitCost, NewcomerCash: t.NewcomerCash,
		Buildings: t.Buildings[:min(len(t.Buildings), maxRows)], FreeLots: lots(t.Free),
	}
	for _, c := range t.Citizens[:min(len(t.Citizens), maxRows)] {
		c.Name, c.Bio, c.Goal = text.Quote(c.Name, maxName), text.Quote(c.Bio, maxLine), text.Quote(c.Goal, maxLine)
		h.Citizens = append(h.Citizens, c)
	}
	for _, k := range t.Types[:min(len(t.Types), maxRows)] {
		h.Types = append(h.Types, kindView{k.Name, k.Cost, k.Beds, k.Desks, menu(k.Menu)})
	}
	for _, a := range req.Actions {
		h.Actions = append(h.Actions, actionView{a.Kind, a.Description, arguments(a.Args)})
	}
	if l := t.Last; l != nil {
		h.Last = &lastView{text.Quote(l.Action.Kind, maxName), given(l.Action.Args), text.Plain(l.Detail, maxLine), l.OK}
	}
	return h
}

func lots(free []sdk.Lot) string {
	var out []string
	for _, l := range free[:min(len(free), maxRows)] {
		out = append(out, fmt.Sprintf("(%d, %d)", l.X, l.Y))
	}
	return strings.Join(out, " ")
}

func menu(prices map[string]int64) string {
	var out []string
	for _, thing := range slices.Sorted(maps.Keys(prices)) {
		out = append(out, fmt.Sprintf("%s %d", text.Quote(thing, maxName), prices[thing]))
	}
	return strings.Join(out, ", ")
}

func arguments(args []sdk.ArgSpec) string {
	var out []string
	for _, a := range args {
		words := a.Name + " — " + a.Description
		if len(a.Values) > 0 && len(a.Values) <= maxRows {
			words += " (" + strings.Join(a.Values, ", ") + ")"
		}
		out = append(out, words)
	}
	return strings.Join(out, "; ")
}

func given(args map[string]string) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(args)) {
		out = append(out, name+": «"+text.Quote(args[name], maxLine)+"»")
	}
	return strings.Join(out, ", ")
}
