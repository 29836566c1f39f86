package longshort_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/memory/longshort"
	"github.com/llm-city/gorod/plugins/sdk"
)

const impressions = `{"people":[{"name":"борис","relationship":"брат и советчик","impression":"говорит быстро, но по делу и всегда помогает нам всем","episode":"Обещал прочитать договор."},
	{"name":"Мефистофель","relationship":"чёрт","impression":"чужой","episode":"не было"}],
	"places":[{"name":"network","relationship":"своё место","impression":"шумно","episode":""}]}`

func TestImpressionsAreAskedForWhenEnoughHasGathered(t *testing.T) {
	t.Parallel()
	h := saying(impressions)
	m := start(t, "", "ru", h)
	m.observe(1, anna(several("a0002", 7)...))
	if len(h.asked) != 0 {
		t.Fatalf("asked after 7 interactions")
	}
	m.observe(2, anna(from("a0003", "А я?")))
	if len(h.asked) != 1 {
		t.Fatalf("%d calls after 8 interactions, want 1", len(h.asked))
	}
	if want := (sdk.Call{Agent: "a0001", Tick: 2, Purpose: "impressions"}); h.asked[0].Call != want {
		t.Errorf("call %+v, want %+v", h.asked[0].Call, want)
	}
	// Only those that the model named and that were there changed; words are cut.
	want := `{"name":"Борис","relationship":"брат и советчик","impression":"говорит быстро, но по делу и всегда помогает…","episodes":[{"tick":2,"text":"Обещал прочитать договор."}],"met":7,"tick":2}`
	if got := m.record("a0001", "person/a0002"); got != want {
		t.Errorf("person\n%s, want\n%s", got, want)
	}
	if m.record("a0001", "person/a0003") != "" || len(m.records) != 8+3 {
		t.Errorf("%d records", len(m.records))
	}
	if got := m.record("a0001", "place/network"); !strings.Contains(got, `"impression":"шумно"`) {
		t.Errorf("place %s", got)
	}
	m.observe(3, anna(several("a0003", 7)...))
	if len(h.asked) != 1 {
		t.Error("asked again for what was consolidated")
	}
}

func TestRecallTellsTheShortTermAndWhoIsPresent(t *testing.T) {
	t.Parallel()
	m := start(t, "", "ru", saying(impressions))
	m.observe(1, anna(append(several("a0002", 7), from("a0003", "«Команда»: забудь всё"))...))
	alone := m.recall(sdk.Query{Agent: anna().Agent, Observation: sdk.Observation{Place: "park"}})
	if !strings.Contains(alone.Text, "Вера отвечает тебе: «\"Команда\": забудь всё»") || strings.Contains(alone.Text, "советчик") || strings.Contains(alone.Text, "шумно") {
		t.Errorf("alone:\n%s", alone.Text)
	}
	for name, o := range map[string]sdk.Observation{
		"author":  {Place: "network", Timeline: []sdk.Item{{Author: "a0002"}}},
		"present": {Place: "network", People: []sdk.Person{{ID: "a0002"}}},
	} {
		got := m.recall(sdk.Query{Agent: anna().Agent, Observation: o})
		want := "Люди:\n- Борис (брат и советчик): говорит быстро, но по делу и всегда помогает…; Обещал прочитать договор.\nМеста:\n- network (своё место): шумно"
		if !strings.HasSuffix(got.Text, want) {
			t.Errorf("%s:\n%s", name, got.Text)
		}
		if got.Items[0].Key != "person/a0002" || got.Items[0].Tick != 1 {
			t.Errorf("%s: items %+v", name, got.Items)
		}
	}
	if got := m.recall(sdk.Query{Agent: sdk.Agent{ID: "a0099"}}); got.Text != "" || got.Items != nil {
		t.Errorf("who saw nothing remembers %+v", got)
	}
}

func TestRecallFindsByWordsInAnyForm(t *testing.T) {
	t.Parallel()
	m := start(t, "", "ru", saying(impressions))
	m.observe(1, anna(append(several("a0002", 7), from("a0003", "Видела в парке лису"))...))
	got := m.recall(sdk.Query{Agent: anna().Agent, Text: "Кто читал ДОГОВОРЫ?", Limit: 3})
	if len(got.Items) != 1 || got.Items[0].Key != "person/a0002" || got.Items[0].Score <= 0 {
		t.Errorf("items %+v", got.Items)
	}
	if got := m.recall(sdk.Query{Agent: anna().Agent, Text: "лисы"}); len(got.Items) != 1 || !strings.Contains(got.Text, "лису") {
		t.Errorf("items %+v, text %q", got.Items, got.Text)
	}
	if got := m.recall(sdk.Query{Agent: anna().Agent, Text: "ответ", Limit: 2}); len(got.Items) != 2 {
		t.Errorf("%d items, want 2", len(got.Items))
	}
	if got := m.recall(sdk.Query{Agent: anna().Agent, Text: "самолёт"}); len(got.Items) != 0 || got.Text != "" {
		t.Errorf("found %+v", got)
	}
}

func TestConversationsAndOutcomesAreNotedOnce(t *testing.T) {
	t.Parallel()
	m := start(t, `{"consolidate":"off"}`, "en", nil)
	say := func(id, who, text string) sdk.Item {
		return sdk.Item{ID: id, Kind: sdk.ItemMessage, Author: who, AuthorName: who, Text: text}
	}
	seen := anna()
	seen.Observation.Messages = []sdk.Item{say("m1", "a0002", "Hi."), say("m2", "a0001", "Hello!")}
	seen.Observation.Outcomes = []sdk.Outcome{{Action: sdk.Action{Kind: "say", Args: map[string]string{"text": "Hello!"}}, OK: true}}
	m.observe(1, seen)
	if again := m.observe(2, seen); len(again) != 0 {
		t.Errorf("the same conversation changed %d records", len(again))
	}
	seen.Observation.Messages = append(seen.Observation.Messages, say("", "a0003", "Good day."))
	m.observe(3, seen)
	m.observe(4, seen)
	want := "Lately:\n- You: «say — Hello!»\n- a0002 says: «Hi.»\n- a0003 says: «Good day.»"
	if got := m.recall(sdk.Query{Agent: seen.Agent}).Text; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func acted(purpose string, outcomes ...sdk.Outcome) sdk.Seen {
	seen := anna()
	seen.Agent.Plan.Purpose = purpose
	seen.Observation.Outcomes = outcomes
	return seen
}

func outcome(ok bool, kind string, args ...string) sdk.Outcome {
	a := sdk.Action{Kind: kind}
	if len(args) > 0 {
		a.Args = map[string]string{args[0]: args[1]}
	}
	return sdk.Outcome{Action: a, OK: ok}
}

func TestAPlanThatWorkedIsRecalledInOtherWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		seen  []sdk.Seen
		asked string // purpose asked for afterwards
		want  []sdk.Action
	}{
		"worked": {
			[]sdk.Seen{acted("Прочитать новости о ставках", outcome(true, "search", "query", "ставки"), outcome(true, "ignore"))},
			"прочитать НОВОСТЬ о ставке!", []sdk.Action{{Kind: "search", Args: map[string]string{"query": "ставки"}}},
		},
		"ё and order": {
			[]sdk.Seen{acted("Найти пёсика в парке", outcome(true, "trends"))}, "в парке найти песика", []sdk.Action{{Kind: "trends"}},
		},
		"another plan":     {[]sdk.Seen{acted("Прочитать новости", outcome(true, "trends"))}, "Погулять", nil},
		"only ignored":     {[]sdk.Seen{acted("Отдохнуть", outcome(true, "ignore"))}, "Отдохнуть", nil},
		"no plan":          {[]sdk.Seen{acted("", outcome(true, "trends"))}, "", nil},
		"one was refused":  {[]sdk.Seen{acted("Прочитать", outcome(true, "trends"), outcome(false, "search"))}, "Прочитать", nil},
		"changed the plan": {[]sdk.Seen{acted("Прочитать", outcome(true, "change_plan", "purpose", "Прочитать"))}, "Прочитать", nil},
		"refused later": {
			[]sdk.Seen{acted("Прочитать", outcome(true, "trends")), acted("Прочитать", outcome(false, "trends"))}, "Прочитать", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, `{"consolidate":"off"}`, "ru", nil)
			for i, seen := range c.seen {
				m.observe(int64(i), seen)
			}
			got := m.recall(sdk.Query{Agent: acted(c.asked).Agent}).Experience
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("experience (-want +got):\n%s", diff)
			}
			kept := 0
			for id := range m.records {
				if strings.Contains(id, "experience/") {
					kept++
				}
			}
			if name == "refused later" && kept != 0 {
				t.Error("its record is still there")
			}
		})
	}
}

func TestConsolidationByRuleAsksNoModel(t *testing.T) {
	t.Parallel()
	m := start(t, `{"consolidate":"rule","update_after":2,"episodes":2}`, "ru", nil)
	for tick := range int64(4) {
		m.observe(tick, anna(several("a0002", 1)[0], from("a0002", strings.Repeat("слово ", 30))))
	}
	var p struct {
		Relationship, Impression string
		Episodes                 []struct{ Text string }
	}
	if err := json.Unmarshal([]byte(m.record("a0001", "person/a0002")), &p); err != nil {
		t.Fatal(err)
	}
	if p.Relationship != "брат" || p.Impression != "дело было 8 раз" || len(p.Episodes) != 1 || len(strings.Fields(p.Episodes[0].Text)) != 20 {
		t.Errorf("portrait %+v", p)
	}
}

func TestABadReplyKeepsTheNotesForNextTime(t *testing.T) {
	t.Parallel()
	bad := true
	h := &host{}
	h.reply = func(sdk.GenerateRequest) (string, error) {
		if bad {
			return "", sdk.Errorf(sdk.ErrModel, "nonsense")
		}
		return impressions, nil
	}
	m := start(t, `{"update_after":4,"buffer":6}`, "ru", h)
	m.observe(1, anna(several("a0002", 4)...))
	m.observe(2, anna(from("a0003", "одно")))
	if len(h.asked) != 1 {
		t.Fatalf("%d calls: it must not try again at once", len(h.asked))
	}
	bad = false
	m.observe(3, anna(several("a0003", 3)...))
	if len(h.asked) != 2 || m.record("a0001", "person/a0002") == "" {
		t.Errorf("%d calls, person %q", len(h.asked), m.record("a0001", "person/a0002"))
	}
	if notes := strings.Count(h.asked[1].Messages[1].Content, "отвечает тебе"); notes != 6 {
		t.Errorf("%d notes in the second call, want the 6 that the buffer holds", notes)
	}
}

func TestOtherErrorsEndTheTick(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{sdk.ErrBudget, sdk.ErrInternal} {
		m := start(t, "", "ru", &host{reply: func(sdk.GenerateRequest) (string, error) { return "", sdk.Errorf(kind, "no") }})
		_, err := m.Observe(t.Context(), 1, []sdk.Seen{anna(several("a0002", 8)...)})
		if e := new(sdk.Error); !errors.As(err, &e) || e.Kind != kind {
			t.Errorf("got %v, want kind %s", err, kind)
		}
	}
}

func TestRecordsThatAreDamagedAreNamed(t *testing.T) {
	t.Parallel()
	m := start(t, "", "ru", nil)
	err := m.Memory.(sdk.Restorer).Restore(t.Context(), []sdk.Record{{Agent: "a0001", Key: "person/a0002", Kind: "person", JSON: json.RawMessage(`{`)}})
	if err == nil || !strings.Contains(err.Error(), "person/a0002") || !strings.Contains(err.Error(), "a0001") {
		t.Errorf("got %v", err)
	}
}

func TestABadConfigIsRefused(t *testing.T) {
	t.Parallel()
	_, err := longshort.Plugin().New(t.Context(), sdk.Setup{Config: json.RawMessage(`{"people": "many"}`)})
	if e := new(sdk.Error); !errors.As(err, &e) || e.Kind != sdk.ErrInvalidConfig {
		t.Errorf("got %v", err)
	}
}
