package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// awkward is a study whose names and texts try to be something else: paths,
// formulas, markup, commands of a terminal.
const awkward = `apiVersion: gorod/v1
kind: Experiment
name: awkward
description: "<script>alert(1)</script>"
clock: {ticks: 4}
population:
  - group: '=g"<b>/x|,'
    inline:
      - {name: ../../etc/passwd, bio: "  отступ\nи\tтаб\r\nконец", interests: ["таб\tтаб", ".inf", "null"], beliefs: {'"x"': 1}}
      - {name: '=1+1', bio: "\x1b[31mкрасное\x07 \u202eоборот", style: "\x1b[2J"}
      - {name: <script>alert(2)</script>, bio: '-cmd|calc'}
      - {name: 👩‍👩‍👧 "эмодзи" 'и' \кавычки\, bio: "@SUM(A1)"}
agents: {activity: [1]}
events:
  - {id: '=e<i>/,|', tick: 1, text: "=1+1<script>alert(3)</script>\n«сосед» \x1b[31m ужас"}
surveys:
  - id: '=s<b>"/|,'
    questions:
      - {id: '=q', text: "<b>?</b>", type: single, options: ['=a', '<i>b</i>', "d\ne"]}
      - {text: "\x1b[2J?"}
interviews: [{id: '<img src=x onerror=alert(4)>', questions: ['=1', '<b>']}]
propositions: [{id: '=p,"<b>', claim: '<script>x</script>', about: each}]
extract:
  - {name: e, about: each, instruction: '=x', schema: {type: object, properties: {'=a,"<b>/|': {type: string}, agent: {type: string}, '': {type: integer}}}}
interventions: [{id: '=i<b>|,', when: {tick: 2}, do: [{tell: {text: '=HYPERLINK("x")'}}, {goals: {add: [<script>]}}]}]
metrics: [{plugin: metric/activity}, {plugin: metric/spread}]
`

func TestAwkwardNamesAndTextsAreDataEverywhere(t *testing.T) {
	t.Parallel()
	dir := write(t, awkward)
	first := lastLine(t, gorod(t, dir, "run", "--json", "study.yaml"))
	if len(first.Runs) != 1 || first.Runs[0].Status != "done" {
		t.Fatalf("%+v", first)
	}
	if v := gorod(t, dir, "verify", first.Study); v.code != 0 {
		t.Errorf("it does not replay: %v", v)
	}
	again := lastLine(t, gorod(t, dir, "run", "--json", "--no-report", filepath.Join(first.Study, "study.yaml")))
	if again.Runs[0].Digest != first.Runs[0].Digest {
		t.Error("the study of the run directory is another study")
	}
	if a := gorod(t, dir, "export", first.Study); a.code != 0 {
		t.Error(a)
	}
	for _, what := range []string{"--answers", "--scores", "--extracts", "--events", "--calls"} {
		if a := gorod(t, dir, "show", what, first.Study); a.code != 0 || strings.ContainsAny(a.stdout, "\x1b\x07\u202e") {
			t.Errorf("show %s: exit %d, or it commands the terminal", what, a.code)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, first.Report))
	if err != nil {
		t.Fatal(err)
	}
	for _, markup := range []string{"<script>alert", "<script>x", "<img src=x", "<b>?", "\x1b"} {
		if strings.Contains(string(page), markup) {
			t.Errorf("the report holds %q as it is", markup)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, first.Study, "report", "data", "*.csv"))
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(text), ",=") || strings.Contains(string(text), `,"=`) || strings.Contains(string(text), "\n=") {
			t.Errorf("%s has a formula, or %v", filepath.Base(file), err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, first.Study, "*")); err != nil || len(left) != 6 {
		t.Errorf("in the run directory are %q, %v", left, err)
	}
}

func TestAReplayNeedsARecording(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	a := gorod(t, dir, "run", "--json", "--out", "again", "--set", "cassette=replay", "study.yaml")
	if a.code != 1 || !strings.Contains(a.stderr, "cassette: replay` answers from the recording of an earlier run") {
		t.Fatal(a)
	}
	if v := gorod(t, dir, "verify", "again"); v.code == 0 || strings.Count(v.stderr, "verify ") != 1 {
		t.Error(v)
	}
	first := lastLine(t, gorod(t, dir, "run", "--json", "--no-report", "--out", "first", "study.yaml"))
	recording, err := os.ReadFile(filepath.Join(dir, "first", "base", "5", "llm.db"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "again", "base", "5", "llm.db"), recording, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	b := gorod(t, dir, "run", "--json", "--resume", "again")
	if b.code != 0 || lastLine(t, b).Runs[0].Digest != first.Runs[0].Digest {
		t.Errorf("want digest %s: %v", first.Runs[0].Digest, b)
	}
}
