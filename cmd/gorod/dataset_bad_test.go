package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/dataset/chat"
)

// export is a chat of messages, each the fields behind its id.
func export(messages ...string) string {
	var b strings.Builder
	b.WriteString(`{"name":"Двор","type":"personal_chat","id":2,"messages":[`)
	for i, m := range messages {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `{"id":%d,"type":"message",%s}`, i+1, m)
	}
	return b.String() + "]}"
}

// from is a message of user1 or user2, minute minutes after a beginning.
func from(user, minute int, text string) string {
	quoted, _ := json.Marshal(text)
	return fmt.Sprintf(`"date_unixtime":"%d","from":"Кто","from_id":"user%d","text":%s`, 1_700_000_000+60*minute, user, quoted)
}

const yard = `apiVersion: gorod/v1
kind: Dataset
name: yard
sources:
  - telegram: result.json
    me: user1
`

func TestBadSourcesAreToldWithTheirPlace(t *testing.T) {
	t.Parallel()
	whole := export(from(2, 0, "ты придёшь сегодня вечером?"), from(1, 5, "да, приду после работы"))
	cut := whole[:len(whole)-30]
	for name, c := range map[string]struct {
		file, result, recipe, want string
		importCode                 int // of import; that of build is 2
	}{
		"truncated":       {"result.json", cut, "", fmt.Sprintf("ends too early at byte %d", len(cut)), 2},
		"empty":           {"result.json", "", "", "not a Telegram export at byte 0", 2},
		"HTML":            {"result.json", "<!DOCTYPE html>", "", "machine-readable JSON", 2},
		"malformed":       {"result.json", strings.Replace(whole, `"type":"message"`, `"type" "message"`, 1), "", "malformed at byte 76", 2},
		"missing":         {"other.json", whole, "", "result.json", 2},
		"empty chat":      {"result.json", export(), "", "no messages", 0},
		"one speaker":     {"result.json", export(from(1, 0, "я пришёл"), from(1, 90, "а вас тут нет")), "", `by "examples": 1 turns of targets (`, 0},
		"unknown me":      {"result.json", strings.ReplaceAll(whole, "user1", "user3"), "", "recipe.yaml:6:9: user1 wrote nothing", 0},
		"nobody is me":    {"result.json", strings.Replace(whole, "personal_chat", "private_group", 1), strings.Replace(yard, "    me: user1\n", "", 1), "who is me is not known", 0},
		"no consent":      {"result.json", whole, yard + "people: {targets: [me, user2]}\n", `recipe.yaml:7:24: "user2" has not consented`, 0},
		"no such chat":    {"result.json", whole, yard + "    chats: [Двор, Сад]\n", `recipe.yaml:7:19: no chat "Сад"`, 0},
		"no ledger":       {"result.json", whole, yard + "participants: who.yaml\n", "recipe.yaml:7:15: participants cannot be read", 0},
		"no role":         {"result.json", whole, yard + "system: Ты пишешь, {role}\n", "recipe.yaml:7:9: system asks for {role}", 0},
		"nothing is kept": {"result.json", whole, yard + "clean: {max_chars: 3}\n", "2 messages (long)", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, out := t.TempDir(), t.TempDir()
			put(t, dir, c.file, c.result)
			if c.recipe == "" {
				c.recipe = yard
			}
			put(t, dir, "recipe.yaml", c.recipe)
			result := filepath.Join(dir, "result.json")
			for _, args := range [][]string{{"import", "telegram", result}, {"participants", "telegram", result, "--json"}, {"import", "telegram", result, "--out", "messages.jsonl", "--json"}} {
				a := gorod(t, out, append([]string{"dataset"}, args...)...)
				if a.code != c.importCode || c.importCode != 0 && !strings.Contains(a.stderr, c.want) {
					t.Errorf("%q: %v", args, a)
				}
			}
			if c.importCode == 0 {
				if err := os.Remove(filepath.Join(out, "messages.jsonl")); err != nil {
					t.Error(err)
				}
			}
			a := gorod(t, out, "dataset", "build", filepath.Join(dir, "recipe.yaml"), "--out", "data", "--json")
			var failure struct {
				Error string
				Exit  int
			}
			if err := json.Unmarshal([]byte(last(a.stdout, `"event":"error"`)), &failure); err != nil || a.code != 2 || failure.Exit != 2 || !strings.Contains(failure.Error, c.want) || !strings.Contains(a.stderr, c.want) {
				t.Errorf("%v: %v", err, a)
			}
			for _, text := range []string{"придёшь", "Кто"} {
				if strings.Contains(a.String(), text) {
					t.Errorf("%q was quoted: %v", text, a)
				}
			}
			if got := entries(t, out); len(got) != 0 {
				t.Errorf("left: %q", got)
			}
		})
	}
	for _, args := range [][]string{{"import", "whatsapp", "x"}, {"import", "telegram"}, {"import", "live", "."}, {"import", "table", "none.csv"}, {"build", "none.yaml"}, {"build"}, {"participants", "table", "none.csv"}} {
		if a := gorod(t, "", append([]string{"dataset"}, args...)...); a.code != 2 {
			t.Errorf("%q: %v", args, a)
		}
	}
}

// What is odd but can be read becomes a dataset, and is counted.
func TestOddSourcesAreRepairedAndCounted(t *testing.T) {
	t.Parallel()
	question, answer := from(2, 0, "ты придёшь сегодня вечером?"), from(1, 5, "да, приду после работы")
	bomb := `"date_unixtime":"1700000400","from":"Кто","from_id":"user1","text":[` + strings.Repeat(`{"type":"bold","text":"о"},`, 200_000) + `" да"]`
	for name, c := range map[string]struct{ result, want string }{
		"invalid UTF-8":      {strings.Replace(export(question, answer), "вечером", "\xff\xd0вечером\xed\xa0\x80", 1), "invalid characters replaced"},
		"ids that repeat":    {strings.ReplaceAll(export(question, answer, question, answer), `"id":3`, `"id":1`), "ids that repeat"},
		"dates go backwards": {export(question, answer, from(2, -100, "а вчера ты приходил?"), from(1, -90, "нет, вчера не смог")), "dates that run backwards"},
		"a bomb of entities": {export(question, answer, bomb), "messages with more entities than are kept"},
		"control characters": {strings.Replace(export(question, answer), "вечером", `ве\x0Bчером`, 1), `control characters written as \\x`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			put(t, dir, "result.json", c.result)
			put(t, dir, "recipe.yaml", yard+"formats: [messages, sharegpt, alpaca]\n")
			a := gorod(t, dir, "dataset", "import", "telegram", "result.json", "--json", "--out", "messages.jsonl")
			var report chat.Report
			if err := json.Unmarshal([]byte(last(a.stdout, `"event":"report"`)), &report); err != nil || a.code != 0 || !strings.Contains(a.stdout, c.want) || report.Messages == 0 {
				t.Errorf("%v: %v", err, a)
			}
			if a = gorod(t, dir, "dataset", "build", "recipe.yaml", "--out", "out"); a.code != 0 {
				t.Fatal(a)
			}
			if a = gorod(t, dir, "dataset", "verify", "out"); a.code != 0 {
				t.Error(a)
			}
			for name, text := range tree(t, dir) {
				if !utf8.ValidString(text) && name != "result.json" && filepath.Ext(name) != ".parquet" {
					t.Errorf("%s is no UTF-8", name)
				}
			}
		})
	}
}

// peak is the most memory that a command held, in bytes.
func peak(t *testing.T, dir string, args ...string) (answer, int64) {
	t.Helper()
	cmd := command(t, dir, args...)
	a := finish(t, cmd)
	return a, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}

// Not parallel: it writes much.
func TestALineOf300MegabytesTakesNoMemory(t *testing.T) {
	dir := t.TempDir()
	for file, frame := range map[string][2]string{
		"result.json": {`{"name":"x","type":"personal_chat","id":2,"messages":[{"id":1,"type":"message","date_unixtime":"1700000000","from_id":"user2","text":"`,
			`"},{"id":2,` + `"type":"message",` + from(2, 1, "ты придёшь сегодня вечером?") + `},{"id":3,"type":"message",` + from(1, 5, "да, приду после работы") + `}]}`},
		"table.jsonl": {`{"time":1700000000,"sender":"user2","text":"`, `"}`},
	} {
		f, err := os.Create(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		out := bufio.NewWriterSize(f, 1<<20)
		out.WriteString(frame[0])
		block := strings.Repeat("длинно", 1<<16)
		for n := 0; n < 300<<20; n += len(block) {
			out.WriteString(block)
		}
		out.WriteString(frame[1])
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	put(t, dir, "recipe.yaml", yard)
	const most = 160 << 20
	if a, held := peak(t, dir, "dataset", "build", "recipe.yaml", "--out", "out"); a.code != 0 || held > most {
		t.Errorf("%d bytes: %v", held, a)
	}
	if a, held := peak(t, dir, "dataset", "import", "table", "table.jsonl"); a.code != 2 || held > most || !strings.Contains(a.stderr, "too long in line 1") {
		t.Errorf("%d bytes: %v", held, a)
	}
}

func TestValidateKnowsRecipesOfDatasets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "result.json", export())
	put(t, dir, "recipe.yaml", yard+"split: {tset: 0.1}\nformats: [messages, xml]\n")
	a := gorod(t, dir, "validate", "recipe.yaml", recipePath(t))
	for _, want := range []string{`recipe.yaml:7:9: unknown key "tset"`, `did you mean "test"?`, `recipe.yaml:8:21: formats[1] cannot be "xml"`, "dataset-telegram.yaml: ok (dataset of 1 source)"} {
		if a.code != 2 || !strings.Contains(a.stdout, want) {
			t.Errorf("lacks %q: %v", want, a)
		}
	}
	if a := gorod(t, dir, "validate", "recipe.yaml", "--json"); a.code != 2 || !strings.Contains(a.stdout, `"line":8,"column":21`) {
		t.Error(a)
	}
	a = gorod(t, dir, "validate", "--schema", "--kind", "Dataset")
	s, err := schema.Compile([]byte(a.stdout))
	if err != nil || !strings.Contains(a.stdout, "gorod dataset") {
		t.Fatalf("%v: %v", err, a)
	}
	if err := s.Validate([]byte(`{"apiVersion": "gorod/v1", "kind": "Dataset", "name": "x", "sources": [{"telegram": "r.json"}], "formats": ["messages", "alpaca"], "dialogue": {"burst": "2m"}, "clean": {"pii": ["phone"]}}`)); len(err) > 0 {
		t.Error(err)
	}
	if wrong := s.Validate([]byte(`{"apiVersion": "gorod/v1", "kind": "Dataset", "name": "x", "sources": [], "formats": ["xml"]}`)); len(wrong) != 1 {
		t.Errorf("a format that does not exist: %v", wrong)
	}
	if a := gorod(t, dir, "validate", "--schema", "--kind", "Town"); a.code != 2 {
		t.Error(a)
	}
}
