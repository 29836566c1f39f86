package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/social"
)

// measured is a study that measures all there is, with feeds that show strangers.
const measured = small + `
environment: {network: {feed: {rank: hot, discover: 0.5}, follows: {graph: complete}}}
metrics:
  - {plugin: metric/activity}
  - {plugin: metric/emotion}
  - {plugin: metric/events}
  - {plugin: metric/groups}
  - {plugin: metric/language}
  - {plugin: metric/persona, config: {early: 1, min_texts: 3}}
  - {plugin: metric/spread}
`

// visits are of a visitor with a hostile name, who knows of the study's event, and
// of one who is refused.
func visits() []social.Visit {
	alice := social.Visitor{ID: "@alice@example.org", Name: "Алиса \u202e<script>alert(1)</script>"}
	at := func(id, kind, text, to string) social.Visit {
		return social.Visit{ID: id, Visitor: alice, Kind: kind, Text: text, To: to}
	}
	return []social.Visit{
		at("v1", "post", "Здравствуйте, @anna и @a0002! Говорят, в городе выпал первый снег", ""),
		at("v2", "direct", "Как у вас дела?", "a0003"),
		at("v3", "follow", "", "a0001"),
		{ID: "v4", Visitor: alice, Kind: "reply", Text: "Отвечаю себе.", Target: "v1"},
		{ID: "v5", Visitor: social.Visitor{ID: "@a0001", Name: "Анна"}, Kind: "post", Text: "Я Анна"},
	}
}

// visitedRun is a run that visitors come to in the middle.
func visitedRun(t *testing.T) (dir, study, run string) {
	t.Helper()
	dir = write(t, strings.Replace(measured, "tick: 2, text: В городе выпал первый снег, to: all", "tick: 0, text: В городе выпал первый снег, agents: [Анна]", 1))
	a := gorod(t, dir, "run", "--json", "study.yaml", "--set", "budget.max_calls=9")
	d := lastLine(t, a)
	if a.code != 3 {
		t.Fatal(a)
	}
	q, err := control.Open(t.Context(), filepath.Join(dir, d.Runs[0].Dir, runner.ControlFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range visits() {
		if _, err := q.Add(t.Context(), v.Visitor.ID, v.ID, time.Now(), control.Order{Visit: &v}); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if a := gorod(t, dir, "run", "--json", "--resume", d.Study, "--set", "budget.max_calls=0"); a.code != 0 {
		t.Fatal(a)
	}
	return dir, d.Study, d.Runs[0].Dir
}

func TestARunWithVisitorsIsShownMeasuredExportedReportedAndVerified(t *testing.T) {
	t.Parallel()
	dir, study, run := visitedRun(t)
	answered, heard := 0, 0
	for e, err := range openRun(t, filepath.Join(dir, run)).Events(t.Context(), journal.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			To   string `json:"target_agent"`
			From string
		}
		if err := json.Unmarshal(e.Data, &d); err != nil {
			t.Fatal(err)
		}
		if e.Kind == event.KindAction && strings.HasPrefix(d.To, "@alice") {
			answered++
		}
		if e.Kind == event.KindHeard && strings.HasPrefix(d.From, "@alice") {
			heard++
		}
	}
	if answered == 0 || heard == 0 {
		t.Errorf("residents turned to the visitor %d times and heard of her %d times", answered, heard)
	}
	for _, c := range [][]string{
		{"show", study, "--events"}, {"show", study, "--events", "--json"}, {"show", study, "--scores"}, {"export", study}, {"report", study},
	} {
		a := gorod(t, dir, c...)
		if a.code != 0 || strings.ContainsAny(a.stdout, "\u202e") {
			t.Errorf("%v: %v", c, a)
		}
		if c[len(c)-1] == "--events" && (!strings.Contains(a.stdout, "@alice@example.org") || !strings.Contains(a.stdout, "refused: Так зовут жителя")) {
			t.Errorf("visits are not shown: %v", a)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, study, "report", "report.html"))
	if err != nil || strings.Contains(string(page), "<script>alert(1)") {
		t.Errorf("the report runs a visitor's name as a script (%v)", err)
	}
	if err := os.Remove(filepath.Join(dir, run, runner.ControlFile)); err != nil {
		t.Fatal(err)
	}
	if a := gorod(t, dir, "verify", run); a.code != 0 {
		t.Errorf("without the queue: %v", a)
	}
	for metric, scores := range scoredAgents(t, filepath.Join(dir, run)) {
		if strings.Contains(fmt.Sprint(scores), "@") {
			t.Errorf("%s measures a visitor as a resident: %v", metric, scores)
		}
	}
}

// scoredAgents are whom each metric scored.
func scoredAgents(t *testing.T, run string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for s, err := range openRun(t, run).Scores(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out[s.Source] = append(out[s.Source], s.Agent)
	}
	if len(out) < 6 {
		t.Errorf("only %d metrics scored", len(out))
	}
	return out
}
