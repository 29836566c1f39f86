package events_test

import (
	"math"
	"testing"

	"github.com/llm-city/gorod/plugins/metric/events"
	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
)

type key = metrictest.Key

func TestChoicesAreSharedOutByEventAndKind(t *testing.T) {
	t.Parallel()
	r := metrictest.New(4, "a1", "a2")
	r.Add(0, "a1", "told", metrictest.Fields{"event": "fair"})
	r.Add(0, "a1", "told", metrictest.Fields{"event": "strike"})
	r.Add(0, "a1", "told", metrictest.Fields{"event": "frost"})
	r.Add(0, "a1", "told", metrictest.Fields{"event": "flood"})
	for range 2 {
		r.Says(1, "a1", "fair", "да", 0)
		r.Says(2, "a2", "strike", "нет", 0)
	}
	for range 4 {
		r.Add(3, "a2", "action", metrictest.Fields{"kind": "like"})
	}
	r.Measure(t, events.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "event_share", Item: "fair"}:   0.5,
		{Metric: "event_share", Item: "strike"}: 0.5,
		{Metric: "about_share"}:                 0.5,
		{Metric: "event_entropy"}:               1,
		{Metric: "event_evenness"}:              0.5, // of two bits for four events
		{Metric: "event_entropy", Agent: "a1"}:  0,
		{Metric: "event_preference"}:            1, // who acts says which event
		{Metric: "kind_share", Item: "like"}:    0.5,
		{Metric: "kind_entropy"}:                1,
		{Metric: "kind_evenness"}:               1,
		{Metric: "invalid_share"}:               0,
	})
}

func TestResidentsWhoChooseAlikeHaveNoPreference(t *testing.T) {
	t.Parallel()
	r := metrictest.New(1, "a1", "a2")
	for _, a := range []string{"a1", "a2"} {
		r.Says(0, a, "fair", "", 0)
		r.Says(0, a, "strike", "", 0)
		r.Says(0, a, "strike", "", 0)
		r.Says(0, a, "strike", "", 0)
	}
	h := -(0.25*math.Log2(0.25) + 0.75*math.Log2(0.75))
	r.Measure(t, events.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "event_preference"}: 0, {Metric: "event_entropy"}: h, {Metric: "event_evenness"}: h,
	})
}

func TestWhatIsTriedInVainIsCounted(t *testing.T) {
	t.Parallel()
	r := metrictest.New(1, "a1", "a2")
	r.Says(0, "a1", "", "да", 0)
	r.Add(0, "a1", "invalid", metrictest.Fields{"why": "нет опроса", "action": metrictest.Fields{"kind": "vote"}})
	r.Add(0, "a2", "invalid", metrictest.Fields{"why": "нельзя", "action": metrictest.Fields{"kind": "post"}})
	r.Add(0, "a2", "invalid", metrictest.Fields{"why": "не разобран"})
	r.Measure(t, events.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "invalid_share"}:               0.75,
		{Metric: "bad_reply_share"}:             0.25,
		{Metric: "invalid_share", Item: "vote"}: 1,
		{Metric: "invalid_share", Item: "post"}: 0.5,
		{Metric: "invalid_share", Agent: "a1"}:  0.5,
		{Metric: "invalid_share", Agent: "a2"}:  1,
	})
}

func TestTextsFitTheRoleWhoseWordsTheyUse(t *testing.T) {
	t.Parallel()
	r := metrictest.New(1, "cook", "doctor")
	r.Agents[0].Persona.Interests = []string{"пироги", "суп"}
	r.Agents[1].Persona.Interests = []string{"больница", "лекарства"}
	r.Says(0, "cook", "", "Сегодня пирог и супы!", 0)         // «сегодня» is a word of nobody, «и» stops
	r.Says(0, "doctor", "", "Пирог вместо лекарств, Пётр", 0) // one word of the other's, one of its own
	r.Measure(t, events.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "role_fit", Agent: "cook"}:   2.0 / 3,
		{Metric: "role_fit", Agent: "doctor"}: 0,
		{Metric: "role_fit"}:                  1.0 / 3,
	})
}

func TestAnEmptyRunHasNoScores(t *testing.T) {
	t.Parallel()
	for _, r := range []*metrictest.Run{metrictest.New(0), metrictest.New(5, "a1", "a2")} {
		if got := r.Measure(t, events.Plugin(), "", nil); len(got) > 0 {
			t.Errorf("%+v", got)
		}
	}
}

func BenchmarkMeasure(b *testing.B) { metrictest.Bench(b, events.Plugin(), "", nil) }
