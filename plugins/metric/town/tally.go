package town

import (
	"maps"
	"slices"
	"time"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

// maxReasons is how many reasons why coins change hands are told apart.
const maxReasons = 64

// tally is how a town fared. What it holds grows with residents.
type tally struct {
	roster *journal.Roster
	sheet  score.Sheet

	stood       int          // ticks of which it is known how the town stands
	first, last journal.Town // at the end of the first and the last of them
	goal        int64        // tick in which the goal was reached; -1 if never
	occupancy   stat.Mean

	decisions score.Counter
	vain      int

	given float64 // to the mayor at the start
	cash  []float64
	flows map[string]*flow
}

// flow is coins that change hands for one reason, in so many transfers.
type flow struct {
	coins float64
	n     int
}

func newTally(run sdk.Run) *tally {
	return &tally{roster: journal.NewRoster(run.Agents), goal: -1, cash: make([]float64, len(run.Agents)), flows: map[string]*flow{}}
}

func (t *tally) town(at journal.At, town *journal.Town) {
	if t.stood++; t.stood == 1 {
		t.first = *town
	}
	t.last = *town
	if town.Beds > 0 {
		t.occupancy.Add(occupied(town))
	}
	if town.Met && t.goal < 0 {
		t.goal = at.Tick
	}
}

// occupied is the share of beds that are somebody's.
func occupied(town *journal.Town) float64 {
	return max(0, min(1-stat.Ratio(town.FreeBeds, town.Beds), 1))
}

// unread is the kind of a decision that stayed none.
const unread = "(none)"

func (t *tally) decree(_ journal.At, d *journal.Decree) {
	if !d.OK {
		t.vain++
	}
	if d.Kind == "" {
		d.Kind = unread
	}
	t.decisions.Add(d.Kind)
}

func (t *tally) transfer(_ journal.At, f *journal.Transfer) {
	if !(f.Amount > 0) {
		return
	}
	if f.To == journal.AccountMayor && f.Why == "start" {
		t.given += f.Amount
	}
	if from := t.roster.Find(f.From); from >= 0 {
		t.cash[from] -= f.Amount
	}
	if to := t.roster.Find(f.To); to >= 0 {
		t.cash[to] += f.Amount
	}
	why := score.Name(f.Why)
	if t.flows[why] == nil && len(t.flows) < maxReasons {
		t.flows[why] = &flow{}
	}
	if sum := t.flows[why]; sum != nil {
		sum.coins += f.Amount
		sum.n++
	}
}

// close ends a window.
func (t *tally) close(last int64) {
	if t.stood == 0 {
		return
	}
	t.sheet.At("town_money", "", last, t.last.Money, 1)
	t.sheet.At("town_population", "", last, t.last.Population, 1)
	if t.last.Beds > 0 {
		t.sheet.At("town_occupancy", "", last, occupied(&t.last), int(t.last.Beds))
	}
}

func (t *tally) score(step time.Duration) {
	if t.stood > 0 {
		t.sheet.Run("town_money", t.last.Money, 1)
		t.sheet.Run("town_population", t.last.Population, 1)
		t.sheet.Run("town_population_gain", t.last.Population-t.first.Population, 1)
		t.sheet.Run("town_buildings", t.last.Buildings, 1)
		t.sheet.Run("town_occupancy", t.occupancy.Value(), t.occupancy.N)
		t.scoreGoal(step)
	}
	if n := t.decisions.Total; n > 0 {
		t.sheet.Run("town_decisions", float64(n), n)
		t.sheet.Run("town_invalid_share", stat.Ratio(t.vain, n), n)
		for _, kind := range t.decisions.Names() {
			t.sheet.Item("town_decision_share", kind, t.decisions.Of(kind)/float64(n), n)
		}
	}
	t.scoreMoney()
}

func (t *tally) scoreGoal(step time.Duration) {
	if t.goal < 0 {
		t.sheet.Run("town_success", 0, 1)
		return
	}
	t.sheet.Run("town_success", 1, 1)
	t.sheet.Run("town_hours_to_goal", float64(t.goal+1)*step.Hours(), 1)
}

func (t *tally) scoreMoney() {
	if len(t.flows) == 0 {
		return
	}
	if t.stood > 0 && t.given > 0 {
		t.sheet.Run("town_money_gain", t.last.Money-t.given, 1)
	}
	for _, why := range slices.Sorted(maps.Keys(t.flows)) {
		t.sheet.Item("town_flow", why, t.flows[why].coins, t.flows[why].n)
	}
	for i := range t.cash {
		t.cash[i] = max(t.cash[i], 0) // a journal that begins in the middle
	}
	t.sheet.Run("town_cash_gini", stat.Gini(t.cash), len(t.cash))
}
