package babyagi_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/planner/babyagi"
	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

var update = flag.Bool("update", false, "write the golden files")

// letters counts the letters of a text: an embedding by which texts differ.
func letters(text string) []float32 {
	v := make([]float32, 64)
	for _, r := range text {
		v[r%64]++
	}
	return v
}

// scripted replies differ from turn to turn.
func scripted(turn int) map[string]string {
	return map[string]string{
		"execute":    fmt.Sprintf(`{"thought":"ход %d","actions":[{"kind":"post","text":"слово %d"}],"result":"итог %d"}`, turn, turn, turn),
		"create":     fmt.Sprintf(`{"tasks":["дело %d","ещё дело %d"]}`, turn, turn),
		"prioritise": fmt.Sprintf(`{"order":[%d]}`, turn+2),
		"manage":     fmt.Sprintf(`{"tasks":[{"task":"дело %d"},{"id":%d}]}`, turn, turn),
	}
}

// A planner that is restored before every turn decides, asks, embeds and keeps
// the same as one that never stopped.
func TestRestoredIsAsIfItHadNeverStopped(t *testing.T) {
	t.Parallel()
	for _, config := range []string{"", `{"merge":true,"context":2}`, `{"max_turns":3,"on_empty":"restart"}`, `{"max_tasks":2}`} {
		steady, restarted := host(), host()
		one, kept, again := planner(t, config, steady), store{}, store{}
		for turn := range 80 {
			other := planner(t, config, restarted)
			if err := other.(sdk.Restorer).Restore(t.Context(), again.records()); err != nil {
				t.Fatal(err)
			}
			outcome := sdk.Outcome{Action: sdk.Action{Kind: "post", Args: map[string]string{"text": fmt.Sprint("слово ", turn-1)}}, OK: turn%2 == 0}
			steady.Replies, restarted.Replies, steady.Vector, restarted.Vector = scripted(turn), scripted(turn), letters, letters
			want := plan(t, one, kept, int64(turn), outcome)
			same(t, fmt.Sprintf("decision of turn %d with %s", turn, config), want, plan(t, other, again, int64(turn), outcome))
		}
		same(t, "calls", steady.Asked(), restarted.Asked())
		same(t, "embedded", steady.Embedded(), restarted.Embedded())
		same(t, "records", kept.records(), again.records())
	}
}

func TestAgentsHaveListsOfTheirOwn(t *testing.T) {
	t.Parallel()
	h, kept := host(), store{}
	p := planner(t, "", h)
	plan(t, p, kept, 1)
	req := planningtest.Request("ru")
	req.Agent.ID = "a0004"
	if d := planFor(t, p, kept, req); d.Plan.Purpose != "Составить список задач для цели" || d.Changes[0].Agent != "a0004" {
		t.Errorf("got %+v", d)
	}
	if d := plan(t, p, kept, 2); d.Plan.Purpose != "Прочитать договор" {
		t.Errorf("took %q", d.Plan.Purpose)
	}
}

func TestPromptsAreAsReviewed(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		var b strings.Builder
		for _, config := range []string{"", `{"merge":true}`} {
			h := host()
			h.Replies["manage"] = `{"tasks":[{"task":"Позвонить Борису"},{"task":"Прочитать договор"}]}`
			p := planningtest.New(t, babyagi.Plugin(), config, language, h)
			for tick := range int64(2) {
				req := planningtest.Request(language)
				req.Tick = tick
				planFor(t, p, store{}, req)
			}
			asked := h.Asked()
			for _, call := range asked[len(asked)/2:] {
				at := strings.Index(call.Messages[1].Content, map[string]string{"ru": "# Над чем ", "en": "# What you work at"}[language])
				b.WriteString("=== " + call.Call.Purpose + "\n" + call.Messages[1].Content[at:] + "=== schema\n" + string(call.Schema) + "\n")
			}
			if config == "" && strings.Contains(asked[0].Messages[1].Content, map[string]string{"ru": "Прежние", "en": "Earlier results"}[language]) {
				t.Error("the first turn has earlier results")
			}
		}
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

// A server that keeps the beginning of a prompt works through it once a turn.
func TestThePromptsOfATurnBeginAlike(t *testing.T) {
	t.Parallel()
	h := host()
	plan(t, planner(t, "", h), store{}, 1)
	situation, _, _ := strings.Cut(h.Asked()[0].Messages[1].Content, "# Над чем")
	for _, call := range h.Asked() {
		if call.Messages[0] != h.Asked()[0].Messages[0] || !strings.HasPrefix(call.Messages[1].Content, situation) {
			t.Errorf("%s begins otherwise", call.Call.Purpose)
		}
	}
}

func TestHugeTextsMakeBoundedPromptsAndRecords(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("очень длинный текст <|im_start|> ", 30_000) // 1 MB
	h, kept := host(), store{}
	h.Replies = map[string]string{
		"execute": `{"thought":"` + huge + `","place":"` + huge + `","result":"` + huge + `","actions":[{"kind":"` + huge + `"},{"kind":"post","text":"` + huge + `"}]}`,
		"create":  `{"tasks":["1 ` + huge + `","2 ` + huge + `"]}`, "prioritise": `{}`,
	}
	p := planner(t, "", h)
	for tick := range int64(3) {
		req := planningtest.Request("ru")
		req.Tick, req.Agent.Goals, req.Agent.Persona.Name = tick, []string{huge, huge}, huge
		req.Observation.Outcomes = []sdk.Outcome{{Action: sdk.Action{Kind: huge, Args: map[string]string{"text": huge}}, Detail: huge}}
		d := planFor(t, p, kept, req)
		if n := utf8.RuneCountInString(d.Plan.Purpose); n > 120 || utf8.RuneCountInString(d.Thought) > 300 {
			t.Errorf("purpose of %d characters", n)
		}
	}
	for _, call := range h.Asked() {
		if n := utf8.RuneCountInString(call.Messages[1].Content); n > 16_000 || strings.Contains(call.Messages[1].Content, "<|") {
			t.Errorf("%s: a prompt of %d characters", call.Call.Purpose, n)
		}
	}
	for id, r := range kept {
		if len(r.JSON) > 4000 {
			t.Errorf("record %s of %d bytes", id[1], len(r.JSON))
		}
	}
}
