package town_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
	"github.com/llm-city/gorod/plugins/metric/town"
)

type key = metrictest.Key

type fields = metrictest.Fields

// game is a game of four hours: the mayor builds, is refused, recruits, and
// says nothing that can be read.
func game() *metrictest.Run {
	r := metrictest.New(4, "a1", "a2", "a3")
	stands := func(tick int64, money, population, beds, free int, met bool) {
		r.Add(tick, "", "town", fields{"money": money, "population": population, "buildings": tick + 1, "beds": beds, "free_beds": free, "met": met})
	}
	move := func(tick int64, from, to string, amount int, why string) {
		r.Add(tick, "mayor", "transfer", fields{"from": from, "to": to, "amount": amount, "why": why})
	}
	move(0, "world", "mayor", 50000, "start")
	move(0, "world", "a1", 100, "start")
	r.Add(0, "mayor", "decree", fields{"kind": "build", "ok": true})
	move(0, "mayor", "world", 14000, "build")
	stands(0, 36000, 2, 0, 0, false)
	r.Add(1, "mayor", "decree", fields{"kind": "build", "ok": false, "detail": "занято"})
	stands(1, 36000, 2, 4, 2, false)
	r.Add(2, "mayor", "decree", fields{"kind": "recruit", "ok": true})
	move(2, "mayor", "a3", 10000, "cash")
	move(2, "mayor", "world", 2000, "recruit")
	stands(2, 24000, 3, 4, 1, true)
	r.Add(3, "mayor", "decree", fields{"ok": false})
	move(3, "world", "a2", 200, "wage")
	move(3, "a3", "mayor", 300, "goods")
	stands(3, 24300, 3, 4, 1, true)
	return r
}

func TestAGameIsMeasuredByHand(t *testing.T) {
	t.Parallel()
	game().Measure(t, town.Plugin(), `{"window":2}`, nil).Want(t, map[key]float64{
		{Metric: "town_money"}:                          24300,
		{Metric: "town_money", At: 2}:                   36000,
		{Metric: "town_money", At: 4}:                   24300,
		{Metric: "town_money_gain"}:                     24300 - 50000,
		{Metric: "town_population"}:                     3,
		{Metric: "town_population_gain"}:                1,
		{Metric: "town_buildings"}:                      4,
		{Metric: "town_occupancy"}:                      (0.5 + 0.75 + 0.75) / 3,
		{Metric: "town_occupancy", At: 2}:               0.5,
		{Metric: "town_decisions"}:                      4,
		{Metric: "town_invalid_share"}:                  0.5,
		{Metric: "town_decision_share", Item: "build"}:  0.5,
		{Metric: "town_decision_share", Item: "(none)"}: 0.25,
		{Metric: "town_success"}:                        1,
		{Metric: "town_hours_to_goal"}:                  3,
		{Metric: "town_flow", Item: "start"}:            50100,
		{Metric: "town_flow", Item: "goods"}:            300,
		{Metric: "town_cash_gini"}:                      (-2*100 + 0*200 + 2*9700) / (3.0 * 10000),
	})
}

func TestAGoalThatIsMissedTakesNoTime(t *testing.T) {
	t.Parallel()
	r := metrictest.New(1, "a1")
	r.Add(0, "", "town", fields{"money": 5, "population": 1})
	got := r.Measure(t, town.Plugin(), "", nil)
	got.Want(t, map[key]float64{{Metric: "town_success"}: 0, {Metric: "town_money"}: 5})
	for _, metric := range []string{"town_hours_to_goal", "town_occupancy", "town_money_gain", "town_invalid_share"} {
		if got.Has(key{Metric: metric}) {
			t.Errorf("%s is scored", metric)
		}
	}
}

func TestARunWithoutATownHasNoScores(t *testing.T) {
	t.Parallel()
	r := metrictest.New(5, "a1")
	r.Says(0, "a1", "", "Здесь нет города", 0)
	if got := r.Measure(t, town.Plugin(), "", nil); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

func BenchmarkMeasure(b *testing.B) { metrictest.Bench(b, town.Plugin(), "", nil) }
