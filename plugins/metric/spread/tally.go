package spread

import (
	"hash/maphash"
	"slices"
	"time"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

// maxEvents is how many events of a study are followed.
const maxEvents = 256

type tally struct {
	roster   *journal.Roster
	step     time.Duration
	groups   []string
	group    []int // of each resident
	members  []int // of each group
	cascades map[string]*cascade
	order    []string // of the cascades

	seed  maphash.Seed // of the hashes of plans, which do not leave the run
	plans []lastPlan
	// pairs of successive plans, and those that differ
	pairs, differ int
}

// lastPlan is what a resident has decided last.
type lastPlan struct {
	hash    uint64 // of its purpose and place; 0 is none yet
	changed bool   // by an action since
	// waiting are the cascades heard of since.
	waiting []*cascade
}

func newTally(run sdk.Run) *tally {
	t := &tally{
		roster: journal.NewRoster(run.Agents), step: run.Step, cascades: map[string]*cascade{},
		seed: maphash.MakeSeed(), plans: make([]lastPlan, len(run.Agents)),
	}
	t.groups, t.group = t.roster.Groups()
	t.members = make([]int, len(t.groups))
	for _, g := range t.group {
		t.members[g]++
	}
	return t
}

// cascade is that of an event; nil where there are too many.
func (t *tally) cascade(event string, tick int64) *cascade {
	c, ok := t.cascades[event]
	if !ok && event != "" && len(t.order) < maxEvents {
		c = newCascade(tick, len(t.groups))
		t.cascades[event], t.order = c, append(t.order, event)
	}
	return c
}

func (t *tally) heard(at journal.At, h *journal.Heard) {
	c := t.cascade(h.Event, at.Tick)
	if c == nil || !c.add(at.Tick, at.Agent, t.roster.Find(h.From), h.Hops) {
		return
	}
	c.byGroup[t.group[at.Agent]]++
	if p := &t.plans[at.Agent]; p.hash != 0 {
		p.waiting = append(p.waiting, c)
	}
}

func (t *tally) action(at journal.At, a *journal.Action) {
	if p := &t.plans[at.Agent]; a.Kind == "change_plan" && p.hash != 0 {
		p.changed = true
	}
}

func (t *tally) plan(at journal.At, plan *journal.Plan) {
	last := &t.plans[at.Agent]
	hash := max(maphash.Comparable(t.seed, *plan), 1)
	if last.hash != 0 {
		changed := 0
		if last.changed || hash != last.hash {
			changed = 1
		}
		t.pairs++
		t.differ += changed
		for _, c := range last.waiting {
			c.compared++
			c.changed += changed
		}
	}
	*last = lastPlan{hash: hash, waiting: last.waiting[:0]}
}

func (t *tally) score(sheet *score.Sheet) {
	for _, event := range slices.Sorted(slices.Values(t.order)) {
		t.scoreOne(sheet, score.Name(event), t.cascades[event])
	}
}

func (t *tally) scoreOne(sheet *score.Sheet, event string, c *cascade) {
	n, heard := t.roster.Len(), c.size()
	sheet.Item("cascade_reach", event, stat.Ratio(heard, n), n)
	for g, name := range t.groups {
		if len(t.groups) > 1 {
			sheet.Add(sdk.Score{Metric: "cascade_reach", Group: name, Item: event, Tick: sdk.NoTick,
				Value: stat.Ratio(c.byGroup[g], t.members[g]), N: t.members[g]})
		}
	}
	sheet.Item("cascade_size", event, float64(heard), heard)
	if heard == 0 {
		return
	}
	depth, breadth, hops := c.shape()
	sheet.Item("cascade_depth", event, float64(depth), heard)
	sheet.Item("cascade_breadth", event, float64(breadth), heard)
	sheet.Item("cascade_mean_hops", event, hops, heard)
	sheet.Item("half_time", event, c.halfTime()*t.step.Hours(), heard)
	sheet.Item("structural_virality", event, c.virality(), heard)
	share := stat.Ratio(c.changed, c.compared)
	sheet.Item("plan_change_share", event, share, c.compared)
	sheet.Item("plan_changes", event, float64(c.changed), c.compared)
	sheet.Item("plan_change_lift", event, share-stat.Ratio(t.differ, t.pairs), c.compared)
}
