// Package perception says what is new to an agent in what it observes, for the
// memory plugins.
package perception

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// MaxName bounds names of people, places, kinds and sources, in runes.
const MaxName = 60

// Bounds of what is looked at of actions.
const (
	maxActions = 8
	maxArgs    = 8
)

// Kinds of memory beside the kinds of item: what the agent itself did, and what
// it tried.
const (
	Did    = "did"
	Failed = "failed"
)

const actIgnore = "ignore"

// Last are the last count of a list, or all.
func Last[T any](list []T, count int) []T { return list[max(0, len(list)-count):] }

// Digest is a short name for data: 16 hexadecimal digits.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// Acted are the last outcomes but for those of ignoring. Their digest tells them
// from those of the tick before, since an agent that only listens sees the same
// ones again; it is empty where there are none.
func Acted(all []sdk.Outcome, plan sdk.Plan) ([]sdk.Outcome, string, error) {
	acted := slices.DeleteFunc(slices.Clone(Last(all, maxActions)), func(o sdk.Outcome) bool { return o.Action.Kind == actIgnore })
	if len(acted) == 0 {
		return nil, "", nil
	}
	data, err := json.Marshal(struct {
		Outcomes []sdk.Outcome
		Plan     sdk.Plan
	}{acted, plan})
	if err != nil {
		return nil, "", fmt.Errorf("digest outcomes: %w", err)
	}
	return acted, Digest(data), nil
}

// Items are what an observation shows of others: what is addressed to the agent,
// what was said (of both at most the last ones) and what its feed shows.
func Items(o *sdk.Observation, most int) []sdk.Item {
	return slices.Concat(Last(o.Notifications, most), Last(o.Messages, most), o.Timeline)
}

// Source says what an item is, so that it is remembered once however often it is
// seen: a post by its id, what is done to a post by who did it as well.
func Source(item *sdk.Item) string {
	switch {
	case item.ID == "":
		return Digest([]byte(item.Kind + "\x00" + item.Time + "\x00" + item.Author + "\x00" + item.Text))
	case content(item.Kind) && len(item.ID) <= MaxName:
		return text.Quote(item.ID, MaxName)
	case content(item.Kind):
		return Digest([]byte(item.ID))
	}
	return Digest([]byte(item.Kind + "\x00" + item.ID + "\x00" + item.Author + "\x00" + item.Text))
}

// content reports whether an item of a kind is what its id names.
func content(kind string) bool {
	switch kind {
	case sdk.ItemPost, sdk.ItemReply, sdk.ItemQuote, sdk.ItemDirect, sdk.ItemMessage, sdk.ItemEvent, sdk.ItemResult:
		return true
	}
	return false
}

// Author is who an item is from: the id, and the name or else the id.
func Author(item *sdk.Item) (id, name string) {
	id, name = text.Quote(item.Author, MaxName), text.Quote(item.AuthorName, MaxName)
	if name == "" {
		name = id
	}
	return id, name
}

// Arguments are the names of an action's arguments that are looked at, in order.
func Arguments(a sdk.Action) []string {
	names := slices.Sorted(maps.Keys(a.Args))
	return names[:min(len(names), maxArgs)]
}

// Deed is what the agent did, in at most limit runes: the action with its
// arguments and what came of it.
func Deed(o sdk.Outcome, limit int) (kind, words string) {
	kind = Did
	if !o.OK {
		kind = Failed
	}
	parts := []string{text.Cut(o.Action.Kind, MaxName)}
	for _, name := range Arguments(o.Action) {
		if name != "text" {
			parts = append(parts, text.Cut(o.Action.Args[name], MaxName))
		}
	}
	if said := o.Action.Arg("text"); said != "" {
		parts = append(parts, "— "+text.Cut(said, limit))
	}
	if o.Detail != "" {
		parts = append(parts, "→ "+text.Cut(o.Detail, limit))
	}
	return kind, text.Quote(strings.Join(parts, " "), limit)
}
