package emotion_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/llm-city/gorod/plugins/metric/emotion"
	"github.com/llm-city/gorod/plugins/metric/internal/metrictest"
)

type key = metrictest.Key

func TestEmotionsAndLabelsAreCounted(t *testing.T) {
	t.Parallel()
	r := metrictest.New(2, "a1")
	say := func(label, emotion string) {
		r.Add(0, "a1", "action", metrictest.Fields{"kind": "post", "text": "х",
			"sentiment": metrictest.Fields{"valence": 0.5, "label": label, "emotion": emotion}})
	}
	say("positive", "joy")
	say("positive", "joy")
	say("negative", "anger")
	say("neutral", "")
	say("negative", "anger")
	r.Add(0, "a1", "action", metrictest.Fields{"kind": "post", "text": "без оценки"})
	r.Measure(t, emotion.Plugin(), "", nil).Want(t, map[key]float64{
		{Metric: "emotion_share", Item: "joy"}:    0.5,
		{Metric: "emotion_share", Item: "anger"}:  0.5,
		{Metric: "emotion_entropy"}:               1,
		{Metric: "label_share", Item: "positive"}: 0.4,
		{Metric: "label_share", Item: "neutral"}:  0.2,
		{Metric: "text_valence"}:                  0.5,
	})
}

func TestMoodsAreFollowedThroughTime(t *testing.T) {
	t.Parallel()
	r := metrictest.New(4, "a1", "a2")
	r.Feels(0, "a1", 0.5)
	r.Feels(1, "a2", 1)
	r.Feels(3, "a1", -1)
	r.Measure(t, emotion.Plugin(), `{"window":2}`, nil).Want(t, map[key]float64{
		{Metric: "mood_valence", At: 2}: 0.75, {Metric: "mood_valence", At: 4}: -1, {Metric: "mood_valence"}: 0.5 / 3,
	})
}

// Each resident writes the opposite of how it feels, but the cheerful one is
// cheerful in both: the pooled correlation is positive, the one within is -1.
func TestFitWithinResidentsIsTakenApartFromFitBetweenThem(t *testing.T) {
	t.Parallel()
	r := metrictest.New(8, "glad", "sad")
	for tick := range int64(8) {
		up := float64(tick%2) / 5
		r.Feels(tick, "glad", 0.5+up)
		r.Says(tick, "glad", "", "х", 0.7-up)
		r.Feels(tick, "sad", -0.7+up)
		r.Says(tick, "sad", "", "х", -0.5-up)
	}
	got := r.Measure(t, emotion.Plugin(), "", nil)
	// Per resident variance 0.01 each way, between them 0.36.
	got.Want(t, map[key]float64{
		{Metric: "mood_text_within"}:                 -1,
		{Metric: "mood_text_pearson"}:                (0.36 - 0.01) / (0.36 + 0.01),
		{Metric: "mood_text_pearson", Agent: "glad"}: -1,
		{Metric: "mood_text_spearman", Agent: "sad"}: -1,
		{Metric: "mood_text_spearman"}:               (2 - 0.5) / (2 + 0.5), // mean ranks 2.5, 6.5, 10.5, 14.5
	})
}

func TestRanksForgiveACurve(t *testing.T) {
	t.Parallel()
	r := metrictest.New(10, "a1")
	for tick := range int64(10) {
		x := float64(tick) / 10
		r.Feels(tick, "a1", x)
		r.Says(tick, "a1", "", "х", x*x*x)
	}
	got := r.Measure(t, emotion.Plugin(), `{"min_texts":20}`, nil)
	if p := got.Value(key{Metric: "mood_text_pearson"}); !(p > 0.8 && p < 0.99) {
		t.Errorf("pearson %v", p)
	}
	if s := got.Value(key{Metric: "mood_text_spearman"}); !(s > 0.97) { // 0, 0.001 and 0.008 round together
		t.Errorf("spearman %v", s)
	}
	if got.Has(key{Metric: "mood_text_pearson", Agent: "a1"}) {
		t.Error("a resident with too few texts is scored")
	}
}

func TestMoodsBeforeAndAfterHearingAreCompared(t *testing.T) {
	t.Parallel()
	r := metrictest.New(10, "a1", "a2", "a3", "a4")
	for tick := range int64(10) { // hears at 4: 0 before, -0.5 in that tick and the next, then back
		x := 0.0
		if tick == 4 || tick == 5 {
			x = -0.5
		}
		if tick == 4 {
			r.Hears(4, "a1", "flood", "", 0)
		}
		r.Feels(tick, "a1", x)
		r.Feels(tick, "a2", float64(tick)/10) // rises all along: 0.1 a tick
	}
	r.Hears(4, "a2", "flood", "", 0) // stands after its mood
	r.Hears(0, "a3", "flood", "", 0) // no mood before
	r.Feels(0, "a3", 1)
	r.Feels(0, "a4", 1)
	r.Hears(1, "a4", "flood", "", 0) // no mood after
	r.Hears(2, "a1", "fair", "", 0)  // nothing moves
	got := r.Measure(t, emotion.Plugin(), `{"within":2,"expected":{"flood":-1,"fair":1}}`, nil)
	got.Want(t, map[key]float64{
		{Metric: "mood_change", Item: "flood"}:          (-0.5 + 0.2) / 2,
		{Metric: "mood_change_se", Item: "flood"}:       0.35,
		{Metric: "mood_change_expected", Item: "flood"}: 0.5,
		{Metric: "mood_change_expected"}:                0.5,
		{Metric: "mood_change", Item: "fair"}:           0,
	})
	// One degree of freedom: Student's t is Cauchy's.
	want := 1 - 2/math.Pi*math.Atan(0.15/0.35)
	if p := got.Value(key{Metric: "mood_change_p", Item: "flood"}); math.Abs(p-want) > 1e-6 {
		t.Errorf("p %v, want %v", p, want)
	}
}

func TestASignThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	_, err := metrictest.New(1, "a1").Try(t, emotion.Plugin(), `{"expected":{"flood":0.5}}`, nil)
	if err == nil || !strings.Contains(err.Error(), "flood") {
		t.Error(err)
	}
}

func TestAnEmptyRunHasNoScores(t *testing.T) {
	t.Parallel()
	r := metrictest.New(5, "a1")
	for i := range 3 { // moods and texts without variation correlate with nothing
		r.Feels(int64(i), "a1", 0)
		r.Says(int64(i), "a1", "", fmt.Sprint(i), 0)
	}
	for _, s := range r.Measure(t, emotion.Plugin(), `{"min_texts":3}`, nil) {
		if strings.HasPrefix(s.Metric, "mood_text") {
			t.Errorf("%+v", s)
		}
	}
	if got := metrictest.New(0).Measure(t, emotion.Plugin(), "", nil); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

func BenchmarkMeasure(b *testing.B) { metrictest.Bench(b, emotion.Plugin(), "", nil) }
