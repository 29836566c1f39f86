package runner

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/builtin"
)

func TestAManifestIsReadAsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newManifest("v1", digestOf([]byte("x")), time.Now())
	m.Plugins["p"] = PluginUsed{Path: "/p", SHA256: "ab", Version: "1.0.0"}
	m.Models["m"] = ModelRecord{Provider: "ollama", Model: "qwen", Digest: "cd"}
	if err := WriteJSON(filepath.Join(dir, ManifestFile), m); err != nil {
		t.Fatal(err)
	}
	got, err := ReadManifest(dir)
	if diff := cmp.Diff(m, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := ReadManifest(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no manifest: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, ManifestFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadManifest(dir); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half a manifest: %v", err)
	}
}

func TestAStudyGoesOnWithWhatItBeganWith(t *testing.T) {
	t.Parallel()
	m := Manifest{Plugins: map[string]PluginUsed{
		"memory/longshort": {SHA256: "old", Builtin: true}, "/own": {SHA256: "old"}, "/gone": {SHA256: "old"}, "/same": {SHA256: "old"},
		"/metric": {SHA256: "old", After: true},
	}}
	c := m.changed(map[string]PluginUsed{
		"memory/longshort": {SHA256: "new", Builtin: true}, "/own": {SHA256: "new"}, "/same": {SHA256: "old"}, "/more": {SHA256: "new"},
		"/metric": {SHA256: "new", After: true},
	})
	if !c.builtins || len(c.decisive) != 1 || !strings.Contains(c.decisive[0], "/own") || len(c.after) != 1 || !strings.Contains(c.after[0], "/metric") {
		t.Errorf("changed: %+v", c)
	}
	was := map[string]ModelRecord{"a": {Digest: "1"}, "b": {Digest: "1", Model: "qwen"}, "c": {}, "d": {Digest: "1"}}
	err := sameModels(was, map[string]ModelRecord{"a": {Digest: "1"}, "b": {Digest: "2"}, "c": {Digest: "3"}, "d": {}})
	if err == nil || !strings.Contains(err.Error(), "models.b") || strings.Contains(err.Error(), "models.c") || strings.Contains(err.Error(), "models.d") {
		t.Errorf("want models.b alone: %v", err)
	}
	if err := sameModels(was, was); err != nil {
		t.Error(err)
	}
}

func TestAManifestNamesEveryPluginAndWhetherItDecides(t *testing.T) {
	t.Parallel()
	catalog := host.NewCatalog(os.Args[0], builtin.Plugins(), nil, slog.New(slog.DiscardHandler))
	file := filepath.Join(t.TempDir(), "study.yaml")
	err := os.WriteFile(file, []byte(`{apiVersion: gorod/v1, kind: Experiment, name: n, population: [{inline: [{name: a}]}],
environment: {town: {mayor: {plugin: mayor/greedy}}},
interventions: [{id: i, when: {metric: {plugin: metric/activity, name: active_share, above: 0}}, do: [{stop: true}]}],
metrics: [{plugin: metric/activity}, {plugin: metric/town}]}`), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	study, err := spec.Load(file, spec.Options{Plugins: catalog})
	if err != nil {
		t.Fatal(err)
	}
	runs, err := Plan(study, "")
	if err != nil {
		t.Fatal(err)
	}
	used, err := pluginsOf(catalog, runs)
	if err != nil {
		t.Fatal(err)
	}
	after := map[string]bool{}
	for id, p := range used {
		after[id] = p.After
	}
	if d := cmp.Diff(map[string]bool{
		"memory/longshort": false, "planner/justplan": false, "sentiment/lexicon": false, "mayor/greedy": false,
		"metric/activity": false, "metric/town": true,
	}, after); d != "" {
		t.Error(d)
	}
}

func TestStudiesAreListedTheNewestFirst(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, day := range map[string]int{"old": 1, "new": 3, "mid": 2} {
		dir := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Join(dir, "base", "1"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := WriteJSON(filepath.Join(dir, ManifestFile), newManifest("v", "", time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "mid", "base", "1", JournalFile), make([]byte, 5000), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "something else"), 0o755); err != nil {
		t.Fatal(err)
	}
	listed, err := List(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range listed {
		names = append(names, filepath.Base(l.Dir))
		if want := map[string]int{"mid": 1}[filepath.Base(l.Dir)]; l.Runs != want || want == 1 && l.Size < 5000 {
			t.Errorf("%+v", l)
		}
	}
	if strings.Join(names, " ") != "new mid old" {
		t.Errorf("%q", names)
	}
}

func TestAStudyThatBeganChangesOnlyInWhatItCosts(t *testing.T) {
	t.Parallel()
	for set, may := range map[string]bool{
		"budget.max_calls=5": true, "budget={max_calls: 5}": true, "report.title=x": true, "measures=[mood]": true, "models.default.parallel=4": true,
		"models.default.endpoints[0]=http://h": true, "models.my-model.timeout=5m": true,
		"agents.plugin_memory=8192": true, "agents.on_crash=fail": true, "agents.mood.gain=1": false, "surveys[0].every=2h": false, "metrics=[]": false,
		"clock.ticks=40": false, "seed=2": false, "models.default.model=other": false, "models.default.temperature=1": false, "models={}": false,
		"agents.planner.plugin=planner/qaframework": false, "budgets=1": false, "matrix=null": false, "cassette=off": false, "repeats=9": false,
	} {
		if err := unchanged(spec.Options{Set: []string{set}}); (err == nil) != may {
			t.Errorf("%s: %v", set, err)
		}
	}
}
