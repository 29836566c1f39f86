package runner_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/llmtest"
	core "github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
)

func TestAnEvaluationThatWasStoppedGoesOnAndAsksOnlyForWhatIsMissing(t *testing.T) {
	t.Parallel()
	server := start(t, llmtest.Options{Slots: 2})
	what, dir := load(t, served(server.URL, 2)+subjects), t.TempDir()
	o := options(what)
	s := &stopper{after: 5}
	o.Observer, o.Stop = s, s.stop
	if _, err := evaluated(t, dir, o); !errors.Is(err, runner.ErrStopped) {
		t.Fatal(err)
	}
	before := server.Stats().Requests
	if before < 10 || before >= 24 {
		t.Errorf("%d requests before the stop", before)
	}
	if _, err := os.Stat(filepath.Join(dir, sample.SamplesFile)); err == nil {
		t.Error("rows are there before all are answered")
	}
	again, err := runner.Load(dir, "models.default.parallel=1")
	if err != nil {
		t.Fatal(err)
	}
	o = options(again)
	s = &stopper{after: 1000}
	o.Observer = s
	if _, err := evaluated(t, dir, o); err != nil {
		t.Fatal(err)
	}
	if n := server.Stats().Requests; n != 24 || s.last.Done != 12 || s.last.Total != 12 || s.last.Hits != int64(before) || s.last.Replies != int64(24-before) {
		t.Errorf("%d requests, %+v", n, s.last)
	}
	first := read(t, dir)
	server.Close() // what is answered needs no server
	if _, err := evaluated(t, dir, options(again)); err != nil {
		t.Fatal(err)
	}
	if read(t, dir).bytes != first.bytes {
		t.Error("the same replies gave other rows")
	}
}

func TestAnInterruptionChangesNoRow(t *testing.T) {
	t.Parallel()
	want := done(t, options(load(t, here+subjects))).bytes
	for after := range 12 {
		what, dir := load(t, here+subjects), t.TempDir()
		o := options(what)
		s := &stopper{after: after}
		o.Observer, o.Stop = s, s.stop
		// Those under way are answered: late stops leave nothing.
		if _, err := evaluated(t, dir, o); !errors.Is(err, runner.ErrStopped) && (err != nil || after < 4) {
			t.Fatal(err)
		}
		if _, err := evaluated(t, dir, options(what)); err != nil || read(t, dir).bytes != want {
			t.Errorf("stopped after %d: %v, other rows", after, err)
		}
	}
}

func TestTheBudgetHoldsAndCanBeRaised(t *testing.T) {
	t.Parallel()
	server := start(t, llmtest.Options{Slots: 4})
	what, dir := load(t, served(server.URL, 4)+subjects+"budget: {max_calls: 7}\n"), t.TempDir()
	if _, err := evaluated(t, dir, options(what)); !llm.IsKind(err, llm.BudgetSpent) {
		t.Fatal(err)
	}
	if n := server.Stats().Requests; n != 7 {
		t.Errorf("%d requests", n)
	}
	more, err := runner.Load(dir, "budget.max_calls=24")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evaluated(t, dir, options(more)); err != nil || server.Stats().Requests != 24 {
		t.Error(err, server.Stats().Requests)
	}
}

func TestAReplayAsksNobody(t *testing.T) {
	t.Parallel()
	server := start(t, llmtest.Options{Slots: 4})
	text, from, to := served(server.URL, 4)+subjects, t.TempDir(), t.TempDir()
	if _, err := evaluated(t, from, options(load(t, text))); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(from, runner.CassetteFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evaluated(t, t.TempDir(), options(load(t, text+"cassette: replay\n"))); err == nil || !strings.Contains(err.Error(), "cassette: replay") {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(to, runner.CassetteFile), data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := evaluated(t, to, options(load(t, text+"cassette: replay\n"))); err != nil || server.Stats().Requests != 24 {
		t.Error(err, server.Stats().Requests)
	}
	if _, err := evaluated(t, to, options(load(t, text+"cassette: replay\n"), chains{items: 7})); err == nil || !strings.Contains(err.Error(), "its items have changed: it began with 6, now there are 7") {
		t.Error(err)
	}
}

func TestWhatHasChangedIsRefusedByName(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "own.jsonl")
	put := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(data, "one")
	server := start(t, llmtest.Options{Slots: 4})
	other := start(t, llmtest.Options{Slots: 4, Digest: "другие"})
	text := strings.Replace(served(server.URL, 4)+subjects, "language: {}", "language: {prompts: "+data+"}", 1)
	what, dir := load(t, text), t.TempDir()
	if _, err := evaluated(t, dir, options(what)); err != nil {
		t.Fatal(err)
	}
	put(data, "two")
	if _, err := evaluated(t, dir, options(what)); err == nil || !strings.Contains(err.Error(), "tasks[0].language.prompts: "+data+" has changed") {
		t.Error(err)
	}
	put(data, "one")
	moved, err := runner.Load(dir, "models.other.endpoints=["+other.URL+"]")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evaluated(t, dir, options(moved)); err == nil || !strings.Contains(err.Error(), "models.other: it began with m of digest") || strings.Contains(err.Error(), "models.default") {
		t.Error(err)
	}
	if _, err := runner.Load(dir, "seed=2", "budget.max_calls=9"); err == nil || !strings.Contains(err.Error(), "--set seed=2: cannot change any more") || strings.Contains(err.Error(), "--set budget") {
		t.Error(err)
	}
	put(filepath.Join(dir, runner.SuiteFile), "name: x")
	if _, err := runner.Load(dir); err == nil || !strings.Contains(err.Error(), "suite.yaml is not as the evaluation began") {
		t.Error(err)
	}
	if _, err := runner.Load(t.TempDir()); !errors.Is(err, runner.ErrNoEvaluation) {
		t.Error(err)
	}
}

func TestTheManifestSaysWithWhatAndIsListed(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "one")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := evaluated(t, dir, options(load(t, here+subjects))); err != nil {
		t.Fatal(err)
	}
	all, err := runner.List(root)
	if err != nil || len(all) != 1 || all[0].Dir != dir {
		t.Fatal(all, err)
	}
	m := all[0].Manifest
	text, err := os.ReadFile(filepath.Join(dir, runner.SuiteFile))
	if err != nil || m.Suite != suite.Digest(text) || m.Gorod != "test" || m.Models["default"].Provider != "reference" || m.Tasks[0].Items != 6 || m.Samples != 24 || len(m.Outputs) != 2 || m.Ended == nil {
		t.Errorf("%+v, %v", m, err)
	}
	unlock, err := core.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evaluated(t, dir, options(load(t, here+subjects))); !errors.Is(err, core.ErrBusy) {
		t.Error(err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}
