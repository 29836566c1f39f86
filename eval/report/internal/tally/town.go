package tally

import (
	"cmp"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/text"
)

// Town is a town over a run.
type Town struct {
	Last      event.Town // as it stands at the end; Decisions and Invalid are of its last tick
	Decisions int        // of the mayor
	Invalid   int        // of them refused
	Met       int64      // tick in which the goal was reached; -1 if never

	Decrees []Counted[Decreed] // by kind, the most frequent first
	Refused []Counted[string]  // why, the most frequent first
	Flows   []Flow             // coins, in order
}

// Decreed is a kind of a mayor's decision, and whether it was carried out.
type Decreed struct {
	Kind string
	OK   bool
}

// Flow adds up coins that went from one sort of account to another for a
// reason. Residents are one sort.
type Flow struct {
	From, To, Why string
	Coins         int64
	N             int // transfers
}

// resident is the sort of account that each resident has.
const resident = "resident"

// towns follows a town; there is none until it tells how it stands.
type towns struct {
	any     bool
	out     Town
	decrees *counter[Decreed]
	refused *counter[string]
	flows   map[[3]string]*Flow
}

func newTowns() towns {
	return towns{
		out: Town{Met: -1}, flows: map[[3]string]*Flow{}, refused: newCounter(maxReasons, strings.Compare),
		decrees: newCounter(maxKinds, func(a, b Decreed) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(yes(a.OK), yes(b.OK))) }),
	}
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (t *towns) stands(e event.Event, now event.Town, bin *Bin) {
	t.any = true
	t.out.Last = now
	t.out.Decisions += now.Decisions
	t.out.Invalid += now.Invalid
	if now.Met && t.out.Met < 0 {
		t.out.Met = e.Tick
	}
	if before := bin.Town; before != nil {
		now.Decisions += before.Decisions
		now.Invalid += before.Invalid
	}
	bin.Town = &now
}

func (t *towns) decreed(d event.Decree) {
	t.decrees.add(Decreed{text.Cut(d.Kind, 40), d.OK}, 1)
	if !d.OK {
		t.refused.add(text.Cut(strings.Join(strings.Fields(d.Detail), " "), maxReason), 1)
	}
}

// maxFlows bounds the reasons for which coins change hands: a plugin may not
// invent them, a broken journal may.
const maxFlows = 64

func (t *towns) transferred(x event.Transfer) {
	key := [3]string{sortOf(x.From), sortOf(x.To), text.Cut(x.Why, 40)}
	flow := t.flows[key]
	if flow == nil {
		if len(t.flows) == maxFlows {
			return
		}
		flow = &Flow{From: key[0], To: key[1], Why: key[2]}
		t.flows[key] = flow
	}
	flow.Coins += x.Amount
	flow.N++
}

// sort is the sort of account that an account is of.
func sortOf(account string) string {
	if account == event.AccountMayor || account == event.AccountWorld {
		return account
	}
	return resident
}

// result is nil where there is no town.
func (t *towns) result() *Town {
	if !t.any {
		return nil
	}
	out := t.out
	out.Decrees, out.Refused = t.decrees.top(maxKinds), t.refused.top(topReasons)
	for _, flow := range t.flows {
		out.Flows = append(out.Flows, *flow)
	}
	slices.SortFunc(out.Flows, func(a, b Flow) int {
		return cmp.Or(cmp.Compare(a.Why, b.Why), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return &out
}
