package recipe_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/dataset/recipe"
)

const head = "apiVersion: gorod/v1\nkind: Dataset\nname: mine\nsources:\n  - {table: t.csv, me: me}\n"

// folder is a folder with files in it.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t *testing.T, yaml string, set ...string) (*recipe.Recipe, error) {
	t.Helper()
	dir := folder(t, map[string]string{"recipe.yaml": yaml, "t.csv": "x", "who.yaml": "participants: []\n"})
	return recipe.Load(filepath.Join(dir, "recipe.yaml"), set...)
}

func TestABadValueIsToldWithItsLineAndColumn(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		head + "colour: red\n":                                      `6:1: unknown key "colour"`,
		strings.Replace(head, "gorod/v1", "gorod/v9", 1):            "1:13: apiVersion cannot be",
		strings.Replace(head, "Dataset", "Experiment", 1):           "2:7: kind is Experiment: what is wanted here is kind: Dataset",
		strings.Replace(head, "mine", "Моё", 1):                     "3:7: name cannot be",
		strings.Replace(head, "mine", "../mine", 1):                 "3:7: name cannot be",
		"apiVersion: gorod/v1\nkind: Dataset\nname: mine\n":         "1:1: sources is missing",
		strings.Replace(head, "t.csv", "none.csv", 1):               "5:13: sources[0].table cannot be read",
		strings.Replace(head, "{table: t.csv", "{me: me", 1):        "5:",
		head + "  - {table: t.csv, telegram: t.csv}\n":              "6:6: a source is one of",
		head + "  - {me: user5}\n":                                  "6:6: a source is one of",
		head + "title: [a]\n":                                       "6:8: title has the wrong type",
		head + "seed: -1\n":                                         "6:7: seed has the wrong type",
		head + "participants: none.yaml\n":                          "6:15: participants cannot be read",
		head + "people: {targets: []}\n":                            "6:19: nobody's replies are learnt",
		head + "people: {without_consent: keep}\n":                  "6:27: people.without_consent cannot be",
		head + "dialogue: {form: poems}\n":                          "6:18: dialogue.form cannot be",
		head + "dialogue: {turns: 1}\n":                             "6:19: dialogue.turns is out of range",
		head + "dialogue: {turns: 201}\n":                           "6:19: dialogue.turns is out of range",
		head + "dialogue: {chars: 5}\n":                             "6:19: dialogue.chars is out of range",
		head + "dialogue: {burst: soon}\n":                          "6:19: dialogue.burst",
		head + "dialogue: {silence: -1h}\n":                         "6:21: dialogue.silence is below 0",
		head + "dialogue: {topics: {window: 0}}\n":                  "6:29: dialogue.topics.window is out of range",
		head + "dialogue: {topics: {min_turns: 0}}\n":               "6:32: dialogue.topics.min_turns is out of range",
		head + "dialogue: {topics: {threshold: 2}}\n":               "6:32: dialogue.topics.threshold is out of range",
		head + "dialogue: {topics: {pause: -5m}}\n":                 "6:28: dialogue.topics.pause is below 0",
		head + "dialogue: {topics: {enabled: often}}\n":             "6:30: dialogue.topics.enabled has the wrong type",
		head + "clean: {names: some}\n":                             "6:16: clean.names cannot be",
		head + "clean: {pii: [phone, face]}\n":                      "6:22: clean.pii[1] cannot be \"face\"",
		head + "clean: {languages: [ru, xx]}\n":                     "6:25: language \"xx\" is not known",
		head + "clean: {max_chars: 0}\n":                            "6:20: clean.max_chars is out of range",
		head + "clean: {repeat_cap: -1}\n":                          "6:21: clean.repeat_cap is out of range",
		head + "dedup: {exact: maybe}\n":                            "6:16: dedup.exact has the wrong type",
		head + "dedup: {threshold: 0.4}\n":                          "6:20: dedup.threshold is out of range",
		head + "dedup: {threshold: 0.9, short_threshold: 0.8}\n":    "6:42: short texts need",
		head + "retrieve: {k: 21}\n":                                "6:15: retrieve.k is out of range",
		head + "split: {by: author}\n":                              "6:13: split.by cannot be",
		head + "split: {validation: 0.6}\n":                         "6:21: split.validation is out of range",
		head + "split: {validation: 0.5, test: 0.5}\n":              "6:9: nothing is left to train on",
		head + "formats: [messages, xml]\n":                         "6:21: formats[1] cannot be \"xml\"",
		head + "formats: [alpaca, alpaca]\n":                        "6:19: alpaca twice",
		head + "formats: messages\n":                                "6:10: formats has the wrong type",
		head + "system: \"{role}\"\n":                               "6:9: system asks for {role}",
		head + "participants: who.yaml\nsystem: \"{имя} {role}\"\n": "7:9: system asks for {имя}",
		"- a list\n": "1:",
		"":           "",
		head + "dialogue: {turns: 1, chars: 5}\nformats: [xml]\n": "7:11: formats[0]", // all are told at once
	} {
		_, err := load(t, yaml)
		problems, ok := errors.AsType[spec.Problems](err)
		if !ok || !strings.Contains(problems.Error(), "recipe.yaml:"+want) {
			t.Errorf("%q: %v, want %q", yaml, err, want)
		}
	}
	if _, err := recipe.Load(filepath.Join(t.TempDir(), "none.yaml")); !strings.Contains(err.Error(), "cannot be read") {
		t.Error(err)
	}
}

func TestARecipeHasDefaultsAndWholePaths(t *testing.T) {
	t.Parallel()
	r, err := load(t, head)
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(r.Sources[0].Table) || r.Dialogue.Token != "\n" || r.Dialogue.Turns != 8 || len(r.Clean.PII) != 13 || r.People.Others != "pseudonymise" ||
		r.Formats[0] != "messages" || r.People.Targets[0] != "me" || !r.Dialogue.Topics.Enabled || r.Split.Test != 0.05 || r.License != "other" {
		t.Errorf("%+v", r)
	}
	text, err := json.Marshal(r.Portable())
	if err != nil || strings.Contains(string(text), filepath.Dir(r.Sources[0].Table)) || !strings.Contains(string(text), `"table":"t.csv"`) {
		t.Errorf("%v: %s", err, text)
	}
	if filepath.Base(r.Sources[0].Table) == r.Sources[0].Table {
		t.Error("the recipe itself was made portable")
	}
}

func TestOverridesAreToldAsSuch(t *testing.T) {
	t.Parallel()
	r, err := load(t, head, "dialogue.turns=2", "formats=[alpaca]")
	if err != nil || r.Dialogue.Turns != 2 || r.Formats[0] != "alpaca" {
		t.Errorf("%v: %+v", err, r)
	}
	_, err = load(t, head, "dialogue.turns=1", "formats=[xml]")
	if err == nil || !strings.Contains(err.Error(), "--set dialogue.turns=1: ") || !strings.Contains(err.Error(), "--set formats=[xml]: formats[0]") {
		t.Error(err)
	}
	// A path that is given on the command line is relative to where that is.
	_, err = load(t, head, "participants=who.yaml")
	if err == nil || !strings.Contains(err.Error(), "--set participants=who.yaml: participants cannot be read") {
		t.Error(err)
	}
	if err := r.Problem("dialogue.turns", "too few", "", ""); !strings.HasPrefix(err.Error(), "--set dialogue.turns=2: too few") {
		t.Error(err)
	}
}

func TestTheSchemaTakesWhatLoadsAndRefusesWhatDoesNot(t *testing.T) {
	t.Parallel()
	s, err := schema.Compile(recipe.JSONSchema())
	if err != nil {
		t.Fatal(err)
	}
	r, err := recipe.Load("../../experiments/dataset-telegram.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	spoken(all, "dialogue", "burst", "silence")
	spoken(all["dialogue"].(map[string]any), "topics", "pause")
	accepted := func() string {
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(s.Validate(text))
	}
	if got := accepted(); got != "[]" {
		t.Errorf("the example is refused: %s", got)
	}
	all["clean"].(map[string]any)["pii"] = []string{"face"}
	if got := accepted(); !strings.Contains(got, "pii") {
		t.Errorf("a kind of personal data that there is not: %s", got)
	}
}

// spoken writes durations as YAML has them.
func spoken(of map[string]any, key string, fields ...string) {
	for _, f := range fields {
		of[key].(map[string]any)[f] = fmt.Sprintf("%ds", int64(of[key].(map[string]any)[f].(float64))/1e9)
	}
}

func TestLedgers(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"participants:\n  - {id: user5}\n  - {id: user5, name: Аня}\n":                   `3:10: "user5" twice`,
		"participants:\n  - {name: Аня}\n":                                               "2:6: participants[0].id is missing",
		"participants:\n  - {id: user5, consent: {how: in the chat}}\n":                  "participants[0].consent.date is missing",
		"participants:\n  - {id: user5, consent: {date: yesterday, how: in the chat}}\n": "2:33: participants[0].consent.date",
		"participants:\n  - {id: user5, consent: {date: 2026-01-31}}\n":                  "participants[0].consent.how is missing",
		"participants:\n  - {id: user5, consent: yes}\n":                                 "2:26: participants[0].consent has the wrong type",
		"people: []\n": `1:1: unknown key "people"`,
	} {
		_, err := recipe.LoadLedger(filepath.Join(folder(t, map[string]string{"who.yaml": yaml}), "who.yaml"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "who.yaml") {
			t.Errorf("%q: %v, want %q", yaml, err, want)
		}
	}
	if _, err := recipe.LoadLedger("none.yaml"); err == nil {
		t.Error("there is no such file")
	}
}

func FuzzAnyNameComesBackFromALedger(f *testing.F) {
	f.Add("user1", "Аня «Ю»")
	f.Add("a: [b", "#\n- {x}")
	f.Add("\u2028", "\\\"\x00")
	f.Fuzz(func(t *testing.T, id, name string) {
		if id == "" || len(id)+len(name) > 1000 {
			return
		}
		id, name = strings.ToValidUTF8(id, "?"), strings.ToValidUTF8(name, "?")
		text, err := recipe.MarshalLedger([]recipe.Seen{{ID: id, Name: name, Messages: 5, Me: true}})
		if err != nil {
			t.Fatal(err)
		}
		l, err := recipe.LoadLedger(filepath.Join(folder(t, map[string]string{"who.yaml": string(text)}), "who.yaml"))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if p := l.Participants[0]; p.ID != id || p.Name != name || p.Role != "self" || p.Consent != nil {
			t.Errorf("%q %q: %+v", id, name, p)
		}
	})
}
