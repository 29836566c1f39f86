package stream_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/memory/stream"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestEachThingSeenBecomesOneMemory(t *testing.T) {
	t.Parallel()
	h := &host{}
	m := start(t, "", "ru", h)
	seen := sees(clock(1, 9), "Мост закрыт.", "Ёж ушёл.")
	o := &seen.Observation
	o.Timeline = append(o.Timeline,
		sdk.Item{ID: "other", Kind: sdk.ItemPost, Author: "a0002", AuthorName: "Борис", Text: "Мост закрыт."}, // says the same
		sdk.Item{ID: "own", Kind: sdk.ItemPost, Author: anna, Text: "Это я."})
	o.Notifications = []sdk.Item{{Kind: sdk.ItemFollow, Author: "a0003", AuthorName: "Вера"}}
	o.Outcomes = []sdk.Outcome{
		{Action: sdk.Action{Kind: "post", Args: map[string]string{"text": "Это я."}}, OK: true},
		{Action: sdk.Action{Kind: "ignore"}, OK: true},
	}
	m.observe(1, seen)
	var told []string
	for _, e := range m.memories("memory") {
		told = append(told, e.Kind+"|"+e.Name+"|"+e.Text)
		if e.Tick != 1 || e.Time != 1772344800 || e.Used != e.Time || e.Importance != 5 {
			t.Errorf("memory %+v", e)
		}
	}
	want := []string{"did||post — Это я.", "follow|Вера|", "post|Борис|Мост закрыт.", "post|Борис|Ёж ушёл."}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("memories (-want +got):\n%s", diff)
	}
	if calls := h.of("importance"); len(calls) != 1 || len(h.asked) != 1 {
		t.Errorf("%d calls for 4 ratings, want 1", len(h.asked))
	}
	m.observe(2, seen)
	if got := len(m.memories("memory")); got != 4 {
		t.Errorf("%d memories after seeing the same again, want 4", got)
	}
}

func TestWhatIsRecalledIsAccessed(t *testing.T) {
	t.Parallel()
	m := start(t, `{"recall":1,"recency_weight":0,"importance_weight":0}`, "ru", &host{})
	m.observe(1, sees(clock(1, 9), "мост закрыт надолго", "пирог с вишней остыл"))
	later := sees(clock(3, 9), "где мост")
	m.observe(2, later)
	used := map[string]bool{}
	for _, e := range m.memories("memory") {
		used[e.Text] = e.Used > e.Time
	}
	if diff := cmp.Diff(map[string]bool{"мост закрыт надолго": true, "пирог с вишней остыл": false, "где мост": false}, used); diff != "" {
		t.Errorf("accessed (-want +got):\n%s", diff)
	}
	got := m.recall(2, asks(later, "", 0))
	if len(got.Items) != 1 || got.Items[0].Text != "Борис пишет: «мост закрыт надолго»" {
		t.Errorf("recalled %+v", got.Items)
	}
	if !strings.Contains(got.Text, "Ты помнишь:\n- Борис пишет: «мост закрыт надолго»") || strings.Contains(got.Text, "где мост") {
		t.Errorf("text\n%s", got.Text)
	}
}

func TestAnAccessMakesAMemoryRecent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ form, first string }{
		{"paper", "мост закрыт надолго"},
		{"code", "пирог с вишней остыл"}, // the inversion: what was left alone comes first
	} {
		config := `{"form":"` + c.form + `","recall":1,"recency_weight":0,"importance_weight":0}`
		m := start(t, config, "ru", &host{})
		m.observe(1, sees(clock(1, 9), "мост закрыт надолго", "пирог с вишней остыл"))
		m.observe(2, sees(clock(3, 9), "мост закрыт надолго?"))
		recent := m.restarted(`{"form":"`+c.form+`","relevance_weight":0,"importance_weight":0}`, &host{})
		got := recent.recall(3, asks(sees(clock(3, 10)), "", 0)).Items
		at := slices.IndexFunc(got, func(r sdk.Remembrance) bool { return strings.Contains(r.Text, c.first) })
		other := slices.IndexFunc(got, func(r sdk.Remembrance) bool { return r.Tick == 1 && !strings.Contains(r.Text, c.first) })
		if len(got) != 3 || at > other {
			t.Errorf("%s: items %+v, want %q before the other", c.form, got, c.first)
		}
	}
}

func TestAskingLeavesNoTrace(t *testing.T) {
	t.Parallel()
	m := start(t, `{"recall":1}`, "ru", &host{})
	m.observe(1, sees(clock(1, 9), "мост закрыт", "пирог остыл"))
	quiet := m.restarted(`{"recall":1}`, &host{})
	m.recall(2, asks(sees(clock(2, 9), "Что?"), "", 0)) // not the observation to come
	if got := m.recall(2, asks(sees(clock(2, 9)), "Где пирог?", 1)); len(got.Items) != 1 || !strings.Contains(got.Items[0].Text, "пирог") {
		t.Errorf("found %+v", got.Items)
	}
	if diff := cmp.Diff(lines(quiet.observe(2, sees(clock(2, 9), "а мост?"))), lines(m.observe(2, sees(clock(2, 9), "а мост?")))); diff != "" {
		t.Errorf("changes differ after questions:\n%s", diff)
	}
}

func TestAQuestionMayBeAnsweredByWhatWasJustSeen(t *testing.T) {
	t.Parallel()
	m := start(t, "", "ru", &host{})
	seen := sees(clock(1, 9), "ключ под ковриком")
	m.observe(1, seen)
	if got := m.recall(1, asks(seen, "где ключ?", 0)); len(got.Items) != 1 {
		t.Errorf("the question found %+v", got.Items)
	}
	if got := m.recall(1, asks(seen, "", 0)); len(got.Items) != 0 {
		t.Errorf("what is before one's eyes came to mind: %+v", got.Items)
	}
	if got := m.recall(2, asks(sees(clock(1, 10)), "", 0)); len(got.Items) != 1 {
		t.Errorf("an hour later %+v", got.Items)
	}
}

func TestAWorldWithoutAClockCountsAnHourATick(t *testing.T) {
	t.Parallel()
	m := start(t, `{"relevance_weight":0,"importance_weight":0,"recall":5}`, "ru", &host{})
	for _, tick := range []int64{10, 20} {
		seen := sees("", fmt.Sprint("в тик ", tick))
		seen.Observation.Timeline[0].ID = fmt.Sprint(tick)
		m.observe(tick, seen)
	}
	kept := m.memories("memory")
	if kept[0].Time != 36_000 || kept[1].Time != 72_000 || kept[0].Used != 72_000 {
		t.Errorf("times %+v", kept)
	}
}

func TestTheRuleRatesByKindAndEmotion(t *testing.T) {
	t.Parallel()
	h := &host{}
	m := start(t, `{"importance":"rule"}`, "ru", h)
	seen := sees(clock(1, 9), "Стол стоит у окна.", "Я тебя ненавижу, предательство!", "УЖАС, страх, боль, смерть, война, горе")
	seen.Observation.Notifications = []sdk.Item{{Kind: sdk.ItemEvent, Text: "Мост открыт."}, {Kind: "odd", Author: "a0002", Text: "нечто"}}
	m.observe(1, seen)
	var got []int
	for _, e := range m.memories("memory") {
		got = append(got, e.Importance)
	}
	if diff := cmp.Diff([]int{5, 1, 3, 5, 6}, got); diff != "" || len(h.asked) != 0 {
		t.Errorf("importance (-want +got), %d calls:\n%s", len(h.asked), diff)
	}
}

func TestTheLeastWorthIsForgotten(t *testing.T) {
	t.Parallel()
	h := &host{reply: map[string]func(sdk.GenerateRequest) (string, error){"importance": saying(`{"importance":[9,1,5]}`)}}
	m := start(t, `{"capacity":4,"recall":1,"recency_weight":0,"importance_weight":0}`, "ru", h)
	m.observe(1, sees(clock(1, 9), "а", "б", "в"))
	h.reply["importance"] = rating(3)
	m.observe(2, sees(clock(1, 10), "г", "д"))
	m.observe(3, sees(clock(1, 11), "ж"))
	var texts []string
	vectors := 0
	for _, e := range m.memories("memory") {
		texts = append(texts, e.Text)
	}
	for _, r := range m.records {
		if r.Kind == "vector" {
			vectors++
		}
	}
	if diff := cmp.Diff([]string{"а", "в", "д", "ж"}, texts); diff != "" || vectors != 4 {
		t.Errorf("kept (-want +got), %d vectors:\n%s", vectors, diff)
	}
}

func TestAServerWithoutEmbeddingsLeavesRecencyAndImportance(t *testing.T) {
	t.Parallel()
	nan := float32(math.NaN())
	for name, embed := range map[string]func([]string) ([][]float32, error){
		"unsupported": func([]string) ([][]float32, error) { return nil, sdk.Errorf(sdk.ErrUnsupported, "no embeddings") },
		"too few":     func([]string) ([][]float32, error) { return [][]float32{{1}}, nil },
		"no units": func(texts []string) ([][]float32, error) {
			return slices.Repeat([][]float32{{nan, 2}}, len(texts)), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &host{embed: embed, reply: map[string]func(sdk.GenerateRequest) (string, error){"importance": saying(`{"importance":[2,9]}`)}}
			m := start(t, "", "ru", h)
			m.observe(1, sees(clock(1, 9), "обычное", "важное"))
			got := m.recall(2, asks(sees(clock(1, 10)), "что?", 1))
			if len(got.Items) != 1 || got.Items[0].Text != "Борис пишет: «важное»" || m.log.Len() == 0 {
				t.Errorf("recalled %+v, log %q", got.Items, m.log)
			}
		})
	}
}

func TestOtherErrorsEndTheTick(t *testing.T) {
	t.Parallel()
	no := sdk.Errorf(sdk.ErrBudget, "spent")
	failing := func(sdk.GenerateRequest) (string, error) { return "", no }
	for name, h := range map[string]*host{
		"ratings":    {reply: map[string]func(sdk.GenerateRequest) (string, error){"importance": failing}},
		"questions":  {reply: map[string]func(sdk.GenerateRequest) (string, error){"questions": failing}},
		"insights":   {reply: map[string]func(sdk.GenerateRequest) (string, error){"questions": saying(`{"questions":["?"]}`), "insights": failing}},
		"embeddings": {embed: func([]string) ([][]float32, error) { return nil, no }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, `{"reflect_after":4}`, "ru", h)
			_, err := m.Observe(t.Context(), 1, []sdk.Seen{sees(clock(1, 9), "мост")})
			if e, ok := errors.AsType[*sdk.Error](err); !ok || e.Kind != sdk.ErrBudget || !strings.Contains(err.Error(), anna) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRecordsThatAreDamagedAreNamed(t *testing.T) {
	t.Parallel()
	good := `{"seq":1,"importance":3,"kind":"post"}`
	for name, r := range map[string]sdk.Record{
		"broken":             {Key: "memory/00000001", Kind: "memory", JSON: json.RawMessage(`{`)},
		"under another key":  {Key: "memory/00000002", Kind: "memory", JSON: json.RawMessage(good)},
		"off the scale":      {Key: "memory/00000001", Kind: "memory", JSON: json.RawMessage(`{"seq":1,"importance":11}`)},
		"torn vector":        {Key: "vector/00000001", Kind: "vector", JSON: json.RawMessage(`"AAA="`)},
		"vector of nothing":  {Key: "vector/00000009", Kind: "vector", JSON: json.RawMessage(`"AACAPw=="`)},
		"vector of no unit":  {Key: "vector/00000001", Kind: "vector", JSON: json.RawMessage(`"AAAAAA=="`)},
		"vector of not text": {Key: "vector/00000001", Kind: "vector", JSON: json.RawMessage(`7`)},
		"broken cursor":      {Key: "cursor", Kind: "cursor", JSON: json.RawMessage(`[]`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.Agent = anna
			records := []sdk.Record{r}
			if r.Kind == "vector" {
				records = append([]sdk.Record{{Agent: anna, Key: "memory/00000001", Kind: "memory", JSON: json.RawMessage(good)}}, r)
			}
			m := start(t, "", "ru", &host{})
			err := m.Memory.(sdk.Restorer).Restore(t.Context(), records)
			if err == nil || !strings.Contains(err.Error(), anna) || !strings.Contains(err.Error(), r.Key[max(0, len(r.Key)-6):]) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestABadConfigIsRefused(t *testing.T) {
	t.Parallel()
	_, err := stream.Plugin().New(t.Context(), sdk.Setup{Config: json.RawMessage(`{"recall":"many"}`)})
	if e, ok := errors.AsType[*sdk.Error](err); !ok || e.Kind != sdk.ErrInvalidConfig {
		t.Errorf("got %v", err)
	}
}
