package curious_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/sdk"
)

func TestANightComesOnceAtItsHour(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config string
		times  []string
		nights []int // of the times, those with a replay
	}{
		"by the hour":                     {``, []string{clock(1, 22), clock(2, 2), clock(2, 3), clock(2, 4), clock(2, 23), clock(3, 3)}, []int{2, 5}},
		"ticks leap over it":              {``, []string{clock(1, 12), clock(2, 12), clock(3, 12)}, []int{1, 2}},
		"ticks leap over several":         {``, []string{clock(1, 12), clock(9, 12), clock(9, 13), clock(10, 2)}, []int{1}},
		"a few minutes late":              {``, []string{clock(1, 12), "2026-03-02T02:59:00+03:00", "2026-03-02T03:07:00+03:00", "2026-03-02T03:14:00+03:00"}, []int{2}},
		"starting in the night":           {``, []string{clock(1, 3), clock(1, 4), clock(2, 3)}, []int{2}},
		"starting before the night":       {``, []string{clock(1, 2), clock(1, 3)}, []int{1}},
		"at another hour":                 {`{"night":"13:30"}`, []string{clock(1, 12), clock(1, 13), clock(1, 14), clock(2, 13), clock(2, 14)}, []int{2, 4}},
		"by its own clock, not UTC":       {`{"night":"00:00"}`, []string{"2026-03-01T23:00:00+03:00", "2026-03-02T00:00:00+03:00", "2026-03-02T03:00:00+03:00"}, []int{1}},
		"a clock that goes back":          {``, []string{clock(5, 12), clock(4, 12), clock(5, 13), clock(6, 12)}, []int{3}},
		"no clock":                        {``, []string{"", "", "tomorrow", ""}, nil},
		"plain recall never sleeps":       {`{"priority":"none"}`, []string{clock(1, 12), clock(2, 12)}, nil},
		"no replays are wanted":           {`{"replays":0}`, []string{clock(1, 12), clock(2, 12)}, nil},
		"the count-based ablation sleeps": {`{"priority":"count"}`, []string{clock(1, 12), clock(2, 12)}, []int{1}},
		"the adversarial ablation sleeps": {`{"priority":"adversarial"}`, []string{clock(1, 12), clock(2, 12)}, []int{1}},
		"a year's end":                    {``, []string{"2026-12-31T12:00:00Z", "2027-01-01T12:00:00Z"}, []int{1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &host{}
			m := start(t, tt.config, "ru", h)
			var nights []int
			for i, at := range tt.times {
				before := len(h.asked)
				m.observe(int64(i), sees(at, "что-то случилось"))
				if replays := len(h.asked) - before; replays > 1 {
					t.Errorf("%d replays at %s", replays, at)
				} else if replays == 1 {
					nights = append(nights, i)
				}
			}
			if diff := cmp.Diff(tt.nights, nights); diff != "" {
				t.Errorf("nights (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnEmptyMindSleepsWithoutDreams(t *testing.T) {
	t.Parallel()
	h := &host{}
	m := start(t, "", "ru", h)
	m.observe(1, sees(clock(1, 12)))
	m.observe(2, sees(clock(2, 12), "новость"))
	m.observe(3, sees(clock(2, 13)))
	if len(h.asked) != 0 {
		t.Errorf("asked %d times with nothing to replay", len(h.asked))
	}
}

func TestTheMostSurprisingAreReplayedAndLessonsAreKept(t *testing.T) {
	t.Parallel()
	h := teaching("красный мяч катится сам")
	m := start(t, `{"replays":2,"surprise":"embedding"}`, "ru", h)
	m.observe(1, sees(clock(1, 10), "хлеб подорожал"))
	m.observe(2, sees(clock(1, 11), "хлеб подорожал снова"))
	m.observe(3, sees(clock(1, 12), "красный мяч катится"))
	m.observe(4, sees(clock(1, 13), "хлеб подорожал снова"))
	before := m.memories("memory")
	m.observe(5, sees(clock(2, 3)))

	call := h.asked[0]
	if want := (sdk.Call{Agent: anna, Tick: 5, Purpose: "replay"}); call.Call != want || len(h.asked) != 1 {
		t.Errorf("%d calls, the first %+v, want one %+v", len(h.asked), call.Call, want)
	}
	// Nothing was expected of the first and nothing like it of the ball, so that
	// their surprise is 1, and the ball is newer.
	asked := call.Messages[1].Content
	if !strings.Contains(asked, "1. Борис пишет: «красный мяч катится»\n2. Борис пишет: «хлеб подорожал»\n") || strings.Contains(asked, "снова") {
		t.Errorf("replayed\n%s", asked)
	}
	after := m.memories("memory")
	ball, bread := after[2], after[0]
	if ball.Replays != 1 || bread.Replays != 1 || after[1].Replays != 0 || after[3].Replays != 0 {
		t.Errorf("replays: %+v", after)
	}
	if ball.Surprise >= before[2].Surprise || ball.Importance != 1 {
		t.Errorf("the ball after the lesson: %+v, before: %+v", ball, before[2])
	}
	if bread.Surprise < before[0].Surprise || bread.Importance != 0.5 {
		t.Errorf("what the lesson has nothing to do with: %+v, before: %+v", bread, before[0])
	}
	want := []remembered{{Seq: 4, Kind: "lesson", Text: "красный мяч катится сам", Time: before[0].Time + 17*3600, From: []int64{2, 0}, Importance: 1}}
	if diff := cmp.Diff(want, m.memories("lesson")); diff != "" {
		t.Errorf("lessons (-want +got):\n%s", diff)
	}
	found := m.recall(6, asks(sees(clock(2, 4)), "что с мячом? красный мяч", 1))
	if len(found.Items) != 1 {
		t.Errorf("found %+v", found.Items)
	}
}

func TestReplaysLowerThePrioritySoThatOthersHaveTheirTurn(t *testing.T) {
	t.Parallel()
	h := teaching("хлеб дорожает")
	m := start(t, `{"replays":1}`, "ru", h)
	m.observe(1, sees(clock(1, 10), "хлеб подорожал", "мост закрыт", "красный мяч"))
	for day := 2; day < 8; day++ {
		m.observe(int64(day), sees(clock(day, 3)))
	}
	for _, r := range m.memories("memory") {
		if r.Replays != 2 {
			t.Errorf("%q was replayed %d times in 6 nights", r.Text, r.Replays)
		}
	}
}

func TestImportanceFallsWhereNothingNewIsLearned(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		h    *host
		want []float64
	}{
		"no lesson":              {&host{}, []float64{0.5, 0.25}},
		"a lesson that explains": {teaching("красный мяч во дворе"), []float64{1, 0.5}}, // the second night it is known
		"a lesson that does not": {teaching("завтра среда"), []float64{0.5, 0.25}},
		"a reply that is no use": {&host{reply: func(sdk.GenerateRequest) (string, error) { return "zzz", nil }}, []float64{1, 1}},
		"the model fails":        {&host{reply: func(sdk.GenerateRequest) (string, error) { return "", sdk.Errorf(sdk.ErrModel, "no") }}, []float64{1, 1}},
		"a lesson of other notes": {&host{reply: func(sdk.GenerateRequest) (string, error) {
			return `{"lessons":[{"memories":[7,0,-1],"lesson":"красный мяч"}]}`, nil
		}}, []float64{0.5, 0.25}},
		"a lesson without words": {&host{reply: func(sdk.GenerateRequest) (string, error) {
			return `{"lessons":[{"memories":[1],"lesson":" \u200b "}]}`, nil
		}}, []float64{0.5, 0.25}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, "", "ru", tt.h)
			m.observe(1, sees(clock(1, 10), "красный мяч"))
			var got []float64
			for day := 2; day < 4; day++ {
				m.observe(int64(day), sees(clock(day, 3)))
				got = append(got, m.memories("memory")[0].Importance)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("importance (-want +got):\n%s", diff)
			}
			if len(m.memories("lesson")) > 1 {
				t.Errorf("one lesson is kept twice: %+v", m.memories("lesson"))
			}
		})
	}
}

func TestALessonSaidTwiceIsKeptOnce(t *testing.T) {
	t.Parallel()
	h := &host{reply: func(sdk.GenerateRequest) (string, error) {
		return `{"lessons":[{"memories":[1],"lesson":"Мяч — это весело."},{"memories":[2],"lesson":"мяч — это ВЕСЕЛО."},{"memories":[2],"lesson":"Ёж."}]}`, nil
	}}
	m := start(t, "", "ru", h)
	m.observe(1, sees(clock(1, 10), "красный мяч", "мост", "дождь"))
	m.observe(2, sees(clock(2, 3)))
	m.observe(3, sees(clock(3, 3)))
	var got []string
	for _, l := range m.memories("lesson") {
		got = append(got, l.Text)
	}
	if diff := cmp.Diff([]string{"Мяч — это весело.", "Ёж."}, got); diff != "" {
		t.Errorf("lessons (-want +got):\n%s", diff)
	}
}

func TestTheModelIsSampledAsConfigured(t *testing.T) {
	t.Parallel()
	h := &host{}
	m := start(t, `{"temperature":0.25,"max_tokens":77}`, "ru", h)
	m.observe(1, sees(clock(1, 10), "красный мяч"))
	m.observe(2, sees(clock(2, 3)))
	if req := h.asked[0]; req.Temperature == nil || *req.Temperature != 0.25 || req.MaxTokens != 77 {
		t.Errorf("temperature %v, max tokens %d", req.Temperature, req.MaxTokens)
	}
}
