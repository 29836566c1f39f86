package planning_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

// asking is a desk with the prompts ask and plan, whose model answers to plan.
func asking(t *testing.T) (*planning.Desk, *planningtest.Host) {
	t.Helper()
	host := &planningtest.Host{Replies: map[string]string{"plan": `{"actions":[]}`}, Fail: sdk.ErrModel}
	d, err := planning.NewDesk(sdk.Setup{Language: "ru", Host: host}, fstest.MapFS{
		"prompts/ask.ru.tmpl": {Data: []byte("Спроси.")}, "prompts/plan.ru.tmpl": {Data: []byte("Реши.")},
		"prompts/broken.ru.tmpl": {Data: []byte("{{.Missing}}")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, host
}

// asked is what the model is asked about a request.
func asked(t *testing.T, d *planning.Desk, host *planningtest.Host, req sdk.PlanRequest) sdk.GenerateRequest {
	t.Helper()
	scene, err := d.Scene(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scene.Decide(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	all := host.Asked()
	return all[len(all)-1]
}

func TestWhatChangesIsNeverTakenFromBefore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*sdk.PlanRequest) // in place: what it points to stays where it is
		shown  string
	}{
		"bio":         {func(r *sdk.PlanRequest) { r.Agent.Persona.Bio = "Живёт в лодке." }, "О тебе: Живёт в лодке."},
		"belief":      {func(r *sdk.PlanRequest) { r.Agent.Persona.Beliefs["Банки говорят правду."] = 1 }, "Банки говорят правду. — твёрдая уверенность"},
		"interest":    {func(r *sdk.PlanRequest) { r.Agent.Persona.Interests[0] = "лодки" }, "Интересы: лодки, походы"},
		"post":        {func(r *sdk.PlanRequest) { r.Observation.Timeline[1].Text = "Лодки подорожали" }, "«Лодки подорожали»"},
		"person":      {func(r *sdk.PlanRequest) { r.Observation.People[0].Name = "Глеб" }, "Люди: Глеб [a0007], Vera [a0009]."},
		"description": {func(r *sdk.PlanRequest) { r.Actions[0].Description = "поплыть" }, "- post: поплыть."},
		"argument":    {func(r *sdk.PlanRequest) { r.Actions[2].Args[0].Required = false }, "target — name or id"},
		"kind":        {func(r *sdk.PlanRequest) { r.Actions[3].Kind = "swim" }, `"follow","swim","ignore"`},
		"values":      {func(r *sdk.PlanRequest) { r.Actions[0].Args[1].Values[0] = "all" }, `"enum":["all","followers"]`},
		"most":        {func(r *sdk.PlanRequest) { r.MaxActions = 5 }, `"maxItems":5`},
		"fewer":       {func(r *sdk.PlanRequest) { r.Actions = r.Actions[:2] }, `"enum":["post","reply"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, host := asking(t)
			req := planningtest.Request("ru")
			before := asked(t, d, host, req)
			c.change(&req)
			after := asked(t, d, host, req)
			if all := whole(after); !strings.Contains(all, c.shown) || strings.Contains(whole(before), c.shown) {
				t.Errorf("%q is not in %s", c.shown, all)
			}
			fresh, other := asking(t)
			if diff := cmp.Diff(asked(t, fresh, other, req), after); diff != "" {
				t.Errorf("a desk that saw nothing before asks otherwise (-fresh +used):\n%s", diff)
			}
			if diff := cmp.Diff(before, asked(t, d, host, planningtest.Request("ru"))); diff != "" {
				t.Errorf("the first request, put again (-before +after):\n%s", diff)
			}
		})
	}
}

// whole is all that a model is given.
func whole(req sdk.GenerateRequest) string {
	return req.Messages[0].Content + req.Messages[1].Content + string(req.Schema)
}

func TestManyAtOneDeskSeeWhatIsTheirs(t *testing.T) {
	t.Parallel()
	d, host := asking(t)
	var residents sync.WaitGroup
	for i := range 8 {
		residents.Go(func() {
			req := planningtest.Request("ru")
			req.Agent.ID = fmt.Sprint("resident", i)
			req.Agent.Persona.Name = "Анна " + req.Agent.ID
			req.Recollection.Text = "Помнит " + req.Agent.ID
			for range 20 {
				scene, err := d.Scene(req)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := scene.Decide(t.Context(), nil, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	residents.Wait()
	all := host.Asked()
	if len(all) != 160 {
		t.Errorf("%d calls, want 160", len(all))
	}
	for _, call := range all {
		who, what := "Ты — Анна "+call.Call.Agent+",", "\nПомнит "+call.Call.Agent+"\n"
		if !strings.HasPrefix(call.Messages[0].Content, who) || !strings.Contains(call.Messages[1].Content, what) {
			t.Fatalf("%s was shown what is not theirs: %s", call.Call.Agent, whole(call))
		}
	}
}

func TestQuestionsAboutASceneBeginAlike(t *testing.T) {
	t.Parallel()
	d, host := asking(t)
	scene, err := d.Scene(planningtest.Request("ru"))
	if err != nil {
		t.Fatal(err)
	}
	var reply json.RawMessage
	if err := scene.Ask(t.Context(), planning.Task{Purpose: "broken", Data: map[string]any{}}, &reply); err == nil {
		t.Error("a prompt without its data was rendered")
	}
	if err := scene.Ask(t.Context(), planning.Task{Purpose: "ask"}, &reply); err == nil {
		t.Error("the model's fault was lost")
	}
	if _, err := scene.Decide(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	calls := host.Asked()
	first, ask := strings.CutSuffix(calls[0].Messages[1].Content, "Спроси.")
	second, plan := strings.CutSuffix(calls[1].Messages[1].Content, "Реши.")
	if !ask || !plan || first != second || strings.Count(second, "# Сейчас") != 1 {
		t.Errorf("questions:\n%s\n---\n%s", calls[0].Messages[1].Content, calls[1].Messages[1].Content)
	}
	if calls[0].Messages[0] != calls[1].Messages[0] {
		t.Error("the persona changed within a scene")
	}
}
