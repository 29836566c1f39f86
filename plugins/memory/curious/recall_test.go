package curious_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/sdk"
)

// town lives through days of the same few things, six of them a day, and sees a
// red ball at noon of the last day.
func town(t *testing.T, config string, h *host, days int) *memory {
	t.Helper()
	m := start(t, config, "ru", h)
	tick := int64(0)
	for day := 1; day <= days; day++ {
		for hour := 8; hour < 20; hour += 2 {
			seen := sees(clock(day, hour), []string{"хлеб подорожал опять", "в парке опять собрание", "опять закрыт мост"}[tick%3])
			if day == days && hour == 12 {
				seen = sees(clock(day, hour), "на площади красный мяч")
			}
			m.observe(tick, seen)
			tick++
		}
	}
	return m
}

func TestTheRedBallComesFirstToTheCuriousOnly(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config string
		first  bool
	}{
		"curious":      {`{"recall":3}`, true},
		"adversarial":  {`{"recall":3,"priority":"adversarial"}`, true},
		"scored":       {`{"recall":3,"surprise":"logprob"}`, true},
		"count":        {`{"recall":3,"priority":"count"}`, false},
		"plain recall": {`{"recall":3,"priority":"none"}`, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &host{}
			if name == "scored" {
				h.score = newWords
			}
			m := town(t, tt.config, h, 4)
			// Hours later something else is before the resident's eyes.
			found := m.recall(30, asks(sees(clock(4, 22), "хлеб подорожал опять"), "", 0))
			first := strings.HasPrefix(found.Text, "Новое и неожиданное:\n- Борис пишет: «на площади красный мяч»")
			if first != tt.first || strings.Contains(found.Text, "мяч") != tt.first || len(found.Items) != 3 {
				t.Errorf("the ball comes first: %v, want %v, in\n%s", first, tt.first, found.Text)
			}
		})
	}
}

func TestWhatALessonExplainsIsNewNoMore(t *testing.T) {
	t.Parallel()
	const first = "Новое и неожиданное:\n- Борис пишет: «на площади красный мяч»"
	for name, tt := range map[string]struct {
		lesson, config string
		still          bool
	}{
		"a lesson explains it":              {"на площади бывает красный мяч", `{"fade":1}`, false},
		"nothing was learned":               {"", `{"fade":1}`, true},
		"nothing was learned, and it fades": {"", `{"fade":0.2}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &host{}
			m := town(t, tt.config, h, 4)
			if before := m.recall(30, asks(sees(clock(4, 22)), "", 0)).Text; !strings.HasPrefix(before, first) {
				t.Fatalf("before the night:\n%s", before)
			}
			h.reply = teaching(tt.lesson).reply
			m.observe(31, sees(clock(5, 3)))
			after := m.recall(32, asks(sees(clock(5, 4)), "", 0)).Text
			if strings.HasPrefix(after, first) != tt.still {
				t.Errorf("after the night:\n%s", after)
			}
			if tt.lesson != "" && !strings.Contains(after, "Чему тебя научила жизнь:\n- "+tt.lesson) {
				t.Errorf("the lesson is not recalled:\n%s", after)
			}
		})
	}
}

// One memory a night is replayed of: bread (all of it new, 0), the ball (as
// new, 1), bread again (as expected, 2). Nothing is learned.
func TestAblationsChooseOtherMemories(t *testing.T) {
	t.Parallel()
	for priority, want := range map[string][]int64{
		"curious":     {1, 0, 2, 1, 0, 2}, // seldom replayed first, then surprising
		"count":       {2, 1, 0, 2, 1, 0}, // seldom replayed first, then new
		"adversarial": {1, 0, 2, 1, 1, 1}, // surprising, however often replayed
		"none":        nil,
	} {
		t.Run(priority, func(t *testing.T) {
			t.Parallel()
			m := start(t, fmt.Sprintf(`{"replays":1,"surprise":"embedding","priority":%q}`, priority), "en", &host{})
			m.observe(1, sees(clock(1, 10), "хлеб подорожал"))
			m.observe(2, sees(clock(1, 11), "красный мяч"))
			m.observe(3, sees(clock(1, 12), "хлеб подорожал"))
			var got []int64
			before := m.memories("memory")
			for day := 2; day < 8; day++ {
				m.observe(int64(day+2), sees(clock(day, 3)))
				after := m.memories("memory")
				for i := range after {
					if after[i].Replays > before[i].Replays {
						got = append(got, after[i].Seq)
					}
				}
				before = after
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("replayed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestQuestionsAreAnsweredByWhatIsRelevant(t *testing.T) {
	t.Parallel()
	for _, priority := range []string{"curious", "none"} {
		m := town(t, fmt.Sprintf(`{"recency_weight":0.1,"priority_weight":0.1,"priority":%q}`, priority), &host{}, 2)
		found := m.recall(12, asks(sees(clock(2, 20)), "когда откроют мост", 0))
		var got []string
		for _, item := range found.Items {
			got = append(got, item.Text)
		}
		if len(got) != 4 || !strings.Contains(got[0], "мост") {
			t.Errorf("%s: not every different memory once, the most relevant first: %q", priority, got)
		}
		if !slices.IsSortedFunc(found.Items, func(a, b sdk.Remembrance) int { return int(b.Score*1e6) - int(a.Score*1e6) }) {
			t.Errorf("%s: not the best first: %+v", priority, found.Items)
		}
		if only := m.recall(12, asks(sees(clock(2, 20)), "когда откроют мост", 1)); len(only.Items) != 1 || only.Items[0].Text != got[0] {
			t.Errorf("%s: with limit 1: %+v", priority, only.Items)
		}
	}
}

// Plain recall is relevance and recency alone: what is as relevant goes by its
// age, and nothing but age decides where nothing is asked.
func TestPlainRecallIsRelevanceAndRecency(t *testing.T) {
	t.Parallel()
	m := start(t, `{"priority":"none","recall":2}`, "ru", &host{})
	m.observe(1, sees(clock(1, 10), "мост закрыт надолго"))
	m.observe(2, sees(clock(3, 10), "мост закрыт сегодня"))
	m.observe(3, sees(clock(3, 11), "красный мяч"))
	m.observe(4, sees(clock(3, 12), "хлеб"))
	for question, want := range map[string][]int64{"мост закрыт": {1, 0}, "?": {3, 2}} {
		var got []int64
		for _, item := range m.recall(5, asks(sees(clock(3, 13)), question, 0)).Items {
			got = append(got, item.Tick-1)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", question, diff)
		}
	}
}

func TestWhatIsBeforeTheEyesIsNotRecalledAsWell(t *testing.T) {
	t.Parallel()
	m := start(t, "", "en", &host{})
	m.observe(1, sees(clock(1, 10), "мост"))
	seen := sees(clock(1, 11), "хлеб")
	m.observe(2, seen)
	if got := m.recall(2, asks(seen, "", 0)); strings.Contains(got.Text, "хлеб") || !strings.Contains(got.Text, "мост") {
		t.Errorf("in the same tick:\n%s", got.Text)
	}
	if got := m.recall(2, asks(seen, "хлеб", 0)); !strings.Contains(got.Text, "хлеб") {
		t.Errorf("asked for in the same tick:\n%s", got.Text)
	}
	if got := m.recall(3, asks(seen, "", 0)); !strings.Contains(got.Text, "хлеб") {
		t.Errorf("later:\n%s", got.Text)
	}
}

func TestEverythingIsRememberedOnce(t *testing.T) {
	t.Parallel()
	m := start(t, "", "ru", &host{})
	seen := sees(clock(1, 10), "мост")
	own := sdk.Item{ID: "own", Kind: sdk.ItemPost, Author: anna, Text: "моё"}
	like := sdk.Item{ID: "own", Kind: sdk.ItemFavourite, Author: "a0002", AuthorName: "Борис"}
	likeToo := sdk.Item{ID: "own", Kind: sdk.ItemFavourite, Author: "a0003"}
	reply := seen.Observation.Timeline[0]
	reply.Kind, reply.Addressed = sdk.ItemReply, true
	news := sdk.Item{Kind: sdk.ItemEvent, Text: "Дождь.", Time: clock(1, 9)}
	seen.Observation.Notifications = []sdk.Item{reply, like, likeToo, news, news}
	seen.Observation.Messages = []sdk.Item{{ID: "m1", Kind: sdk.ItemMessage, Author: "a0003", AuthorName: "Вера", Text: "Привет!"}}
	seen.Observation.Timeline = append(seen.Observation.Timeline, own)
	seen.Observation.Outcomes = []sdk.Outcome{
		{Action: sdk.Action{Kind: "ignore"}, OK: true},
		{Action: sdk.Action{Kind: "reply", Args: map[string]string{"text": "Да.", "target": "p1"}}, Detail: "нет такой записи"},
	}
	m.observe(1, seen)
	m.observe(2, seen)
	later := seen
	later.Observation.Outcomes = []sdk.Outcome{{Action: sdk.Action{Kind: "post", Args: map[string]string{"text": "Эй"}}, OK: true}}
	m.observe(3, later)
	var got []string
	for _, r := range m.memories("memory") {
		got = append(got, r.Kind+" "+r.Text)
	}
	want := []string{
		"failed reply p1 — Да. → нет такой записи", "reply мост", "favourite ", "favourite ", "event Дождь.", "message Привет!", "did post — Эй",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("memories (-want +got):\n%s", diff)
	}
}

func TestAttentionIsBounded(t *testing.T) {
	t.Parallel()
	m := start(t, `{"attention":3}`, "ru", &host{})
	seen := sees(clock(1, 10), "а", "б", "в", "г", "д")
	for tick, want := range []int{3, 5, 5} { // what was not seen is seen later
		m.observe(int64(tick), seen)
		if got := len(m.memories("memory")); got != want {
			t.Errorf("%d memories after tick %d, want %d", got, tick, want)
		}
	}
}

func TestWhatWasForgottenIsNewWhenItIsSeenAgain(t *testing.T) {
	t.Parallel()
	m := start(t, `{"capacity":2}`, "ru", &host{})
	first := sees(clock(1, 10), "мост")
	m.observe(1, first)
	m.observe(2, sees(clock(1, 11), "хлеб", "дождь"))
	m.observe(3, first)
	if got := m.memories("memory"); len(got) != 2 || got[0].Text != "дождь" || got[1].Text != "мост" {
		t.Errorf("%+v", got)
	}
}

func TestWeightsDecideWhatCounts(t *testing.T) {
	t.Parallel()
	for weights, want := range map[string]string{
		`"recency_weight":0,"priority_weight":0`:                      "красный мяч упал", // the most relevant
		`"relevance_weight":0,"priority_weight":0`:                    "хлеб",             // the newest
		`"relevance_weight":0,"recency_weight":0`:                     "дождь",            // never replayed
		`"relevance_weight":0,"recency_weight":0,"priority_weight":0`: "хлеб",             // of equal ones the newest
	} {
		m := start(t, `{"priority":"count","replays":2,`+weights+`}`, "ru", &host{})
		m.observe(1, sees(clock(1, 10), "дождь"))
		m.observe(2, sees(clock(1, 12), "красный мяч упал"))
		m.observe(3, sees(clock(1, 13), "хлеб"))
		m.observe(4, sees(clock(2, 3)))
		if got := m.recall(5, asks(sees(clock(2, 4)), "красный мяч упал", 1)); !strings.Contains(got.Text, want) {
			t.Errorf("%s: %q, want %s", weights, got.Text, want)
		}
	}
}

func TestAPlaceIsHeldForALesson(t *testing.T) {
	t.Parallel()
	for held, want := range map[string]bool{``: true, `,"lessons":0`: false} {
		m := town(t, `{"recall":2,"novelties":0,"replays":2,"priority_weight":5`+held+`}`, teaching("жизнь идёт"), 3)
		if got := m.recall(30, asks(sees(clock(3, 22)), "", 0)); strings.Contains(got.Text, "жизнь идёт") != want || len(got.Items) != 2 {
			t.Errorf("%q: the lesson is recalled: %v, want %v:\n%s", held, !want, want, got.Text)
		}
	}
}

// With half the recency left after an hour, the relevant counts for 1 + 1.5/2
// after one hour and for 1 + 1.5/16 after four, the newest for 1.5.
func TestRecencyHalvesByTheSimulatedHour(t *testing.T) {
	t.Parallel()
	for hours, want := range map[int]string{1: "мяч", 4: "хлеб"} {
		m := start(t, `{"priority":"none","recency_decay":0.5,"recency_weight":1.5}`, "ru", &host{})
		m.observe(1, sees(clock(1, 10), "мяч"))
		m.observe(2, sees(clock(1, 10+hours), "хлеб"))
		if got := m.recall(3, asks(sees(clock(1, 10+hours)), "мяч", 1)); !strings.Contains(got.Text, want) {
			t.Errorf("after %d hours: %q, want %s", hours, got.Text, want)
		}
	}
}
