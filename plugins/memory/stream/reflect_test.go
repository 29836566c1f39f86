package stream_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/memory/stream"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestReflectionComesWhenEnoughMattered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config string
		want   []int64 // ticks at which it reflects, where each brings importance 5
	}{
		{`{"reflect_after":15}`, []int64{4, 8}}, // past the threshold
		{`{"reflect_after":15,"form":"code"}`, []int64{3, 6, 9}},
		{`{"reflect_after":0}`, nil},
		{``, nil}, // 45 is less than 150
	} {
		h := thoughtful()
		m := start(t, c.config, "ru", h)
		for tick := range int64(9) {
			m.observe(tick+1, sees(clock(1, int(tick)), fmt.Sprint("случай ", tick)))
		}
		var got []int64
		for _, call := range h.of("questions") {
			got = append(got, call.Call.Tick)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: reflected (-want +got):\n%s", c.config, diff)
		}
	}
}

func TestInsightsAreMemoriesWithEvidence(t *testing.T) {
	t.Parallel()
	h := thoughtful()
	m := start(t, `{"reflect_after":9,"recall":2,"recency_weight":0,"importance_weight":0}`, "ru", h)
	m.observe(1, sees(clock(1, 9), "мост закрыт", "Кто помогает? Вера помогает!"))
	want := []remembered{
		{Seq: 2, Tick: 1, Time: 1772344800, Used: 1772344800, Kind: "reflection", Text: "Вывод 0 из 1", Importance: 5, Evidence: []string{"memory/00000000", "memory/00000001"}},
		{Seq: 3, Tick: 1, Time: 1772344800, Used: 1772344800, Kind: "reflection", Text: "Вывод 1 из 1", Importance: 5, Evidence: []string{"memory/00000000", "memory/00000001"}},
	}
	if diff := cmp.Diff(want, m.memories("reflection")); diff != "" {
		t.Errorf("reflections (-want +got):\n%s", diff)
	}
	if asked := h.of("importance"); len(asked) != 2 || asked[1].Call.Index != 1 {
		t.Errorf("%d calls for ratings, want one of observations and one of insights", len(asked))
	}
	if calls := h.of("insights"); len(calls) != 2 || !strings.Contains(calls[1].Messages[1].Content, "Что не так с мостом?") {
		t.Errorf("insights were asked for %d times", len(calls))
	}
	// They are found as other memories are.
	got := m.recall(2, asks(sees(clock(2, 9)), "вывод 0 из", 1))
	if len(got.Items) != 1 || got.Items[0].Key != "reflection/00000002" || got.Text != "К чему ты приходишь, размышляя:\n- Вывод 0 из 1" {
		t.Errorf("recalled %+v", got)
	}
}

func TestReflectionsRestOnReflections(t *testing.T) {
	t.Parallel()
	h := thoughtful()
	m := start(t, `{"reflect_after":4}`, "ru", h)
	for tick := range int64(3) {
		m.observe(tick+1, sees(clock(1, int(tick)), fmt.Sprint("случай ", tick)))
	}
	for _, e := range m.memories("reflection") {
		if e.Tick == 3 && strings.HasPrefix(e.Evidence[len(e.Evidence)-1], "reflection/") {
			return
		}
	}
	t.Errorf("no reflection rests on another: %+v", m.memories("reflection"))
}

func TestReflectionIsAboutTheLastMemories(t *testing.T) {
	t.Parallel()
	h := thoughtful()
	m := start(t, `{"reflect_after":24,"reflect_over":3}`, "ru", h)
	for tick := range int64(5) {
		m.observe(tick+1, sees(clock(1, int(tick)), fmt.Sprint("случай ", tick)))
	}
	f, err := facts[stream.QuestionFacts](h.of("questions")[0])
	want := []string{"Борис пишет: «случай 2»", "Борис пишет: «случай 3»", "Борис пишет: «случай 4»"}
	if diff := cmp.Diff(want, f.Memories); diff != "" || err != nil {
		t.Errorf("%v, memories (-want +got):\n%s", err, diff)
	}
}

func TestBadRepliesAreSkippedWithALine(t *testing.T) {
	t.Parallel()
	huge, err := asJSON(strings.Repeat("«вывод» <|im_start|> [p1] \u200b", 20_000))
	if err != nil {
		t.Fatal(err)
	}
	bad := func(sdk.GenerateRequest) (string, error) { return "", sdk.Errorf(sdk.ErrModel, "nonsense") }
	one := saying(`{"questions":["Что с мостом?"]}`)
	type replies = map[string]func(sdk.GenerateRequest) (string, error)
	for name, c := range map[string]struct {
		reply       replies
		importance  int // of the only observation
		reflections int
		silent      bool
	}{
		"rating 11":            {replies{"importance": saying(`{"importance":[11]}`)}, 3, 0, false},
		"rating 0":             {replies{"importance": saying(`{"importance":[0]}`)}, 3, 0, false},
		"rating -1e300":        {replies{"importance": saying(`{"importance":[-1e300]}`)}, 3, 0, false},
		"rating 7.4":           {replies{"importance": saying(`{"importance":[7.4]}`)}, 7, 0, true},
		"too many ratings":     {replies{"importance": saying(`{"importance":[7,8]}`)}, 3, 0, false},
		"rambling rating":      {replies{"importance": saying(`I'd say it is a 7, because`)}, 3, 0, false},
		"no rating":            {replies{"importance": bad}, 3, 0, false},
		"no questions":         {replies{"questions": bad}, 5, 0, false},
		"rambling questions":   {replies{"questions": saying(`Ну, например, вот что:`)}, 5, 0, false},
		"empty questions":      {replies{"questions": saying(`{"questions":["","  "]}`)}, 5, 0, true},
		"no insights":          {replies{"questions": one, "insights": bad}, 5, 0, false},
		"wrong keys":           {replies{"questions": one, "insights": saying(`{"insights":[{"insight":"Мост плох","evidence":[0,-3,99]}]}`)}, 5, 0, false},
		"keys that are text":   {replies{"questions": one, "insights": saying(`{"insights":[{"insight":"Мост плох","evidence":["memory/00000000"]}]}`)}, 5, 0, false},
		"no evidence":          {replies{"questions": one, "insights": saying(`{"insights":[{"insight":"Мост плох"}]}`)}, 5, 0, false},
		"some keys are wrong":  {replies{"questions": one, "insights": saying(`{"insights":[{"insight":"Мост плох","evidence":[7,1,1]}]}`)}, 5, 1, true},
		"says nothing":         {replies{"questions": one, "insights": saying(`{"insights":[{"insight":" \u200b","evidence":[1]}]}`)}, 5, 0, false},
		"says it twice":        {replies{"questions": one, "insights": saying(`{"insights":[{"insight":"Мост плох","evidence":[1]},{"insight":"Мост плох","evidence":[1]}]}`)}, 5, 1, true},
		"more than asked":      {replies{"questions": one, "insights": saying(`{"insights":[` + strings.Repeat(`{"insight":"Мост плох","evidence":[1]},`, 9) + `{"insight":"Нет","evidence":[1]}]}`)}, 5, 1, true},
		"a book":               {replies{"questions": saying(`{"questions":[` + huge + `]}`), "insights": saying(`{"insights":[{"insight":` + huge + `,"evidence":[1]}]}`)}, 5, 1, true},
		"insights of insights": {replies{"questions": one, "insights": saying(`[[[]]]`)}, 5, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, `{"reflect_after":2}`, "ru", &host{reply: c.reply})
			m.observe(1, sees(clock(1, 9), "мост закрыт"))
			if got := m.memories("memory"); len(got) != 1 || got[0].Importance != c.importance {
				t.Errorf("memories %+v, want one of importance %d", got, c.importance)
			}
			reflections := m.memories("reflection")
			if len(reflections) != c.reflections {
				t.Errorf("%d reflections, want %d", len(reflections), c.reflections)
			}
			for _, e := range reflections {
				if diff := cmp.Diff([]string{"memory/00000000"}, e.Evidence); diff != "" || len(e.Text) > 1200 || strings.Contains(e.Text, "<|") {
					t.Errorf("evidence (-want +got), %d bytes:\n%s", len(e.Text), diff)
				}
			}
			if (m.log.Len() == 0) != c.silent {
				t.Errorf("log %q", m.log)
			}
			m.observe(2, sees(clock(1, 10), "мост открыт")) // goes on
			if len(m.memories("memory")) != 2 {
				t.Error("it did not go on")
			}
		})
	}
}
