package stream

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

// Bounds of what is kept, in runes, and of what is looked at.
const (
	maxText     = 280
	maxName     = 60
	maxArgument = 280
	maxActions  = 8
	maxArgs     = 8
)

// Kinds of memory beside the kinds of item, and an action with a meaning here.
const (
	memoryDid    = "did"
	memoryFailed = "failed"

	actIgnore = "ignore"
)

// gather finds what is new in an observation: what came of the agent's actions,
// what is addressed to it, what was said, and what its feed shows, in this
// order and at most config.Attention of it. What is said twice is heard once.
func (m *mind) gather(agent *sdk.Agent, o *sdk.Observation) (fresh []*entry, outcomes string, err error) {
	acted, outcomes, err := news(o.Outcomes, agent.Plan)
	if err != nil {
		return nil, "", err
	}
	heard := map[[3]string]*entry{}
	add := func(e *entry) {
		said := [3]string{e.Kind, e.Name, e.Text}
		switch same := heard[said]; {
		case same != nil:
			same.Sources = last(append(same.Sources, e.Sources...), m.config.Attention)
		case len(fresh) < m.config.Attention:
			heard[said] = e
			e.Place = text.Quote(o.Place, maxName)
			fresh = append(fresh, e)
		}
	}
	if outcomes != m.cursor.Outcomes {
		for _, o := range acted {
			add(ownEntry(o))
		}
	}
	met := map[string]bool{}
	for _, item := range slices.Concat(last(o.Notifications, m.config.Attention), last(o.Messages, m.config.Attention), o.Timeline) {
		if len(fresh) == m.config.Attention {
			break
		}
		source := sourceOf(&item)
		if item.Author == agent.ID || met[source] || m.sources[source] > 0 {
			continue
		}
		met[source] = true
		add(itemEntry(&item, source))
	}
	return fresh, outcomes, nil
}

func last[T any](list []T, count int) []T { return list[max(0, len(list)-count):] }

// news leaves out the outcomes of ignoring. The digest tells them from those of
// the tick before: an agent that only listens sees the same ones again.
func news(all []sdk.Outcome, plan sdk.Plan) ([]sdk.Outcome, string, error) {
	acted := slices.DeleteFunc(slices.Clone(last(all, maxActions)), func(o sdk.Outcome) bool { return o.Action.Kind == actIgnore })
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
	return acted, digest(data), nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// sourceOf says what an item is, so that it is remembered once however often it
// is seen: a post by its id, what is done to a post by who did it as well.
func sourceOf(item *sdk.Item) string {
	switch {
	case item.ID == "":
		return digest([]byte(item.Kind + "\x00" + item.Time + "\x00" + item.Author + "\x00" + item.Text))
	case content(item.Kind) && len(item.ID) <= maxName:
		return text.Quote(item.ID, maxName)
	case content(item.Kind):
		return digest([]byte(item.ID))
	}
	return digest([]byte(item.Kind + "\x00" + item.ID + "\x00" + item.Author + "\x00" + item.Text))
}

// content reports whether an item of a kind is what its id names.
func content(kind string) bool {
	switch kind {
	case sdk.ItemPost, sdk.ItemReply, sdk.ItemQuote, sdk.ItemDirect, sdk.ItemMessage, sdk.ItemEvent, sdk.ItemResult:
		return true
	}
	return false
}

func itemEntry(item *sdk.Item, source string) *entry {
	e := &entry{
		Kind: text.Quote(item.Kind, maxName), Who: text.Quote(item.Author, maxName), Name: text.Quote(item.AuthorName, maxName),
		Text: text.Quote(item.Text, maxText), Sources: []string{source},
	}
	if e.Name == "" {
		e.Name = e.Who
	}
	return e
}

// ownEntry is what the agent did, in words: the action with its arguments.
func ownEntry(o sdk.Outcome) *entry {
	e := &entry{Kind: memoryDid}
	if !o.OK {
		e.Kind = memoryFailed
	}
	parts := []string{text.Cut(o.Action.Kind, maxName)}
	names := slices.Sorted(maps.Keys(o.Action.Args))
	for _, name := range names[:min(len(names), maxArgs)] {
		if name != "text" {
			parts = append(parts, text.Cut(o.Action.Args[name], maxName))
		}
	}
	if said := o.Action.Arg("text"); said != "" {
		parts = append(parts, "— "+text.Cut(said, maxArgument))
	}
	if o.Detail != "" {
		parts = append(parts, "→ "+text.Cut(o.Detail, maxArgument))
	}
	e.Text = text.Quote(strings.Join(parts, " "), maxText)
	return e
}
