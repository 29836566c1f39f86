package tally_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/eval/report/internal/tally"
	"github.com/llm-city/gorod/plugins/sdk"
)

// add tallies events of four residents of two groups over ticks.
func add(t *testing.T, ticks, width int64, events ...event.Event) tally.Result {
	t.Helper()
	all := tally.New(tally.Options{
		Groups: map[string]string{"a1": "север", "a2": "север", "a3": "юг", "a4": "юг"}, Ticks: ticks, Width: width,
	})
	for _, e := range events {
		if err := all.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	return all.Result()
}

func act(tick int64, agent, kind, id, target, to, text string) event.Event {
	a := event.Action{Action: sdk.Action{Kind: kind}, ID: id, Target: target, TargetAgent: to, Text: text, Audience: "public"}
	if text != "" {
		a.Sentiment = &sdk.Sentiment{Valence: float64(tick) / 10, Label: sdk.Positive}
	}
	return event.New(tick, agent, event.KindAction, a)
}

func TestStepsActionsAndMessagesAreCounted(t *testing.T) {
	t.Parallel()
	r := add(t, 4, 2,
		event.New(0, "a1", event.KindPlan, event.Plan{Purpose: "x"}),
		act(0, "a1", "post", "p1", "", "", "Привет"),
		event.New(1, "a2", event.KindPlan, event.Plan{Purpose: "y", Reused: true}),
		act(1, "a2", "reply", "p2", "p1", "a1", "И тебе"),
		act(1, "a2", "follow", "", "", "a1", ""),
		event.New(2, "a3", event.KindInvalid, event.Invalid{Why: "ответ  не\nразобран"}),
		event.New(3, "a4", event.KindPlan, event.Plan{Purpose: "z"}),
		event.New(3, "a4", event.KindInvalid, event.Invalid{Action: &sdk.Action{Kind: "vote"}, Why: "нет опроса"}),
		event.New(3, "a4", "later", 1),
	)
	if r.Steps != 4 || r.Actions != 3 || r.Messages != 2 || r.Invalid != 2 || r.Plans != 3 || r.Reused != 1 {
		t.Errorf("%+v", r)
	}
	if b := r.Bins; b[0].Steps != 2 || b[0].Actions != 3 || b[0].Messages != 2 || b[1].Steps != 2 || b[1].Invalid != 2 {
		t.Errorf("%+v", b)
	}
	if d := cmp.Diff([]tally.Counted[string]{{"follow", 1}, {"post", 1}, {"reply", 1}}, r.Kinds); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]tally.Counted[string]{{"нет опроса", 1}, {"ответ не разобран", 1}}, r.Reasons); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]tally.Counted[tally.Tie]{{tally.Tie{From: "a2", To: "a1"}, 1}}, r.Ties); d != "" {
		t.Errorf("a follow is no message: %s", d)
	}
	if r.Sentiment.Value() != 0.05 || r.Bins[0].Sentiment.N != 2 || r.Labels.Positive != 2 {
		t.Errorf("sentiment %+v, %+v", r.Sentiment, r.Labels)
	}
}

func TestMoodsAreTakenAtEachResidentsFirstAndLast(t *testing.T) {
	t.Parallel()
	mood := func(tick int64, agent string, valence float64) event.Event {
		return event.New(tick, agent, event.KindMood, event.Mood{Valence: valence, Arousal: 0.5})
	}
	r := add(t, 10, 1, mood(0, "a1", 0.25), mood(3, "a2", -0.75), mood(5, "a1", 1), mood(9, "a1", 0.5))
	if r.Start.Valence.Value() != -0.25 || r.End.Valence.Value() != -0.125 || r.End.Arousal.Value() != 0.5 {
		t.Errorf("start %+v, end %+v", r.Start, r.End)
	}
	if !math.IsNaN(r.Bins[1].Valence.Value()) {
		t.Error("a tick in which nobody was awake has a mood")
	}
}

func TestAnEventIsFollowedFromTheStudyToTheLast(t *testing.T) {
	t.Parallel()
	heard := func(tick int64, agent string, hops int) event.Event {
		return event.New(tick, agent, event.KindHeard, event.Heard{Event: "flood", Hops: hops})
	}
	r := add(t, 6, 1,
		event.New(1, "a1", event.KindTold, event.Told{Event: "flood", Text: "Река вышла из берегов"}),
		heard(2, "a1", 0), heard(3, "a3", 1), heard(3, "a3", 5), heard(5, "a4", 40))
	if len(r.Spreads) != 1 {
		t.Fatalf("%+v", r.Spreads)
	}
	s := r.Spreads[0]
	if s.Event != "flood" || s.Text != "Река вышла из берегов" || s.First != 1 || s.Half != 3 || s.Heard != 3 {
		t.Errorf("%+v", s)
	}
	if s.Hops[0] != 1 || s.Hops[1] != 1 || s.Hops[len(s.Hops)-1] != 1 {
		t.Errorf("hops %v", s.Hops)
	}
	if d := cmp.Diff(map[string][]int{"север": {0, 0, 1, 0, 0, 0}, "юг": {0, 0, 0, 1, 0, 1}}, s.New); d != "" {
		t.Error(d)
	}
}

func TestExposureKnowsEvenFromUneven(t *testing.T) {
	t.Parallel()
	shown := func(authors ...string) event.Event {
		var x event.Exposure
		for _, a := range authors {
			x.Items = append(x.Items, event.Shown{ID: "p", Author: a})
		}
		return event.New(0, "a1", event.KindExposure, x)
	}
	for name, c := range map[string]struct {
		authors   []string
		gini, top float64
	}{
		"all alike":    {[]string{"a1", "a2", "a3", "a4"}, 0, 0.25},
		"one alone":    {[]string{"a3", "a3", "a3"}, 0.75, 1},
		"half and all": {[]string{"a1", "a2", "a2", "a2"}, 0.625, 0.75},
	} {
		x := add(t, 1, 1, shown(c.authors...)).Exposure
		if math.Abs(x.Gini-c.gini) > 1e-9 || math.Abs(x.Top-c.top) > 1e-9 {
			t.Errorf("%s: %+v", name, x)
		}
		if x.Lorenz[0] != 0 || math.Abs(x.Lorenz[len(x.Lorenz)-1]-1) > 1e-9 {
			t.Errorf("%s: the curve is %v", name, x.Lorenz)
		}
	}
	if x := add(t, 1, 1).Exposure; !math.IsNaN(x.Gini) || x.Lorenz != nil {
		t.Errorf("nothing was shown: %+v", x)
	}
}

func TestTheMostDiscussedPostIsFoundWithItsDiscussion(t *testing.T) {
	t.Parallel()
	secret := act(0, "a4", "direct", "d1", "", "a1", "секрет")
	var a event.Action
	if err := json.Unmarshal(secret.Data, &a); err != nil {
		t.Fatal(err)
	}
	a.Audience = "direct"
	secret = event.New(0, "a4", event.KindAction, a)
	r := add(t, 9, 1, secret,
		act(0, "a1", "post", "p1", "", "", "раз"), act(0, "a2", "post", "p2", "", "", "два"),
		act(1, "a3", "reply", "p3", "p2", "a2", "на два"), act(2, "a2", "reply", "p4", "p3", "a3", "глубже"),
		act(3, "a1", "reply", "p5", "p1", "a2", "на раз"))
	if r.Thread == nil || r.Thread.Answers != 2 {
		t.Fatalf("%+v", r.Thread)
	}
	var got []string
	for _, p := range r.Thread.Posts {
		got = append(got, fmt.Sprint(p.Depth, " ", p.Author, " ", p.Text))
	}
	if d := cmp.Diff([]string{"0 a2 два", "1 a3 на два", "2 a2 глубже"}, got); d != "" {
		t.Error(d)
	}
	if r.Opening[0].Text != "раз" || len(r.Opening) != 5 {
		t.Errorf("the opening holds what only two can read, or not all: %+v", r.Opening)
	}
	if r := add(t, 1, 1, act(0, "a1", "say", "", "", "", "реплика")); r.Thread != nil || len(r.Opening) != 1 {
		t.Errorf("nobody answered: %+v", r)
	}
}

func TestMemoryDoesNotGrowWithMessages(t *testing.T) {
	t.Parallel()
	var events []event.Event
	for i := range 6000 { // more threads than are followed
		events = append(events, act(0, "a1", "post", fmt.Sprint("p", i), "", "", strings.Repeat("слово ", 500)))
		if i%1000 == 500 {
			for j := range 20 + i/1000 {
				events = append(events, act(0, "a2", "reply", fmt.Sprint("r", i, "-", j), fmt.Sprint("p", i), "a1", "да"))
			}
		}
	}
	for i := range 1000 {
		events = append(events, act(0, "a1", fmt.Sprint("kind", i), "", "", "", ""), act(0, "a1", "often", "", "", "", ""))
	}
	r := add(t, 1, 1, events...)
	if r.Thread.Answers != 25 || len(r.Thread.Posts) != 12 || len(r.Thread.Posts[0].Text) > 1300 {
		t.Errorf("%d answers, %d posts, %d bytes", r.Thread.Answers, len(r.Thread.Posts), len(r.Thread.Posts[0].Text))
	}
	if len(r.Kinds) > 256 || r.Kinds[0].Key != "post" || r.Kinds[1] != (tally.Counted[string]{Key: "often", N: 1000}) {
		t.Errorf("%d kinds, %v", len(r.Kinds), r.Kinds[:2])
	}
}

func TestABadEventIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		e    event.Event
		want string
	}{
		"beyond the run":   {event.New(7, "a1", event.KindMood, event.Mood{}), "tick 7 of a run of 3 ticks"},
		"before the run":   {event.New(-1, "a1", event.KindMood, event.Mood{}), "tick -1"},
		"a broken payload": {event.Event{Tick: 1, Seq: 4, Kind: event.KindHeard, Data: []byte(`{"hops":"x"}`)}, "heard event 4 of tick 1"},
		"no payload":       {event.Event{Tick: 1, Kind: event.KindMood}, "mood event 0 of tick 1"},
	} {
		err := tally.New(tally.Options{Ticks: 3, Width: 1}).Add(c.e)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestTalksThatResidentsRememberAreNoNews(t *testing.T) {
	t.Parallel()
	var events []event.Event
	for i := range 100 { // a poll that is remembered: each its own exchange
		id := fmt.Sprintf("a%d", i+1)
		talk := event.Again(event.ControlID(2), id)
		events = append(events, event.New(0, id, event.KindTold, event.Told{Event: talk, Text: "С тобой говорил гость."}),
			event.New(0, id, event.KindHeard, event.Heard{Event: talk, Via: "event"}))
	}
	events = append(events, event.New(1, "a1", event.KindTold, event.Told{Event: event.ControlID(3), Text: "Снег"}),
		event.New(1, "a1", event.KindTold, event.Told{Event: "flood", Text: "Река вышла из берегов"}),
		event.New(1, "a1", event.KindHeard, event.Heard{Event: "flood", Via: "event"}))
	r := add(t, 4, 1, events...)
	if len(r.Spreads) != 2 || r.Spreads[0].Event != "control-3" || r.Spreads[1].Event != "flood" || r.Spreads[1].Heard != 1 {
		t.Errorf("%+v", r.Spreads)
	}
}
