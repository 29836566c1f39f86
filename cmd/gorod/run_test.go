package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/sqlite"
)

func TestRunTwiceGivesOneDigest(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	digests := map[string]bool{}
	for _, procs := range []string{"1", "8", ""} {
		cmd := command(t, dir, "run", "--json", "study.yaml")
		if procs != "" {
			cmd.Env = append(os.Environ(), "GOMAXPROCS="+procs)
		}
		a := finish(t, cmd)
		if a.code != 0 {
			t.Fatal(a)
		}
		digests[lastLine(t, a).Runs[0].Digest] = true
	}
	if len(digests) != 1 {
		t.Errorf("digests %v, want one", digests)
	}
}

func TestVerifyReplaysWithoutAModel(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	d := lastLine(t, gorod(t, dir, "run", "--json", "study.yaml"))
	a := gorod(t, dir, "verify", "--json", d.Runs[0].Dir)
	var v struct {
		Digest, Want string
		OK           bool
		ModelCalls   int `json:"model_calls"`
	}
	if err := json.Unmarshal([]byte(a.stdout), &v); err != nil || a.code != 0 {
		t.Fatal(err, a)
	}
	if !v.OK || v.Digest != d.Runs[0].Digest || v.Want != v.Digest || v.ModelCalls != 0 {
		t.Errorf("verify says %+v of a run with digest %s", v, d.Runs[0].Digest)
	}
}

func TestVerifyNoticesAChangedReply(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	d := lastLine(t, gorod(t, dir, "run", "--json", "study.yaml"))
	tamper(t, filepath.Join(dir, d.Runs[0].Dir, "llm.db"))
	if a := gorod(t, dir, "verify", d.Study); a.code == 0 {
		t.Errorf("a changed cassette verified: %v", a)
	}
}

func TestARunCanBeResumedAfterItsBudget(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	want := lastLine(t, gorod(t, dir, "run", "--json", "study.yaml")).Runs[0].Digest
	a := gorod(t, dir, "run", "--json", "study.yaml", "--set", "budget.max_calls=9")
	d := lastLine(t, a)
	if a.code != 3 || d.Runs[0].Status != "budget" || !strings.Contains(a.stderr, "--resume") {
		t.Fatalf("want exit 3 and how to go on: %v", a)
	}
	a = gorod(t, dir, "run", "--json", "--resume", d.Study, "--set", "budget.max_calls=0")
	if got := lastLine(t, a).Runs[0]; a.code != 0 || got.Digest != want || got.Status != "done" {
		t.Errorf("resumed to %+v, want digest %s: %v", got, want, a)
	}
}

func TestResumingADoneStudyChangesNothing(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	d := lastLine(t, gorod(t, dir, "run", "--json", "study.yaml"))
	a := gorod(t, dir, "run", "--json", "--resume", d.Study)
	if got := lastLine(t, a); a.code != 0 || got.Runs[0].Digest != d.Runs[0].Digest {
		t.Errorf("%v, want digest %s", a, d.Runs[0].Digest)
	}
}

func TestTheReportIsWrittenAndSaysWhoAnswered(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	d := lastLine(t, gorod(t, dir, "run", "--json", "study.yaml"))
	for file, want := range map[string]string{
		"report/report.html": "reference", "report/report.md": "reference", "manifest.json": `"reference"`, "study.yaml": "Анна",
	} {
		text, err := os.ReadFile(filepath.Join(dir, d.Study, file))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v, want it to say %q", file, err, want)
		}
	}
}

func TestExportWritesParquet(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	d := lastLine(t, gorod(t, dir, "run", "--json", "study.yaml"))
	if a := gorod(t, dir, "export", d.Study); a.code != 0 {
		t.Fatal(a)
	}
	for _, table := range []string{"events", "actions", "messages", "moods", "llm_calls"} {
		data, err := os.ReadFile(filepath.Join(dir, d.Study, "export", table+".parquet"))
		if err != nil || !strings.HasPrefix(string(data), "PAR1") {
			t.Errorf("%s: %v", table, err)
		}
	}
}

func TestMatrixRunsEveryCellAndSeed(t *testing.T) {
	t.Parallel()
	dir := write(t, small+"repeats: 2\nmatrix:\n  axes:\n    agents.planner.plugin: [planner/justplan, planner/qaframework]\n")
	a := gorod(t, dir, "run", "--json", "--jobs", "2", "study.yaml", "--set", "clock.ticks=3")
	d := lastLine(t, a)
	if a.code != 0 || len(d.Runs) != 4 {
		t.Fatal(a)
	}
	digests := map[string]bool{}
	for _, r := range d.Runs {
		digests[r.Digest] = true
	}
	if len(digests) != 4 {
		t.Errorf("%d different digests of 4 runs", len(digests))
	}
	if a := gorod(t, dir, "ls"); a.code != 0 || !strings.Contains(a.stdout, filepath.Base(d.Study)) {
		t.Errorf("ls: %v", a)
	}
	if a := gorod(t, dir, "show", d.Study); a.code != 0 || !strings.Contains(a.stdout, d.Runs[3].Digest[:12]) {
		t.Errorf("show: %v", a)
	}
}

// tamper changes one recorded reply: a resident says something else.
func tamper(t *testing.T, path string) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	done, err := db.ExecContext(t.Context(), `UPDATE calls SET reply = replace(reply, '"text":"', '"text":"Нет! ') WHERE purpose = 'plan' AND tick = 1`)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := done.RowsAffected(); n == 0 || err != nil {
		t.Fatalf("%d replies changed, %v", n, err)
	}
}
