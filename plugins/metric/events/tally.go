package events

import (
	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

// tally is what residents chose. What it holds grows with residents.
type tally struct {
	roster *journal.Roster
	events map[string]bool // that exist, at most maxEvents
	about  score.Counter
	kinds  score.Counter
	vain   score.Counter // kinds of refused actions
	bad    int           // replies without an action
	agents []chooser
	roles  *roles
}

// maxEvents is how many events of a study are told apart.
const maxEvents = 256

// chooser is what one resident chose.
type chooser struct {
	about         score.Counter
	actions, vain int
}

func newTally(run sdk.Run) *tally {
	roster := journal.NewRoster(run.Agents)
	return &tally{
		roster: roster, events: map[string]bool{}, agents: make([]chooser, len(run.Agents)), roles: newRoles(roster, run.Language),
	}
}

func (t *tally) known(event string) {
	if event != "" && len(t.events) < maxEvents {
		t.events[event] = true
	}
}

func (t *tally) action(at journal.At, a *journal.Action) {
	who := &t.agents[at.Agent]
	who.actions++
	t.kinds.Add(a.Kind)
	if a.About != "" {
		t.known(a.About)
		t.about.Add(a.About)
		who.about.Add(a.About)
	}
	if a.Text != "" {
		t.roles.add(at.Agent, a.Text)
	}
}

func (t *tally) invalid(at journal.At, i *journal.Invalid) {
	t.agents[at.Agent].vain++
	if i.Action == nil {
		t.bad++
		return
	}
	t.vain.Add(i.Action.Kind)
}

func (t *tally) scoreEvents(sheet *score.Sheet) {
	counts := t.about.Counts()
	for i, event := range t.about.Names() {
		sheet.Item("event_share", event, counts[i]/float64(t.about.Total), t.about.Total)
	}
	sheet.Run("about_share", stat.Ratio(t.about.Total, t.kinds.Total), t.kinds.Total)
	entropy, own := stat.Entropy(counts), 0.0
	sheet.Run("event_entropy", entropy, t.about.Total)
	sheet.Run("event_evenness", stat.Evenness(counts, len(t.events)), t.about.Total)
	for i := range t.agents {
		who := &t.agents[i].about
		if who.Total == 0 {
			continue
		}
		h := stat.Entropy(who.Counts())
		own += h * float64(who.Total)
		sheet.Agent("event_entropy", t.roster.ID(i), h, who.Total)
	}
	sheet.Run("event_preference", max(entropy-stat.Ratio(own, t.about.Total), 0), t.about.Total)
}

func (t *tally) scoreKinds(sheet *score.Sheet) {
	counts := t.kinds.Counts()
	for i, kind := range t.kinds.Names() {
		sheet.Item("kind_share", kind, counts[i]/float64(t.kinds.Total), t.kinds.Total)
	}
	sheet.Run("kind_entropy", stat.Entropy(counts), t.kinds.Total)
	sheet.Run("kind_evenness", stat.Evenness(counts, len(counts)), t.kinds.Total)
}

func (t *tally) scoreInvalid(sheet *score.Sheet) {
	vain := t.vain.Total + t.bad
	tried := t.kinds.Total + vain
	sheet.Run("invalid_share", stat.Ratio(vain, tried), tried)
	sheet.Run("bad_reply_share", stat.Ratio(t.bad, tried), tried)
	for _, kind := range t.vain.Names() {
		n := t.vain.Of(kind) + t.kinds.Of(kind)
		sheet.Item("invalid_share", kind, t.vain.Of(kind)/n, int(n))
	}
	for i, who := range t.agents {
		n := who.actions + who.vain
		sheet.Agent("invalid_share", t.roster.ID(i), stat.Ratio(who.vain, n), n)
	}
}
