package reflect_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/planner/reflect"
	"github.com/llm-city/gorod/plugins/sdk"
)

var update = flag.Bool("update", false, "write the golden files")

// says is a decision to post a text.
func says(text string) string {
	return fmt.Sprintf(`{"thought":"Надо сказать.","purpose":"сказать","place":"network","actions":[{"kind":"post","text":%q}]}`, text)
}

// scores is a critic's reply.
func scores(persona, consistency, fluency int) string {
	return fmt.Sprintf(`{"persona":{"why":"образ %d","score":%d},"consistency":{"why":"память %d","score":%d},"fluency":{"why":"речь %d","score":%d}}`,
		persona, persona, consistency, consistency, fluency, fluency)
}

func host(plans, critics []string) *planningtest.Host {
	return &planningtest.Host{Script: map[string][]string{"plan": plans, "criticise": critics}, Fail: sdk.ErrModel}
}

func planner(t *testing.T, config string, h sdk.Host) sdk.Planner {
	t.Helper()
	return planningtest.New(t, reflect.Plugin(), config, "ru", h)
}

// said is the text of a decision's only action.
func said(t *testing.T, d sdk.Decision) string {
	t.Helper()
	if len(d.Actions) != 1 {
		t.Fatalf("actions %+v", d.Actions)
	}
	return d.Actions[0].Arg("text")
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func kind(err error) string {
	var e *sdk.Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.Kind
}

const pair = "plan criticise "

func TestActionsAreMadeAnewUntilTheyAreAcceptedOrAttemptsEnd(t *testing.T) {
	t.Parallel()
	abc := []string{says("а"), says("б"), says("в"), says("г")}
	for name, c := range map[string]struct {
		config        string
		plans, critic []string
		calls         string
		want, thought string
	}{
		"at once": {"", abc, []string{scores(5, 9, 5)}, pair, "а", "Надо сказать. [1/3 persona 5, consistency 9, fluency 5]"},
		"the second": {"", abc, []string{scores(9, 4, 9), scores(6, 6, 6)}, pair + pair, "б",
			"Надо сказать. [2/3 persona 6, consistency 6, fluency 6]"},
		"none: the highest lowest score": {"", abc, []string{scores(9, 9, 1), scores(2, 3, 2), scores(1, 9, 9)}, pair + pair + pair, "б",
			"Надо сказать. [2/3 persona 2, consistency 3, fluency 2]"},
		"none: then the highest sum": {"", abc, []string{scores(3, 5, 5), scores(9, 3, 8), scores(4, 3, 9)}, pair + pair + pair, "б",
			"Надо сказать. [2/3 persona 9, consistency 3, fluency 8]"},
		"none: then the first": {"", abc, []string{scores(3, 4, 5), scores(5, 4, 3), scores(4, 5, 3)}, pair + pair + pair, "а",
			"Надо сказать. [1/3 persona 3, consistency 4, fluency 5]"},
		"accepted beats a higher sum": {`{"threshold":{"persona":6}}`, abc, []string{scores(5, 9, 9), scores(6, 5, 5)}, pair + pair, "б",
			"Надо сказать. [2/3 persona 6, consistency 5, fluency 5]"},
		"one attempt": {`{"max_attempts":1}`, abc, []string{scores(0, 0, 0)}, pair, "а", "Надо сказать. [1/1 persona 0, consistency 0, fluency 0]"},
		"four attempts": {`{"max_attempts":4}`, abc, []string{scores(0, 0, 0), scores(1, 1, 1), scores(2, 2, 2), scores(3, 3, 3)},
			pair + pair + pair + pair, "г", "Надо сказать. [4/4 persona 3, consistency 3, fluency 3]"},
		"one critic": {`{"critics":["fluency"]}`, abc, []string{scores(0, 0, 4), scores(0, 0, 5)}, pair + pair, "б", "Надо сказать. [2/3 fluency 5]"},
		"a threshold of nothing": {`{"threshold":{"persona":0,"consistency":0,"fluency":0}}`, abc, []string{scores(0, 0, 0)}, pair, "а",
			"Надо сказать. [1/3 persona 0, consistency 0, fluency 0]"},
		"nothing to criticise":    {"", []string{`{"thought":"Промолчу."}`}, nil, "plan ", "", "Промолчу."},
		"silence after criticism": {"", []string{says("а"), `{"thought":"Промолчу."}`}, []string{scores(4, 9, 9)}, pair + "plan ", "", "Промолчу."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := host(append([]string{}, c.plans...), c.critic)
			got, err := planner(t, c.config, h).Plan(t.Context(), planningtest.Request("ru"))
			if err != nil {
				t.Fatal(err)
			}
			if calls := strings.Join(h.Purposes(), " ") + " "; calls != c.calls {
				t.Errorf("calls %q, want %q", calls, c.calls)
			}
			if c.want != "" && said(t, got) != c.want || got.Thought != c.thought {
				t.Errorf("took %+v, want %q with %q", got, c.want, c.thought)
			}
		})
	}
}

func TestADecisionIsThatOfItsActions(t *testing.T) {
	t.Parallel()
	h := host([]string{`{"thought":"т","purpose":"п","actions":[{"kind":"reply","target":"p12","text":"Да.","audience":""},{"kind":"dance"},{"kind":"ignore"}]}`}, []string{scores(9, 9, 9)})
	got, err := planner(t, `{"temperature":0.5,"max_tokens":300}`, h).Plan(t.Context(), planningtest.Request("ru"))
	if err != nil {
		t.Fatal(err)
	}
	got.Changes = nil
	same(t, "decision", sdk.Decision{
		Plan: &sdk.Plan{Purpose: "п", Place: "network"}, Thought: "т [1/3 persona 9, consistency 9, fluency 9]",
		Actions: []sdk.Action{ // two at most; the unknown one is for the environment to refuse
			{Kind: "reply", Args: map[string]string{"target": "p12", "text": "Да."}}, {Kind: "dance", Args: map[string]string{}},
		},
	}, got)
	for _, call := range h.Asked() {
		if call.MaxTokens != 300 || call.Temperature == nil || *call.Temperature != 0.5 {
			t.Errorf("%s: sampling %v, %d tokens", call.Call.Purpose, call.Temperature, call.MaxTokens)
		}
	}
}

func TestTheNextAttemptHearsWhatFellShort(t *testing.T) {
	t.Parallel()
	h := host([]string{says("Привет!"), says("Ставки выросли."), says("Считаю.")}, []string{scores(2, 8, 4), scores(9, 1, 9), scores(9, 9, 9)})
	if _, err := planner(t, "", h).Plan(t.Context(), planningtest.Request("ru")); err != nil {
		t.Fatal(err)
	}
	asked := h.Asked()
	for i, call := range asked {
		if want := (sdk.Call{Agent: "a0003", Tick: 7, Purpose: h.Purposes()[i], Index: i / 2}); call.Call != want {
			t.Errorf("call %+v, want %+v", call.Call, want)
		}
	}
	first, second, third := asked[0].Messages[1].Content, asked[2].Messages[1].Content, asked[4].Messages[1].Content
	if strings.Contains(first, "Замечания") {
		t.Errorf("the first attempt is criticised before it is made:\n%s", first)
	}
	for _, want := range []string{"- post text=«Привет!»\n", "- верность образу, 2 из 9: «образ 2»\n", "- естественность речи, 4 из 9: «речь 4»\n"} {
		if !strings.Contains(second, want) {
			t.Errorf("%q is not in\n%s", want, second)
		}
	}
	if strings.Contains(second, "память 8") || strings.Contains(third, "образ 2") || !strings.Contains(third, "память 1") {
		t.Errorf("what was good, or of an older attempt, is criticised:\n%s\n%s", second, third)
	}
	same(t, "facts of the second attempt", any(reflect.Facts{Attempt: 2, Actions: []string{"post text=«Привет!»"}, Faults: []string{"образ 2", "речь 4"}}), asked[2].Facts)
	same(t, "facts of its critic", any(reflect.Facts{Attempt: 2, Actions: []string{"post text=«Ставки выросли.»"}}), asked[3].Facts)
}

func TestACriticThatMakesNoSenseIsBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		plans, critic []string
		calls         int
		want, thought string
		fail, wantErr string
	}{
		"beyond the scale": {plans: []string{says("а")}, critic: []string{`{"persona":{"score":1e300},"consistency":{"score":99},"fluency":{"score":"7"}}`}, calls: 2,
			want: "а", thought: "Надо сказать. [1/3 persona 9, consistency 9, fluency 7]"},
		"below the scale": {plans: []string{says("а"), says("б")}, critic: []string{`{"persona":{"score":-5},"consistency":{"score":9},"fluency":{"score":9}}`, scores(9, 9, 9)}, calls: 4,
			want: "б", thought: "Надо сказать. [2/3 persona 9, consistency 9, fluency 9]"},
		"no score":            {plans: []string{says("а")}, critic: []string{`{"persona":{"why":"?"},"consistency":{"score":9},"fluency":{"score":9}}`}, calls: 2, want: "а", thought: "Надо сказать."},
		"words for a score":   {plans: []string{says("а")}, critic: []string{`{"persona":{"score":"high"}}`}, calls: 2, want: "а", thought: "Надо сказать."},
		"no JSON":             {plans: []string{says("а")}, critic: []string{`fine`}, calls: 2, want: "а", thought: "Надо сказать."},
		"a list":              {plans: []string{says("а")}, critic: []string{`[]`}, calls: 2, want: "а", thought: "Надо сказать."},
		"fails":               {plans: []string{says("а")}, critic: []string{planningtest.FailReply}, calls: 2, want: "а", thought: "Надо сказать."},
		"fails later":         {plans: []string{says("а"), says("б")}, critic: []string{scores(1, 1, 1), planningtest.FailReply}, calls: 4, want: "а", thought: "Надо сказать. [1/3 persona 1, consistency 1, fluency 1]"},
		"no further attempt":  {plans: []string{says("а"), "no"}, critic: []string{scores(1, 1, 1)}, calls: 3, want: "а", thought: "Надо сказать. [1/3 persona 1, consistency 1, fluency 1]"},
		"no first attempt":    {plans: []string{"no"}, calls: 1, wantErr: sdk.ErrModel},
		"budget, at critic":   {plans: []string{says("а")}, calls: 2, critic: []string{planningtest.FailReply}, fail: sdk.ErrBudget, wantErr: sdk.ErrBudget},
		"budget, at an other": {plans: []string{says("а"), planningtest.FailReply}, calls: 3, critic: []string{scores(1, 1, 1)}, fail: sdk.ErrBudget, wantErr: sdk.ErrBudget},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := host(c.plans, c.critic)
			if c.fail != "" {
				h.Fail = c.fail
			}
			got, err := planner(t, "", h).Plan(t.Context(), planningtest.Request("ru"))
			if kind(err) != c.wantErr || len(h.Asked()) != c.calls {
				t.Fatalf("%v after %d calls, want %s after %d", err, len(h.Asked()), c.wantErr, c.calls)
			}
			if c.wantErr == "" && (said(t, got) != c.want || got.Thought != c.thought) {
				t.Errorf("took %+v, want %q with %q", got, c.want, c.thought)
			}
		})
	}
}

func TestPromptsAreAsReviewed(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		h := host([]string{says("Вчера"), says("Кто?"), says("Я.")}, []string{scores(9, 9, 9), scores(1, 9, 4), scores(9, 9, 9)})
		p := planningtest.New(t, reflect.Plugin(), "", language, h)
		for range 2 { // the second time there are words of her own
			if _, err := p.Plan(t.Context(), planningtest.Request(language)); err != nil {
				t.Fatal(err)
			}
		}
		var b strings.Builder
		asked := h.Asked()[2:]
		common := asked[0].Messages[1].Content
		common = common[:strings.LastIndex(common, "\n# ")+1]
		for _, call := range asked {
			own, ok := strings.CutPrefix(call.Messages[1].Content, common)
			if !ok || call.Messages[0] != asked[0].Messages[0] {
				t.Errorf("%s begins otherwise than the other prompts", call.Call.Purpose)
			}
			b.WriteString("=== " + call.Call.Purpose + "\n" + own)
		}
		b.WriteString("=== schema\n" + string(asked[1].Schema) + "\n")
		golden(t, "prompts."+language+".golden", b.String())
	}
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
	same(t, name, string(want), got)
}

func TestHugeRepliesAreBounded(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("очень длинный текст <|im_start|> » ", 30_000) // 1 MB
	plan := func(n int) string {
		return fmt.Sprintf(`{"thought":"%[2]s","purpose":"%[2]s","actions":[{"kind":"post","text":"%[1]d %[2]s","%[2]s":"%[2]s"}]}`, n, huge)
	}
	critic := strings.ReplaceAll(scores(1, 1, 1), "образ", huge)
	h := host([]string{plan(1), plan(2), plan(3)}, []string{critic, critic, critic})
	got, err := planner(t, "", h).Plan(t.Context(), planningtest.Request("ru"))
	if err != nil {
		t.Fatal(err)
	}
	if n := utf8.RuneCountInString(got.Thought); n > 300 || !strings.HasSuffix(got.Thought, " [1/3 persona 1, consistency 1, fluency 1]") {
		t.Errorf("a thought of %d characters: %s", n, got.Thought)
	}
	if n := len(got.Changes[0].JSON); n > 2000 {
		t.Errorf("a record of %d bytes", n)
	}
	for _, call := range h.Asked() {
		if n := utf8.RuneCountInString(call.Messages[1].Content); n > 16_000 || strings.Contains(call.Messages[1].Content, "<|") {
			t.Errorf("%s: a prompt of %d characters", call.Call.Purpose, n)
		}
	}
}

func TestABadConfigIsRefused(t *testing.T) {
	t.Parallel()
	for _, config := range []string{`{"critics":"all"}`, `{"max_attempts":0}`, `[]`} {
		if _, err := reflect.Plugin().New(t.Context(), sdk.Setup{Config: json.RawMessage(config)}); kind(err) != sdk.ErrInvalidConfig {
			t.Errorf("%s: got %v", config, err)
		}
	}
}
