package qaframework_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/planner/qaframework"
	"github.com/llm-city/gorod/plugins/sdk"
)

var update = flag.Bool("update", false, "write the golden files")

func replies() map[string]string {
	return map[string]string{
		"ask":    `{"questions":["С кем из друзей ты посоветуешься о ставках?","«Что» скажет банк?","` + strings.Repeat("слово ", 80) + `"]}`,
		"answer": `{"answers":["С Борисом, сегодня.","Не знаю.","Прочту договор."]}`,
		"plan":   `{"thought":"Брат знает.","purpose":"посоветоваться с Борисом","place":"network","actions":[{"kind":"reply","target":"p12","text":"Как считаешь?"}]}`,
	}
}

func TestPlanAsksAnswersAndExtracts(t *testing.T) {
	t.Parallel()
	host := &planningtest.Host{Replies: replies()}
	got, err := planningtest.New(t, qaframework.Plugin(), "", "ru", host).Plan(t.Context(), planningtest.Request("ru"))
	if err != nil {
		t.Fatal(err)
	}
	want := sdk.Decision{
		Plan: &sdk.Plan{Purpose: "посоветоваться с Борисом", Place: "network"}, Thought: "Брат знает.",
		Actions: []sdk.Action{{Kind: "reply", Args: map[string]string{"target": "p12", "text": "Как считаешь?"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decision (-want +got):\n%s", diff)
	}
	questions := []string{"С кем из друзей ты посоветуешься о ставках?", `"Что" скажет банк?`, strings.TrimSpace(strings.Repeat("слово ", 50)) + "…"}
	facts := []qaframework.Facts{
		{},
		{Questions: questions},
		{Questions: questions, Answers: []string{"С Борисом, сегодня.", "Не знаю.", "Прочту договор."}},
	}
	asked := host.Asked()
	if len(asked) != 3 {
		t.Fatalf("%d calls, want 3", len(asked))
	}
	for i, purpose := range []string{"ask", "answer", "plan"} {
		if asked[i].Call.Purpose != purpose {
			t.Errorf("call %d is %s, want %s", i, asked[i].Call.Purpose, purpose)
		}
		if diff := cmp.Diff(any(facts[i]), asked[i].Facts); diff != "" {
			t.Errorf("facts of %s (-want +got):\n%s", purpose, diff)
		}
	}
}

// A server that keeps the beginning of a prompt works through it once a tick.
func TestTheThreePromptsBeginAlike(t *testing.T) {
	t.Parallel()
	host := &planningtest.Host{Replies: replies()}
	if _, err := planningtest.New(t, qaframework.Plugin(), "", "ru", host).Plan(t.Context(), planningtest.Request("ru")); err != nil {
		t.Fatal(err)
	}
	asked := host.Asked()
	situation, _, _ := strings.Cut(asked[0].Messages[1].Content, "\n# Задание")
	for _, call := range asked {
		if call.Messages[0] != asked[0].Messages[0] || !strings.HasPrefix(call.Messages[1].Content, situation) {
			t.Errorf("%s begins otherwise", call.Call.Purpose)
		}
	}
}

func TestPromptsAreAsReviewed(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		host := &planningtest.Host{Replies: replies()}
		if _, err := planningtest.New(t, qaframework.Plugin(), "", language, host).Plan(t.Context(), planningtest.Request(language)); err != nil {
			t.Fatal(err)
		}
		asked := host.Asked()
		common := len(asked[0].Messages[1].Content)
		for i := range asked[1:] {
			common = min(common, same(asked[0].Messages[1].Content, asked[i+1].Messages[1].Content))
		}
		var b strings.Builder
		for _, call := range asked {
			b.WriteString("=== " + call.Call.Purpose + "\n" + call.Messages[1].Content[common:] + "=== schema\n" + string(call.Schema) + "\n")
		}
		golden(t, "prompts."+language+".golden", b.String())
	}
}

// same is how long two texts are alike, up to a whole line.
func same(a, b string) int {
	line := 0
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			break
		}
		if a[i] == '\n' {
			line = i + 1
		}
	}
	return line
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestAnExperienceIsReusedWithoutACall(t *testing.T) {
	t.Parallel()
	host := &planningtest.Host{Replies: replies()}
	req := planningtest.Request("en")
	req.Observation.Notifications, req.Recollection.Experience = nil, []sdk.Action{{Kind: "trends"}}
	got, err := planningtest.New(t, qaframework.Plugin(), "", "en", host).Plan(t.Context(), req)
	if err != nil || !got.Reused || len(host.Asked()) != 0 {
		t.Errorf("%+v after %d calls, error %v", got, len(host.Asked()), err)
	}
}

func TestARoleThatSaysNothingEndsTheThinking(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		purpose, reply string
		calls          int
	}{
		"no questions":    {"ask", `{"questions":["",""," "]}`, 1},
		"not a list":      {"ask", `{"questions":"why?"}`, 1},
		"no answers":      {"answer", `{"answers":[]}`, 2},
		"plan is no JSON": {"plan", `go`, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := &planningtest.Host{Replies: replies()}
			host.Replies[c.purpose] = c.reply
			_, err := planningtest.New(t, qaframework.Plugin(), "", "ru", host).Plan(t.Context(), planningtest.Request("ru"))
			if e := new(sdk.Error); !errors.As(err, &e) || e.Kind != sdk.ErrModel || len(host.Asked()) != c.calls {
				t.Errorf("error %v after %d calls, want %d", err, len(host.Asked()), c.calls)
			}
		})
	}
}

func TestASpentBudgetIsPassedOn(t *testing.T) {
	t.Parallel()
	host := &planningtest.Host{Replies: replies(), Fail: sdk.ErrBudget}
	delete(host.Replies, "answer")
	_, err := planningtest.New(t, qaframework.Plugin(), "", "ru", host).Plan(t.Context(), planningtest.Request("ru"))
	if e := new(sdk.Error); !errors.As(err, &e) || e.Kind != sdk.ErrBudget {
		t.Errorf("got %v", err)
	}
}

func BenchmarkPlan(b *testing.B) {
	planner := planningtest.New(b, qaframework.Plugin(), "", "ru", quiet{replies: replies()})
	req := planningtest.Request("ru")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := planner.Plan(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}

// quiet answers without keeping what it was asked.
type quiet struct {
	sdk.Host
	replies map[string]string
}

// Generate implements sdk.Host.
func (q quiet) Generate(_ context.Context, req sdk.GenerateRequest) (sdk.Reply, error) {
	return sdk.Reply{Text: q.replies[req.Call.Purpose]}, nil
}
