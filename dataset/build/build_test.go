package build_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/dataset/build"
	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
	"github.com/llm-city/gorod/dataset/recipe"
)

// table is n random messages of some chats in the order of time, as CSV.
func table(seed uint64, n, chats int) string {
	r := rand.New(rand.NewPCG(seed, 1))
	subjects := []string{"поезд", "экзамен", "ужин", "кошка", "работа", "кино", "дождь", "отпуск"}
	verbs := []string{"опоздал", "понравился", "закончился", "начнётся", "потерялся", "подорожал"}
	var b strings.Builder
	b.WriteString("id,chat,time,sender,text,reply_to\n")
	now := 1_700_000_000
	for i := range n {
		now += r.IntN(900)
		if r.IntN(60) == 0 {
			now += 8 * 3600
		}
		chat := r.IntN(chats)
		sender := "me"
		if r.IntN(2) == 0 {
			sender = fmt.Sprintf("friend%d", chat*3+r.IntN(2))
		}
		reply := ""
		if r.IntN(10) == 0 {
			reply = fmt.Sprint(max(1, i-r.IntN(40)))
		}
		fmt.Fprintf(&b, "%d,chat%d,%d,%s,%s %s в доме номер %d,%s\n", i+1, chat, now, sender, subjects[r.IntN(len(subjects))], verbs[r.IntN(len(verbs))], r.IntN(500), reply)
	}
	return b.String()
}

// recipeOf reads a recipe that stands in a folder of its own, with its files.
func recipeOf(t *testing.T, yaml string, files map[string]string) *recipe.Recipe {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "recipe.yaml")
	if err := os.WriteFile(path, []byte("apiVersion: gorod/v1\nkind: Dataset\nname: made\n"+yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := recipe.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// run builds a dataset and reads it back.
func run(t *testing.T, r *recipe.Recipe, workers int) (string, *manifest.Manifest, []format.Row) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	m, err := build.Run(t.Context(), r, build.Options{Out: out, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	var rows []format.Row
	for _, s := range m.Splits {
		if s.Examples == 0 {
			continue
		}
		err := format.ReadParquet(filepath.Join(out, manifest.DataDir, s.Name+".parquet"), func(row *format.Row) error {
			rows = append(rows, *row)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out, m, rows
}

func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[strings.TrimPrefix(path, dir)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

const source = "sources: [{table: t.csv, me: me}]\n"

func TestTheNumberOfWorkersDoesNotChangeAByte(t *testing.T) {
	t.Parallel()
	csv := map[string]string{"t.csv": table(1, 6000, 5)}
	for _, rules := range []string{
		"retrieve: {k: 2}\nformats: [messages, sharegpt, alpaca]\n",
		"dialogue: {form: conversations, topics: {enabled: false}}\nsplit: {by: dialogue, validation: 0.2, test: 0.2}\n",
	} {
		one, _, rows := run(t, recipeOf(t, source+rules, csv), 1)
		four, _, _ := run(t, recipeOf(t, source+rules, csv), 4)
		if len(rows) < 100 {
			t.Errorf("only %d examples", len(rows))
		}
		a, b := contents(t, one), contents(t, four)
		for name := range a {
			if !bytes.Equal(a[name], b[name]) {
				t.Errorf("%s differs", name)
			}
		}
		if len(a) != len(b) {
			t.Errorf("%d and %d files", len(a), len(b))
		}
	}
}

func TestNothingOfTheFutureStandsInAnExample(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		rules := "retrieve: {k: 3}\nsplit: {by: time, validation: 0.15, test: 0.15}\n"
		if seed%2 == 1 {
			rules = "retrieve: {k: 3}\nsplit: {by: dialogue, validation: 0.15, test: 0.15}\ndialogue: {form: conversations}\n"
		}
		out, m, rows := run(t, recipeOf(t, source+rules, map[string]string{"t.csv": table(seed, 1500, 4)}), 2)
		retrieved, latest := 0, map[string]int64{}
		for _, r := range rows {
			if latest[r.Split] = max(latest[r.Split], r.Time); !slices.IsSortedFunc(r.Turns, func(a, b format.Turn) int { return int(a.Time - b.Time) }) {
				t.Errorf("seed %d: the turns of %s are out of order", seed, r.ID)
			}
			for _, e := range r.Retrieved {
				retrieved++
				if e.Time > r.Turns[len(r.Turns)-2].Time {
					t.Errorf("seed %d: %s knows the future", seed, r.ID)
				}
			}
		}
		if seed%2 == 0 {
			for _, r := range rows {
				if r.Split != "train" && r.Time < latest["train"] || r.Split == "test" && r.Time < latest["validation"] {
					t.Errorf("seed %d: %s of %s is from before what is trained on", seed, r.ID, r.Split)
				}
			}
		}
		if retrieved == 0 || len(latest) != 3 {
			t.Errorf("seed %d: %d retrieved, splits %v", seed, retrieved, latest)
		}
		v, err := build.Verify(t.Context(), out, nil)
		if err != nil || len(v.Faults) > 0 || v.Examples != int64(len(rows)) {
			t.Errorf("seed %d: %v, %+v", seed, err, v)
		}
		for _, s := range m.Stages {
			for _, d := range s.Drop {
				s.In -= d.Count
			}
			if s.In != s.Out {
				t.Errorf("seed %d: %s loses %d without a reason", seed, s.Name, s.In-s.Out)
			}
		}
	}
}

// turns are the texts of examples, without what tells where they were read.
func turns(rows []format.Row) []string {
	var out []string
	for _, r := range rows {
		text := ""
		for _, turn := range r.Turns {
			text += turn.Role + ": " + turn.Text + "\n"
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

func TestChatsThatComeInTurnAreAsIfOneAfterTheOther(t *testing.T) {
	t.Parallel()
	mixed := table(3, 800, 3)
	lines := strings.Split(strings.TrimSpace(mixed), "\n")
	apart := slices.Clone(lines[1:])
	slices.SortStableFunc(apart, func(a, b string) int {
		return strings.Compare(strings.Split(a, ",")[1], strings.Split(b, ",")[1])
	})
	rules := source + "dedup: {near: false}\nsplit: {validation: 0, test: 0}\n"
	_, _, want := run(t, recipeOf(t, rules, map[string]string{"t.csv": lines[0] + "\n" + strings.Join(apart, "\n")}), 2)
	_, _, got := run(t, recipeOf(t, rules, map[string]string{"t.csv": mixed}), 2)
	if diff := cmp.Diff(turns(want), turns(got)); diff != "" || len(want) < 50 {
		t.Errorf("%d examples: %.1000s", len(want), diff)
	}
}

func TestIdsOfTwoTablesAreNotTheSameMessages(t *testing.T) {
	t.Parallel()
	row := "%d,2024-0%d-01T10:0%d:00Z,%s,%s\n"
	first := "id,time,sender,text\n" + fmt.Sprintf(row, 1, 1, 0, "a", "когда приедет поезд?") + fmt.Sprintf(row, 2, 1, 5, "me", "в восемь утра")
	second := "id,time,sender,text\n" + fmt.Sprintf(row, 1, 2, 0, "a", "что у нас на ужин?") + fmt.Sprintf(row, 2, 2, 5, "me", "картошка и рыба")
	_, m, rows := run(t, recipeOf(t, "sources: [{table: a.csv, me: me}, {table: b.csv, me: me}]\n", map[string]string{"a.csv": first, "b.csv": second}), 1)
	if len(rows) != 2 || m.Stages[0].Out != 4 {
		t.Errorf("%d examples, %+v", len(rows), m.Stages[0])
	}
}

func telegramExport(from, to int) string {
	var b strings.Builder
	b.WriteString(`{"name":"Двор","type":"personal_chat","id":2,"messages":[`)
	for i := from; i < to; i++ {
		if i > from {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `{"id":%d,"type":"message","date_unixtime":"%d","from_id":"user%d","text":"сообщение про дела номер %d и %d"}`, i, 1_700_000_000+i*600, 1+i%2, i, i*7919%1000)
	}
	return b.String() + "]}"
}

func TestExportsThatOverlapAreReadOnce(t *testing.T) {
	t.Parallel()
	rules := "dedup: {near: false, exact: false}\n"
	_, _, whole := run(t, recipeOf(t, "sources: [{telegram: a.json, me: user1}]\n"+rules, map[string]string{"a.json": telegramExport(1, 60)}), 1)
	_, m, both := run(t, recipeOf(t, "sources: [{telegram: a.json, me: user1}, {telegram: b.json, me: user1}]\n"+rules, map[string]string{"a.json": telegramExport(1, 41), "b.json": telegramExport(20, 60)}), 1)
	if again := m.Stages[0].Drop[0]; again.Reason != "there before" || again.Count != 21 || len(both) != len(whole) {
		t.Errorf("%+v; %d examples, not %d", m.Stages[0], len(both), len(whole))
	}
	ids := map[string]bool{}
	for _, r := range both {
		ids[r.ID] = true
	}
	if len(ids) != len(both) {
		t.Errorf("%d ids of %d examples", len(ids), len(both))
	}
}

func TestAFolderThatCannotBeMadeIsTold(t *testing.T) {
	t.Parallel()
	r := recipeOf(t, source, map[string]string{"t.csv": table(1, 100, 1)})
	out := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(out, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		opts build.Options
		want error
	}{
		{build.Options{Out: out}, build.ErrExists},
		{build.Options{Out: out, Force: true}, build.ErrExists},
		{build.Options{Out: filepath.Join(out, "deeper")}, nil},
	} {
		if _, err := build.Run(t.Context(), r, c.opts); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c.opts, err)
		}
	}
}

// The build is stopped at each of the stages that it tells of.
func TestABuildStopsAtEveryStageAndLeavesNothing(t *testing.T) {
	t.Parallel()
	r := recipeOf(t, source+"retrieve: {k: 2}\n", map[string]string{"t.csv": table(2, 400, 2)})
	var stages []string
	opts := build.Options{Progress: func(p build.Progress) {
		if !slices.Contains(stages, p.Stage) {
			stages = append(stages, p.Stage)
		}
	}}
	opts.Out = filepath.Join(t.TempDir(), "out")
	if _, err := build.Run(t.Context(), r, opts); err != nil {
		t.Fatal(err)
	}
	if len(stages) < 6 {
		t.Errorf("stages %q", stages)
	}
	for _, stage := range stages {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := build.Run(ctx, r, build.Options{Out: filepath.Join(dir, "out"), Progress: func(p build.Progress) {
			if p.Stage == stage {
				cancel()
			}
		}})
		left, readErr := os.ReadDir(dir)
		if readErr != nil || !errors.Is(err, context.Canceled) || len(left) != 0 {
			t.Errorf("%s: %v, left %v", stage, err, left)
		}
		cancel()
	}
}

func TestWhatARecipeAsksForThatIsNotThereIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	csv := map[string]string{"t.csv": table(2, 50, 2), "who.yaml": "participants:\n  - {id: friend0, name: Аня}\n"}
	for yaml, want := range map[string]string{
		source + "people: {targets: [me, friend0]}\nparticipants: who.yaml\n": "recipe.yaml:5:24",
		"sources:\n  - table: t.csv\n    me: nobody\n":                        "recipe.yaml:6:9",
		"sources:\n  - {table: t.csv, me: me, chats: [chat0, chat7]}\n":       "recipe.yaml:5:43",
		"sources:\n  - {table: t.csv}\n":                                      "recipe.yaml:5:6: who is me",
	} {
		r := recipeOf(t, yaml, csv)
		_, err := build.Run(t.Context(), r, build.Options{Out: filepath.Join(t.TempDir(), "out")})
		problems, ok := errors.AsType[spec.Problems](err)
		if !ok || !strings.Contains(problems.Error(), want) {
			t.Errorf("%s: %v", yaml, err)
		}
	}
}
