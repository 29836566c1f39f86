package main_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/recipe"
)

// identities are all ids, names, usernames and telephones in the shipped
// export, and what its participants are called.
func identities(t *testing.T) (ids, names []string) {
	t.Helper()
	folder := filepath.Join(filepath.Dir(recipePath(t)), "dataset-telegram")
	text, err := os.ReadFile(filepath.Join(folder, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all any
	if err := json.Unmarshal(regexp.MustCompile(`\\x[0-9A-F]{2}`).ReplaceAll(text, nil), &all); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	var walk func(key string, value any, chat bool)
	walk = func(key string, value any, chat bool) {
		switch v := value.(type) {
		case map[string]any:
			_, chat = v["messages"]
			for k, inner := range v {
				walk(k, inner, chat)
			}
		case []any:
			for _, inner := range v {
				walk(key, inner, false)
			}
		case string:
			if slices.Contains([]string{"from", "actor", "name", "first_name", "last_name", "username", "phone_number", "from_id", "actor_id", "members", "inviter", "author"}, key) {
				found[v] = true
			}
		case float64:
			if key == "user_id" || key == "id" && chat {
				encoded, _ := json.Marshal(int64(v))
				found[string(encoded)] = true
			}
		}
	}
	walk("", all, false)
	ledger, err := recipe.LoadLedger(filepath.Join(folder, "participants.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ledger.Participants {
		found[p.ID], found[strings.TrimPrefix(p.ID, "user")] = true, true
		for _, name := range append(p.Aliases, p.Name) {
			found[name] = true
		}
	}
	for name := range maps.Keys(found) {
		switch {
		case strings.ContainsAny(name, "0123456789_"):
			ids = append(ids, name)
		case name != "":
			names = append(names, name)
		}
	}
	return ids, names
}

// wordsIn is how often a text holds a name as words of its own.
func wordsIn(text, name string) (n int) {
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return n
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at+i])
		after, _ := utf8.DecodeRuneInString(text[at+i+len(name):])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			n++
		}
		at += i + len(name)
	}
}

func TestNobodyOfTheSourceIsNamedInTheDataset(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// What the recipe itself says to the world is left out: it names its owner.
	cmd := command(t, dir, "dataset", "build", recipePath(t), "--out", "out", "--set", "about=", "--set", "title=", "--set", `system="С кем: {role}"`, "--log-level", "debug")
	a := finish(t, cmd)
	if a.code != 0 {
		t.Fatal(a)
	}
	files := tree(t, dir)
	files["stdout"], files["stderr"] = a.stdout, a.stderr
	for _, split := range format.Splits() {
		text, err := json.Marshal(rows(t, filepath.Join(dir, "out"), split))
		if err != nil {
			t.Fatal(err)
		}
		files["out/data/"+split+".parquet"] = string(text)
	}
	ids, names := identities(t)
	if len(ids) < 30 || len(names) < 60 {
		t.Fatalf("%d ids, %d names", len(ids), len(names))
	}
	// Words that call somebody without naming them, and a surname that stands for
	// what it also means: fractions.
	known := []string{"Мама", "Папа", "мам", "мааам", "мамы", "мамой", "маме", "Дроби"}
	for file, text := range files {
		for _, id := range ids {
			if strings.Contains(text, id) {
				t.Errorf("%s holds the id %s", file, id)
			}
		}
		for _, name := range names {
			if n := wordsIn(text, name); n > 0 && !slices.Contains(known, name) {
				t.Errorf("%s names %s %d times", file, name, n)
			}
		}
		if strings.Contains(text, dir) || strings.Contains(text, filepath.Dir(recipePath(t))) {
			t.Errorf("%s tells of folders", file)
		}
	}
}

// Names of those whom participants speak of remain, unless the recipe wants all
// to be replaced.
func TestNamesOfThirdPersonsAreReplacedWhenTheRecipeSaysSo(t *testing.T) {
	t.Parallel()
	some := tree(t, built(t))["messages/train.jsonl"]
	all := tree(t, built(t, "--set", "clean.names=all"))["messages/train.jsonl"]
	left := 0
	for _, name := range []string{"Кирилл", "Лариса", "Оля", "Дима", "вика", "Марины", "Николай"} {
		left += wordsIn(some, name)
		if n := wordsIn(all, name); n > 0 {
			t.Errorf("%s is named %d times", name, n)
		}
	}
	if left < 10 {
		t.Errorf("%d names are there to be replaced", left)
	}
}

func TestPeopleWithoutConsentAreDroppedWhenTheRecipeSaysSo(t *testing.T) {
	t.Parallel()
	kept, dropped := manifestOf(t, built(t)), manifestOf(t, built(t, "--set", "people.without_consent=drop"))
	if p := kept.People; p.Targets != 1 || p.Consented != 7 || p.Pseudonymised != 9 || p.Dropped != 0 {
		t.Errorf("%+v", p)
	}
	if p := dropped.People; p.Targets != 1 || p.Consented != 7 || p.Pseudonymised != 0 || p.Dropped != 9 {
		t.Errorf("%+v", p)
	}
	// Nobody consented but the owner: nothing that others said is left.
	dir := t.TempDir()
	a := gorod(t, dir, "dataset", "build", recipePath(t), "--set", "participants=", "--set", "system=", "--set", "people.without_consent=drop")
	if a.code != 2 || len(entries(t, dir)) > 1 {
		t.Errorf("%q: %v", entries(t, dir), a)
	}
	// A target besides me has their replies learnt, and mine are theirs to answer.
	friend := built(t, "--set", "people.targets=[user700000002]")
	for _, r := range rows(t, friend, "train") {
		last := r.Turns[len(r.Turns)-1]
		if r.Target == "me" || last.Speaker != r.Target || last.Role != format.Assistant {
			t.Fatalf("%+v", r)
		}
	}
	if text := tree(t, friend)["manifest.json"]; strings.Contains(text, "700000002") {
		t.Error("the recipe in the manifest names the target")
	}
}

func TestALedgerIsBegunAndKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	result := filepath.Join(filepath.Dir(recipePath(t)), "dataset-telegram", "result.json")
	args := []string{"dataset", "participants", "telegram", result, "--out", "who.yaml"}
	if a := gorod(t, dir, args...); a.code != 0 || !strings.Contains(a.stdout, "20 participants") {
		t.Error(a)
	}
	l, err := recipe.LoadLedger(filepath.Join(dir, "who.yaml"))
	if err != nil || len(l.Participants) != 20 || l.Participants[0].Consent != nil {
		t.Errorf("%v: %+v", err, l)
	}
	self := slices.IndexFunc(l.Participants, func(p recipe.Participant) bool { return p.Role == "self" })
	if self < 0 || l.Participants[self].ID != "user700000001" {
		t.Errorf("self is %d", self)
	}
	if a := gorod(t, dir, args...); a.code != 2 || !strings.Contains(a.stderr, "is kept") {
		t.Error(a)
	}
	if info, err := os.Stat(filepath.Join(dir, "who.yaml")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if a := gorod(t, dir, "dataset", "participants", "telegram", result); a.code != 0 || !strings.Contains(a.stdout, "you") {
		t.Error(a)
	}
}
