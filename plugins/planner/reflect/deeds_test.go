package reflect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

// at is the situation of a tick, with what became of the last actions.
func at(tick int64, outcomes ...sdk.Outcome) sdk.PlanRequest {
	req := planningtest.Request("ru")
	req.Tick, req.Observation.Outcomes = tick, outcomes
	return req
}

// does is a decision to do these actions, as JSON.
func does(actions string) string { return `{"thought":"Так.","actions":[` + actions + `]}` }

func TestRepeatedActionsAreInconsistentByRule(t *testing.T) {
	t.Parallel()
	const hello = `{"kind":"post","text":"Ёлка уже стоит"}`
	for name, c := range map[string]struct {
		config, before, now string
		outcome             *sdk.Outcome
		repeat              bool
	}{
		"the same words":             {before: hello, now: hello, repeat: true},
		"in other letters":           {before: hello, now: `{"kind":"post","text":"  елка УЖЕ  стоит "}`, repeat: true},
		"other words":                {before: hello, now: `{"kind":"post","text":"Ёлка уже упала"}`},
		"as another action":          {before: hello, now: `{"kind":"reply","text":"Ёлка уже стоит"}`},
		"to another":                 {before: `{"kind":"reply","target":"p11","text":"Да"}`, now: `{"kind":"reply","target":"p12","text":"Да"}`},
		"twice in one decision":      {before: hello, now: `{"kind":"follow","target":"a0007"},{"kind":"follow","target":"a0007"}`, repeat: true},
		"the second action":          {before: hello, now: `{"kind":"trends"},` + hello, repeat: true},
		"nothing is no repetition":   {before: `{"kind":"ignore"}`, now: `{"kind":"ignore"}`},
		"allowed":                    {before: hello, now: hello, config: `{"forbid_repeats":false}`},
		"also without that critic":   {before: hello, now: hello, config: `{"critics":["fluency"]}`, repeat: true},
		"refused before":             {before: hello, now: hello, outcome: &sdk.Outcome{Action: sdk.Action{Kind: "post", Args: map[string]string{"text": "Ёлка уже стоит"}}}},
		"carried out before":         {before: hello, now: hello, outcome: &sdk.Outcome{OK: true, Action: sdk.Action{Kind: "post", Args: map[string]string{"text": "Ёлка уже стоит"}}}, repeat: true},
		"another one refused before": {before: hello, now: hello, outcome: &sdk.Outcome{Action: sdk.Action{Kind: "follow"}}, repeat: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := host([]string{does(c.before), does(c.now), says("новое")}, nil)
			h.Replies = map[string]string{"criticise": scores(9, 9, 9)}
			p := planner(t, c.config, h)
			if _, err := p.Plan(t.Context(), at(1)); err != nil {
				t.Fatal(err)
			}
			req := at(2)
			if c.outcome != nil {
				req = at(2, *c.outcome)
			}
			got, err := p.Plan(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			want := pair + pair
			if c.repeat { // the repetition costs no critic, but another attempt
				want = pair + "plan " + pair
			}
			if calls := strings.Join(h.Purposes(), " ") + " "; calls != want {
				t.Fatalf("calls %q, want %q", calls, want)
			}
			if c.repeat {
				prompt := h.Asked()[3].Messages[1].Content
				if said(t, got) != "новое" || !strings.Contains(prompt, "последовательность, 0 из 9: «Точно такое действие уже было: ") {
					t.Errorf("took %+v after\n%s", got, prompt)
				}
			}
		})
	}
}

func TestWhereAllAttemptsRepeatTheFirstIsTaken(t *testing.T) {
	t.Parallel()
	h := host([]string{says("а"), says("б"), says("а"), says("б"), says("Б")}, []string{scores(9, 9, 9), scores(9, 9, 9)})
	p := planner(t, "", h)
	for tick, want := range []string{"а", "б", "а"} {
		got, err := p.Plan(t.Context(), at(int64(tick)))
		if err != nil || said(t, got) != want {
			t.Fatalf("tick %d: %+v, %v", tick, got, err)
		}
		if tick == 2 && got.Thought != "Надо сказать. [1/3 consistency 0]" {
			t.Errorf("thought %q", got.Thought)
		}
	}
	if n := len(h.Asked()); n != 7 {
		t.Errorf("%d calls, want 2, 2 and 3", n)
	}
}

func TestTheCriticSeesTheLatestOwnWords(t *testing.T) {
	t.Parallel()
	h := host(nil, nil)
	p := planner(t, "", h)
	for tick := range 15 {
		h.Replies = map[string]string{"plan": says(fmt.Sprint("слово ", tick, "!")), "criticise": scores(9, 9, 9)}
		if _, err := p.Plan(t.Context(), at(int64(tick))); err != nil {
			t.Fatal(err)
		}
	}
	prompt := h.Asked()[29].Messages[1].Content
	if strings.Contains(prompt, "слово 1!") || !strings.Contains(prompt, "- «слово 2!»\n") || !strings.Contains(prompt, "- «слово 13!»\n") || strings.Contains(prompt, "- «слово 14!»\n") {
		t.Errorf("the last 12 words are not in\n%s", prompt)
	}
}

func TestAnExperienceIsReusedUnlessThatIsARepetition(t *testing.T) {
	t.Parallel()
	quiet := func(tick int64, experience ...sdk.Action) sdk.PlanRequest {
		req := at(tick)
		req.Observation.Notifications, req.Recollection.Experience = nil, experience
		return req
	}
	follow := sdk.Action{Kind: "follow", Args: map[string]string{"target": "a0007"}}
	for name, c := range map[string]struct {
		config string
		action sdk.Action
		calls  int
	}{
		"no arguments": {"", sdk.Action{Kind: "trends"}, 0}, "a repetition": {"", follow, 2},
		"repetition allowed": {`{"forbid_repeats":false}`, follow, 0}, "not reused": {`{"reuse":false}`, sdk.Action{Kind: "trends"}, 4},
	} {
		h := host(nil, nil)
		h.Replies = map[string]string{"plan": does(`{"kind":"ignore"}`), "criticise": scores(9, 9, 9)}
		p := planner(t, c.config, h)
		for tick := range int64(2) {
			if _, err := p.Plan(t.Context(), quiet(tick, c.action)); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(h.Asked()); n != c.calls {
			t.Errorf("%s: %d calls, want %d", name, n, c.calls)
		}
	}
}

func TestRestoredIsAsIfItHadNeverStopped(t *testing.T) {
	t.Parallel()
	steady, restarted := host(nil, nil), host(nil, nil)
	one := planner(t, "", steady)
	var kept []sdk.Record
	for tick := range 30 {
		for _, h := range []*planningtest.Host{steady, restarted} {
			h.Replies = map[string]string{"plan": says(fmt.Sprint("слово ", tick*tick%17)), "criticise": scores(9, tick%7, 9)}
		}
		other := planner(t, "", restarted)
		if err := other.(sdk.Restorer).Restore(t.Context(), kept); err != nil {
			t.Fatal(err)
		}
		outcome := sdk.Outcome{Action: sdk.Action{Kind: "post", Args: map[string]string{"text": fmt.Sprint("слово ", (tick-1)*(tick-1)%17)}}, OK: tick%3 > 0}
		want, err := one.Plan(t.Context(), at(int64(tick), outcome))
		if err != nil {
			t.Fatal(err)
		}
		got, err := other.Plan(t.Context(), at(int64(tick), outcome))
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint("decision of tick ", tick), want, got)
		for _, change := range got.Changes {
			kept = []sdk.Record{change.Record}
		}
	}
	same(t, "calls", steady.Asked(), restarted.Asked())
}

func TestABadRecordIsRefusedAndAnUnknownOneLeftAlone(t *testing.T) {
	t.Parallel()
	p := planner(t, "", host(nil, nil)).(sdk.Restorer)
	for key, want := range map[string]bool{"recent": true, "other": false} {
		err := p.Restore(t.Context(), []sdk.Record{{Agent: "a0003", Key: key, Kind: key, JSON: []byte(`[`)}})
		if (err != nil) != want || err != nil && !strings.Contains(err.Error(), "a0003") {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func FuzzAnyCriticLeavesADecision(f *testing.F) {
	for _, s := range []string{scores(1, 2, 3), `{}`, `[]`, `{"persona":{"score":1e999}}`, `{"persona":null,"consistency":{"score":null}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, reply string) {
		h := host(nil, nil)
		h.Replies = map[string]string{"plan": says("а"), "criticise": reply}
		got, err := planner(t, "", h).Plan(t.Context(), at(1))
		if err != nil || said(t, got) != "а" || len(h.Asked()) > 6 {
			t.Errorf("%+v, %v after %d calls", got, err, len(h.Asked()))
		}
	})
}
