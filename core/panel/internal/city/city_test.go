package city_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// book is a journal of three residents.
func book(t *testing.T) (*journal.Journal, *city.City) {
	t.Helper()
	return bookAt(t, city.Paths{Journal: filepath.Join(t.TempDir(), "run.db"), Cassette: filepath.Join(t.TempDir(), "llm.db")})
}

func bookAt(t *testing.T, paths city.Paths) (*journal.Journal, *city.City) {
	t.Helper()
	meta := journal.Meta{Language: "ru", Clock: journal.Clock{Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Step: time.Hour, Ticks: 100}}
	for i, name := range []string{"Анна", "Борис", "Вера"} {
		meta.Residents = append(meta.Residents, journal.Resident{
			ID: fmt.Sprintf("a000%d", i+1), Name: name, Group: []string{"двор", "парк"}[i%2],
			Persona: json.RawMessage(fmt.Sprintf(`{"name":%q,"occupation":"врач %d","interests":["Шахматы"]}`, name, i)),
		})
	}
	j, err := journal.Create(t.Context(), paths.Journal, meta)
	if err != nil {
		t.Fatal(err)
	}
	c := city.New(paths)
	t.Cleanup(func() { j.Close(); c.Close() })
	return j, c
}

func commit(t *testing.T, j *journal.Journal, tick int64, events ...event.Event) {
	t.Helper()
	for i := range events {
		events[i].Tick, events[i].Seq = tick, i
	}
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).Add(time.Duration(tick) * time.Hour).Format(time.RFC3339)
	if err := j.Commit(t.Context(), event.Commit{Tick: tick, Time: at, Events: events, Steps: 2, Digest: []byte{1}}); err != nil {
		t.Fatal(err)
	}
}

// says is a message; who, kind, id, what it answers, to whom, what.
func says(who, kind, id, target, to, text string, valence float64) event.Event {
	label := sdk.Neutral
	if valence > 0 {
		label = sdk.Positive
	} else if valence < 0 {
		label = sdk.Negative
	}
	audience := social.Public
	if kind == sdk.ItemDirect {
		audience = social.Direct
	}
	return event.New(0, who, event.KindAction, event.Action{
		Action: sdk.Action{Kind: kind}, ID: id, Target: target, TargetAgent: to, Text: text, Audience: string(audience),
		Sentiment: &sdk.Sentiment{Valence: valence, Label: label},
	})
}

func feels(who string, valence float64) event.Event {
	return event.New(0, who, event.KindMood, event.Mood{Valence: valence, Arousal: 0.5})
}

func view(t *testing.T, c *city.City, tick int64, do func(v *city.View)) {
	t.Helper()
	if err := c.Read(t.Context(), tick, func(v *city.View) error { do(v); return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestARunWithoutAJournalHasNotBegun(t *testing.T) {
	t.Parallel()
	c := city.New(city.Paths{Journal: filepath.Join(t.TempDir(), "run.db")})
	if _, err := c.State(t.Context()); !errors.Is(err, city.ErrNotBegun) {
		t.Error(err)
	}
	j, c := book(t)
	view(t, c, -1, func(v *city.View) {
		if m, ok := v.Moment(); ok || m.Tick != -1 || v.Counts().Residents != 3 || len(v.Moments()) != 0 {
			t.Errorf("before the first tick: %+v %+v", m, v.Counts())
		}
	})
	commit(t, j, 0)
	if s, err := c.State(t.Context()); err != nil || s.Checkpoint.Tick != 0 || s.Status != journal.Running {
		t.Errorf("%+v, %v", s, err)
	}
}

// talk is a run of three ticks with two conversations.
func talk(t *testing.T, j *journal.Journal) {
	commit(t, j, 0, feels("a0001", -0.5), says("a0001", "post", "p1", "", "", "Закрывают трамвай у набережной", -0.5), feels("a0002", 0.1))
	commit(t, j, 1, feels("a0001", 0.5), says("a0002", "reply", "p2", "p1", "a0001", "Трамвай жалко, дорога нужнее", 0.5), says("a0003", "direct", "p3", "", "a0001", "Как дела?", 0))
	commit(t, j, 2, says("a0001", "reply", "p4", "p2", "a0002", "Трамваем удобнее", -0.1),
		event.New(0, "a0003", event.KindAction, event.Action{Action: sdk.Action{Kind: "favourite"}, Target: "p4", TargetAgent: "a0001"}))
}

func TestConversationsAreWhatAnswersWhat(t *testing.T) {
	t.Parallel()
	j, c := book(t)
	talk(t, j)
	view(t, c, -1, func(v *city.View) {
		chats, n := v.Chats(city.AllChats, "", 10, 0)
		if n != 2 || chats[0].ID != "p1" || chats[0].Messages != 3 || chats[0].First != 0 || chats[0].Last != 2 || !chats[1].Private {
			t.Fatalf("%d %+v", n, chats)
		}
		people := chats[0].Participants
		if people[0].ID != "a0001" || people[0].Messages != 2 || people[0].Valence > -0.29 || people[1].Valence != 0.5 {
			t.Errorf("%+v", people)
		}
		if chats[0].Keywords[0] != "трамвай" {
			t.Errorf("keywords %v", chats[0].Keywords)
		}
		if _, n := v.Chats(city.AnsweredOnly, "", 0, 0); n != 1 {
			t.Errorf("%d answered", n)
		}
		if private, n := v.Chats(city.PrivateOnly, "", 9, 0); n != 1 || private[0].ID != "p3" {
			t.Errorf("%d private", n)
		}
		if second, _ := v.Chats(city.AllChats, "", 1, 1); second[0].ID != "p3" {
			t.Errorf("the second page is %s", second[0].ID)
		}
		if got := v.Counts(); got != (city.Counts{Residents: 3, Messages: 4, Chats: 2, Answered: 1}) {
			t.Errorf("%+v", got)
		}
		chat, messages, ok := v.Chat("p2", 2, 1)
		if !ok || chat.ID != "p1" || len(messages) != 2 || messages[0].ID != "p2" || messages[0].To.Name != "Анна" || messages[0].Tone != "positive" {
			t.Errorf("%+v %+v", chat, messages)
		}
	})
	view(t, c, 0, func(v *city.View) {
		if chats, n := v.Chats(city.AllChats, "", 10, 0); n != 1 || chats[0].Messages != 1 {
			t.Errorf("after tick 0: %+v", chats)
		}
		if _, _, ok := v.Chat("p3", 1, 0); ok {
			t.Error("a chat of tick 1 is there after tick 0")
		}
	})
}

func TestMoodsLastAndTheCityFeelsTheirMean(t *testing.T) {
	t.Parallel()
	j, c := book(t)
	talk(t, j)
	view(t, c, -1, func(v *city.View) {
		var means []float64
		for _, m := range v.Moments() {
			means = append(means, float64(int(m.Mood.Valence*1000+0.5*sign(m.Mood.Valence)))/1000)
		}
		if d := cmp.Diff([]float64{-0.2, 0.3, 0.3}, means); d != "" {
			t.Error(d)
		}
		m := v.Moments()[1]
		if m.Felt != 2 || m.Written != 2 || m.Positive != 1 || m.Neutral != 1 || m.Negative != 0 || m.Time.Hour() != 9 {
			t.Errorf("%+v", m)
		}
		if f := v.Feelings("a0001"); len(f) != 2 || f[1].Tick != 1 {
			t.Errorf("%+v", f)
		}
	})
	view(t, c, 0, func(v *city.View) {
		if r, ok := v.Resident("a0001"); !ok || r.Mood.Valence != -0.5 || r.Messages != 1 {
			t.Errorf("%+v", r)
		}
	})
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

func TestResidentsAreFoundAndOrdered(t *testing.T) {
	t.Parallel()
	j, c := book(t)
	talk(t, j)
	view(t, c, -1, func(v *city.View) {
		for name, q := range map[string]struct {
			sought, group, order string
			want                 []string
		}{
			"all": {want: []string{"a0001", "a0002", "a0003"}}, "by words": {sought: "врач ШАХМАТЫ парк", want: []string{"a0002"}}, "of a group": {group: "двор", want: []string{"a0001", "a0003"}},
			"by talk": {order: city.ByTalk, want: []string{"a0001", "a0002", "a0003"}}, "the unhappy": {order: city.ByUnhappy, want: []string{"a0003", "a0002", "a0001"}}, "nobody": {sought: "нет"},
		} {
			var ids []string
			for _, r := range v.Residents(q.sought, q.group, q.order) {
				ids = append(ids, r.ID)
			}
			if !reflect.DeepEqual(ids, q.want) {
				t.Errorf("%s: %v", name, ids)
			}
		}
		acts, n := v.Interactions("a0001", 2, 1)
		if n != 5 || len(acts) != 2 || acts[0].ID != "p4" || !acts[0].Own || acts[1].ID != "p3" || acts[1].Own {
			t.Errorf("%d %+v", n, acts)
		}
	})
}

func TestTiesAreThoseWhoWriteToEachOther(t *testing.T) {
	t.Parallel()
	j, c := book(t)
	talk(t, j)
	view(t, c, -1, func(v *city.View) {
		ties := v.Ties(2)
		if len(ties.People) != 2 || ties.Left != 1 || ties.People[0].ID != "a0001" || ties.People[0].Heard != 2 || len(ties.Pairs) != 2 {
			t.Errorf("%+v", ties)
		}
		if whole := v.Ties(9); len(whole.Pairs) != 3 || whole.Left != 0 {
			t.Errorf("%+v", whole)
		}
	})
}

func TestTopicsAreTheWordsOfTheLastTicks(t *testing.T) {
	t.Parallel()
	j, c := book(t)
	talk(t, j)
	view(t, c, -1, func(v *city.View) {
		if got := v.Topics(2, 1); len(got) != 1 || got[0] != (city.Topic{Word: "трамвай", Now: 2, Before: 1}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestASummaryIsOfCentralSentencesThatDoNotRepeat(t *testing.T) {
	t.Parallel()
	j, c := book(t)
	commit(t, j, 0, says("a0001", "post", "p1", "", "", "Трамвайную линию у набережной закрывают в апреле. Купила хлеб и молоко.", 0))
	commit(t, j, 1, says("a0002", "reply", "p2", "p1", "a0001", "Трамвайную линию у набережной закрывают в апреле! Вместо трамвая у набережной построят дорогу.", 0))
	commit(t, j, 2, says("a0003", "reply", "p3", "p1", "a0001", "Дорогу у набережной строить нельзя, линию закрывают зря.", 0))
	view(t, c, -1, func(v *city.View) {
		chat, _, _ := v.Chat("p1", 0, 0)
		if n := len(chat.Summary); n < 2 || n > 3 {
			t.Fatalf("%+v", chat.Summary)
		}
		seen := map[string]bool{}
		for _, m := range chat.Summary {
			if m.Text == "Купила хлеб и молоко." || seen[m.Text[:20]] {
				t.Errorf("%q is no summary", m.Text)
			}
			seen[m.Text[:20]] = true
		}
	})
}

func TestARoomIsOneConversation(t *testing.T) {
	t.Parallel()
	j, c := book(t)
	commit(t, j, 0, says("a0001", "ask", "m1", "", "a0002", "Что думаете?", 0))
	commit(t, j, 1, says("a0002", "say", "m2", "", "", "Хорошо бы парк.", 0.4))
	view(t, c, -1, func(v *city.View) {
		chat, messages, ok := v.Chat(city.Room, 9, 0)
		if !ok || len(messages) != 2 || messages[1].To.ID != "a0001" || len(chat.Participants) != 2 {
			t.Errorf("%+v %+v", chat, messages)
		}
	})
}

func TestVisitorsAndOperatorsAreToldApart(t *testing.T) {
	t.Parallel()
	j, c := book(t)
	order := func(o control.Order) json.RawMessage {
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	visitor := social.Visitor{ID: "@alice", Name: "Алиса"}
	visit := event.Control{ID: 1, Who: "@alice", Order: order(control.Order{Visit: &social.Visit{ID: "9", Visitor: visitor, Kind: "post"}}), Action: &event.Action{Action: sdk.Action{Kind: "post"}, ID: "p1", Text: "Здравствуйте, соседи"}}
	refused := visit
	refused.Refused = "нельзя"
	commit(t, j, 0, event.New(0, "", event.KindControl, visit), event.New(0, "", event.KindControl, refused),
		event.New(0, "", event.KindControl, event.Control{ID: 2, Who: "Аня", Order: order(control.Order{Pause: true}), Effects: []event.Effect{{Kind: "tell"}}}))
	view(t, c, -1, func(v *city.View) {
		if got := v.Counts(); got.Visitors != 1 || got.Messages != 1 || got.Residents != 3 {
			t.Errorf("%+v", got)
		}
		if latest := v.Latest(9); len(latest) != 1 || latest[0].From != (city.Name{ID: "@alice", Name: "Алиса", Visitor: true}) {
			t.Errorf("%+v", latest)
		}
		marks := v.Marks()
		if len(marks) != 1 || marks[0].Who != "Аня" || marks[0].ID != event.ControlID(2) {
			t.Errorf("%+v", marks)
		}
	})
}

func TestNewcomersAreThereFromTheTickInWhichTheyAreSeen(t *testing.T) {
	t.Parallel()
	paths := city.Paths{Journal: filepath.Join(t.TempDir(), "run.db")}
	j, early := bookAt(t, paths)
	commit(t, j, 0, feels("a0001", 0))
	view(t, early, -1, func(v *city.View) {
		if got := v.Counts().Residents; got != 3 {
			t.Errorf("%d residents at first", got)
		}
	})
	e := feels("a0004", 0.5)
	e.Tick = 1
	newcomer := event.Newcomer{ID: "a0004", Name: "Новосёл", Group: spec.Newcomers, Persona: json.RawMessage(`{"name":"Новосёл"}`)}
	if err := j.Commit(t.Context(), event.Commit{Tick: 1, Time: "2026-03-02T09:00:00Z", Events: []event.Event{e}, Newcomers: []event.Newcomer{newcomer}, Digest: []byte{1}}); err != nil {
		t.Fatal(err)
	}
	late := city.New(paths)
	t.Cleanup(func() { late.Close() })
	for name, c := range map[string]*city.City{"who watched all along": early, "who came late": late} {
		view(t, c, 0, func(v *city.View) {
			if _, there := v.Resident("a0004"); there || v.Counts().Residents != 3 || v.Counts().Visitors != 0 {
				t.Errorf("%s sees the newcomer too early: %+v", name, v.Counts())
			}
		})
		view(t, c, 1, func(v *city.View) {
			if r, there := v.Resident("a0004"); !there || r.Came != 1 || v.Counts().Residents != 4 {
				t.Errorf("%s does not see the newcomer: %+v %+v", name, r, v.Counts())
			}
		})
	}
}

func TestWhatAnInterventionTellsIsPartOfIt(t *testing.T) {
	t.Parallel()
	j, c := book(t)
	commit(t, j, 0, event.New(0, "a0001", event.KindTold, event.Told{Event: "snow", Text: "Снег"}))
	commit(t, j, 1,
		event.New(0, "a0001", event.KindTold, event.Told{Event: event.Again("calm", "1"), Text: "Тише"}),
		event.New(0, "a0002", event.KindTold, event.Told{Event: event.Again("calm", "1"), Text: "Тише"}),
		event.New(0, "", event.KindIntervention, event.Intervention{ID: "calm", Why: "шумно"}),
		event.New(0, "a0001", event.KindTold, event.Told{Event: "rain", Text: "Дождь"}))
	view(t, c, -1, func(v *city.View) {
		var got []string
		for _, m := range v.Marks() {
			got = append(got, fmt.Sprintf("%d %s %s %d", m.Tick, m.Kind, m.ID, m.Told))
		}
		if d := cmp.Diff([]string{"0 event snow 1", "1 intervention calm 2", "1 event rain 1"}, got); d != "" {
			t.Error(d)
		}
	})
}

func TestReadingOnIsReadingAnew(t *testing.T) {
	t.Parallel()
	paths := city.Paths{Journal: filepath.Join(t.TempDir(), "run.db")}
	j, c := bookAt(t, paths)
	var steps [][]city.Chat
	for tick := range int64(70) { // more than are read at once
		commit(t, j, tick, says("a0001", "post", fmt.Sprintf("p%d", tick), "", "", fmt.Sprintf("Тик %d о трамвае", tick), 0.1), feels("a0001", float64(tick)/100))
		if tick%30 == 0 {
			view(t, c, -1, func(v *city.View) {
				chats, _ := v.Chats(city.AllChats, "", 3, 0)
				steps = append(steps, chats)
			})
		}
	}
	fresh := city.New(paths)
	t.Cleanup(func() { fresh.Close() })
	for _, c := range []*city.City{c, fresh} {
		view(t, c, -1, func(v *city.View) {
			if v.Last != 69 || v.Counts().Messages != 70 || len(v.Moments()) != 70 {
				t.Errorf("%d %+v", v.Last, v.Counts())
			}
		})
	}
	if len(steps) != 3 || steps[2][0].ID != "p60" {
		t.Errorf("%+v", steps)
	}
}
