package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

func roster() *journal.Roster {
	return journal.NewRoster([]sdk.Agent{{ID: "a1", Group: "юг"}, {ID: "a2", Group: "север"}, {ID: "a3", Group: "юг"}})
}

func event(tick int64, agent, kind, data string) sdk.Event {
	return sdk.Event{Tick: tick, Agent: agent, Kind: kind, Data: json.RawMessage(data)}
}

func each(events ...sdk.Event) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// everything notes whatever is read.
func everything(seen *[]string) journal.Handlers {
	note := func(at journal.At, x any) { *seen = append(*seen, fmt.Sprintf("%d %d %+v", at.Tick, at.Agent, x)) }
	return journal.Handlers{
		Told:     func(at journal.At, x *journal.Told) { note(at, *x) },
		Heard:    func(at journal.At, x *journal.Heard) { note(at, *x) },
		Exposure: func(at journal.At, x *journal.Exposure) { note(at, *x) },
		Mood:     func(at journal.At, x *journal.Mood) { note(at, *x) },
		Plan:     func(at journal.At, x *journal.Plan) { note(at, *x) },
		Action: func(at journal.At, x *journal.Action) {
			note(at, fmt.Sprintf("%+v %+v", *x.Sentiment, journal.Action{Kind: x.Kind, TargetAgent: x.TargetAgent, Group: x.Group, About: x.About, Text: x.Text}))
		},
		Invalid: func(at journal.At, x *journal.Invalid) { note(at, fmt.Sprint(x.Action.Kind, " ", x.Why)) },
		Survey: func(at journal.At, x *journal.Survey) {
			value, scaled := x.Scale()
			note(at, fmt.Sprint(x.Survey, x.Question, value, scaled))
		},
		Town:     func(at journal.At, x *journal.Town) { note(at, *x) },
		Decree:   func(at journal.At, x *journal.Decree) { note(at, *x) },
		Transfer: func(at journal.At, x *journal.Transfer) { note(at, *x) },
		Tick:     func(tick int64) { *seen = append(*seen, fmt.Sprint("tick ", tick)) },
	}
}

func TestEveryKindIsReadAsTheJournalWritesIt(t *testing.T) {
	t.Parallel()
	var seen []string
	err := journal.Read(t.Context(), roster(), each(
		event(0, "a1", "told", `{"event":"control-2#a1","text":"С тобой говорил гость."}`), event(0, "a1", "heard", `{"event":"control-2#a1"}`),
		event(0, "a1", "told", `{"event":"flood","text":"Река"}`),
		event(0, "a2", "heard", `{"event":"flood","from":"a1","via":"post","item":"p1","hops":1}`),
		event(2, "a2", "exposure", `{"feed":"hot","items":[{"id":"p1","author":"a1","score":0.5}]}`),
		event(2, "a2", "mood", `{"valence":-0.5,"arousal":0.25,"stimuli":1,"mean":-1}`),
		event(2, "a2", "plan", `{"purpose":"спать","place":"дом","thought":"…","reused":true}`),
		event(2, "a3", "action", `{"kind":"reply","args":{"text":"Да"},"id":"p2","target":"p1","target_agent":"a1","group":"g","audience":"public",`+
			`"about":"flood","text":"Да","sentiment":{"valence":0.5,"arousal":0,"label":"positive","emotion":"joy"}}`),
		event(2, "a3", "invalid", `{"action":{"kind":"vote"},"why":"нет"}`),
		event(2, "a3", "survey", `{"survey":"s","question":"q","answer":"да","value":4}`),
		event(2, "a3", "survey", `{"survey":"s","question":"q","type":"scale","number":5}`),
		event(2, "a3", "survey", `{"survey":"s","question":"why","options":["да","нет"],"text":"так"}`),
		event(3, "mayor", "decree", `{"kind":"build","args":{"x":"1"},"ok":true}`),
		event(3, "a1", "transfer", `{"from":"world","to":"a1","amount":200,"why":"wage"}`),
		event(3, "", "town", `{"money":14000,"population":3,"buildings":2,"beds":4,"free_beds":1,"met":true}`),
		event(3, "stranger", "mood", `{"valence":1}`),
		event(3, "a1", "festival", `{"of":"a later gorod"}`),
	), everything(&seen))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"tick 0", "0 0 {Event:flood Text:Река}", "0 1 {Event:flood From:a1 Hops:1}",
		"tick 2", "2 1 {Feed:hot Items:[{ID:p1 Author:a1}]}", "2 1 {Valence:-0.5 Arousal:0.25}", "2 1 {Purpose:спать Place:дом}",
		"2 2 {Valence:0.5 Label:positive Emotion:joy} {Kind:reply TargetAgent:a1 Group:g About:flood Text:Да Sentiment:<nil>}",
		"2 2 vote нет", "2 2 sq4 true", "2 2 sq5 true", "2 2 swhy0 false",
		"tick 3", "3 -1 {Kind:build OK:true}", "3 0 {From:world To:a1 Amount:200 Why:wage}",
		"3 -1 {Money:14000 Population:3 Buildings:2 Beds:4 FreeBeds:1 Met:true}",
	}
	if d := cmp.Diff(want, seen); d != "" {
		t.Error(d)
	}
}

func TestAPayloadDoesNotKeepWhatTheLastOneHad(t *testing.T) {
	t.Parallel()
	var last journal.Action
	err := journal.Read(t.Context(), roster(), each(
		event(0, "a1", "action", `{"kind":"post","text":"Да","sentiment":{"valence":1}}`),
		event(0, "a1", "action", `{"kind":"like"}`),
	), journal.Handlers{Action: func(_ journal.At, a *journal.Action) { last = *a }})
	if err != nil || last.Text != "" || last.Sentiment != nil || last.Kind != "like" {
		t.Errorf("%+v, %v", last, err)
	}
}

func TestPayloadsThatDoNotFitArePassedOverAndLogged(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	moods := 0
	err := journal.Read(t.Context(), roster(), each(
		event(0, "a1", "mood", `{"valence":"good"}`), event(0, "a1", "mood", `{`), event(0, "a1", "mood", ``),
		event(0, "a1", "mood", `{"valence":0.5}`),
	), journal.Handlers{Mood: func(journal.At, *journal.Mood) { moods++ }, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil || moods != 1 || !strings.Contains(log.String(), "payloads=3") {
		t.Errorf("%d moods, %v, %s", moods, err, log.String())
	}
}

func TestAnErrorOfTheEventsIsHandedBack(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk")
	err := journal.Read(t.Context(), roster(), func(yield func(sdk.Event, error) bool) {
		_ = yield(event(0, "a1", "mood", `{}`), nil) && yield(sdk.Event{}, broken)
	}, journal.Handlers{})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestAReadThatIsNotWantedEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	read := 0
	err := journal.Read(ctx, roster(), func(yield func(sdk.Event, error) bool) {
		for yield(event(0, "a1", "mood", `{}`), nil) {
			if read++; read == 100 {
				cancel()
			}
		}
	}, journal.Handlers{})
	if !errors.Is(err, context.Canceled) || read > 5000 {
		t.Errorf("%v after %d events", err, read)
	}
}

func TestAnAnswerHasAPositionWhereItsScaleIsKnown(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		payload  string
		x, point float64
		ok       bool
	}{
		"lowest":      {`{"number":1,"low":1,"high":5}`, -1, 0.5, true},
		"between":     {`{"number":4,"low":1,"high":5}`, 0.5, 0.5, true},
		"other name":  {`{"value":0,"low":-10,"high":10}`, 0, 0.1, true},
		"beyond":      {`{"number":9,"low":1,"high":5}`, 1, 0.5, true},
		"no answer":   {`{"low":1,"high":5}`, 0, 0, false},
		"no scale":    {`{"number":4}`, 0, 0, false},
		"half of one": {`{"number":4,"low":1}`, 0, 0, false},
		"empty scale": {`{"number":4,"low":4,"high":4}`, 0, 0, false},
		"backwards":   {`{"number":4,"low":5,"high":1}`, 0, 0, false},
		"endless":     {`{"number":4,"low":-1.5e308,"high":1.5e308}`, 0, 0, false},
	} {
		var s journal.Survey
		if err := json.Unmarshal([]byte(tt.payload), &s); err != nil {
			t.Fatal(err)
		}
		if x, point, ok := s.Position(); x != tt.x || point != tt.point || ok != tt.ok {
			t.Errorf("%s: %v, %v, %v, want %v, %v, %v", name, x, point, ok, tt.x, tt.point, tt.ok)
		}
	}
}

func TestTheRosterKnowsGroups(t *testing.T) {
	t.Parallel()
	r := roster()
	names, of := r.Groups()
	if d := cmp.Diff([]string{"север", "юг"}, names); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{1, 0, 1}, of); d != "" || r.Len() != 3 || r.ID(1) != "a2" || r.Find("a3") != 2 || r.Find("x") != -1 {
		t.Error(d)
	}
}

func FuzzReadLivesThroughAnyPayload(f *testing.F) {
	for _, kind := range []string{"told", "heard", "mood", "action", "invalid", "survey", "town", "decree", "transfer"} {
		f.Add(kind, `{"valence":null,"text":7,"action":null,"value":1e999}`)
	}
	f.Fuzz(func(t *testing.T, kind, data string) {
		h := journal.Handlers{
			Told: func(journal.At, *journal.Told) {}, Heard: func(journal.At, *journal.Heard) {},
			Mood: func(journal.At, *journal.Mood) {}, Action: func(journal.At, *journal.Action) {},
			Invalid: func(journal.At, *journal.Invalid) {}, Survey: func(journal.At, *journal.Survey) {},
			Town: func(journal.At, *journal.Town) {}, Decree: func(journal.At, *journal.Decree) {},
			Transfer: func(journal.At, *journal.Transfer) {},
		}
		if err := journal.Read(t.Context(), roster(), each(event(0, "a1", kind, data)), h); err != nil {
			t.Error(err)
		}
	})
}
