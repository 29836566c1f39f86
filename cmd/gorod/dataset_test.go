package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
)

// recipePath is the recipe that gorod ships.
func recipePath(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../experiments/dataset-telegram.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// built is the shipped dataset in a folder of its own.
func built(t *testing.T, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	if a := gorod(t, dir, append([]string{"dataset", "build", recipePath(t), "--out", "out"}, args...)...); a.code != 0 {
		t.Fatal(a)
	}
	return filepath.Join(dir, "out")
}

// tree is every file of a folder with its content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// entries are the names in a folder, hidden ones too.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// rows are the examples of a split as the Parquet has them.
func rows(t *testing.T, dir, split string) []format.Row {
	t.Helper()
	var out []format.Row
	err := format.ReadParquet(filepath.Join(dir, manifest.DataDir, split+".parquet"), func(r *format.Row) error {
		out = append(out, *r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func manifestOf(t *testing.T, dir string) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTheSameInputAndRecipeGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	want := tree(t, built(t))
	for _, name := range []string{"README.md", "manifest.json", "certificate.json", "data/train.parquet", "data/validation.parquet", "data/test.parquet", "messages/test.jsonl", "sharegpt/test.jsonl", "alpaca/test.jsonl", "figures/hours.svg"} {
		if want[name] == "" {
			t.Errorf("no %s", name)
		}
	}
	elsewhere := t.TempDir()
	if err := os.CopyFS(filepath.Join(elsewhere, "moved"), os.DirFS(filepath.Dir(recipePath(t)))); err != nil {
		t.Fatal(err)
	}
	for _, processors := range []string{"1", "4"} {
		dir := t.TempDir()
		cmd := command(t, dir, "dataset", "build", filepath.Join(elsewhere, "moved", "dataset-telegram.yaml"), "--out", "deep/er/"+processors)
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+processors, "TZ=Asia/Vladivostok")
		if a := finish(t, cmd); a.code != 0 {
			t.Fatal(a)
		}
		if diff := cmp.Diff(want, tree(t, filepath.Join(dir, "deep/er", processors))); diff != "" {
			t.Errorf("with %s processors: %.2000s", processors, diff)
		}
		if got := entries(t, filepath.Join(dir, "deep/er")); !slices.Equal(got, []string{processors}) {
			t.Errorf("beside the dataset: %q", got)
		}
	}
}

func TestWhatIsThereIsReplacedOnlyWhenAskedForAndOnlyADataset(t *testing.T) {
	t.Parallel()
	dir := filepath.Dir(built(t))
	before := tree(t, dir)
	put(t, dir, "out/mark", "x")
	build := []string{"dataset", "build", recipePath(t), "--out", "out"}
	if a := gorod(t, dir, build...); a.code != 2 || !strings.Contains(a.stderr, "--force") {
		t.Error(a)
	}
	if a := gorod(t, dir, append(build, "--force")...); a.code != 0 {
		t.Error(a)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("replaced: %.1000s", diff)
	}
	put(t, dir, "thesis.txt", "x")
	if err := os.Mkdir(filepath.Join(dir, "home"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "home/thesis.txt", "x")
	for _, out := range []string{"home", "thesis.txt"} {
		if a := gorod(t, dir, "dataset", "build", recipePath(t), "--out", out, "--force"); a.code != 2 || !strings.Contains(a.stderr, "no dataset") {
			t.Error(a)
		}
	}
	if got := entries(t, filepath.Join(dir, "home")); !slices.Equal(got, []string{"thesis.txt"}) || len(entries(t, dir)) != 3 {
		t.Errorf("%q, %q", got, entries(t, dir))
	}
	// A build that fails leaves the dataset that it would have replaced.
	if a := gorod(t, dir, append(build, "--force", "--set", "sources[0].types=[bot_chat]")...); a.code != 2 || !strings.Contains(a.stderr, "no example is left") {
		t.Error(a)
	}
	if got := tree(t, filepath.Join(dir, "out")); len(got) != len(before) {
		t.Errorf("%d files", len(got))
	}
}

// long is an export of n messages of two people who take turns.
func long(t *testing.T, path string, n int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	fmt.Fprint(out, `{"name":"Двор","type":"personal_chat","id":2,"messages":[`)
	for i := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(out, `{"id":%d,"type":"message","date_unixtime":"%d","from":"Кто-то","from_id":"user%d","text":"сообщение про дело номер %d и ещё про %d"}`+"\n", i+1, 1_600_000_000+i*300, 1+i%2, i, i*7919%1000)
	}
	fmt.Fprint(out, `]}`)
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
}

const longRecipe = `apiVersion: gorod/v1
kind: Dataset
name: long
sources: [{telegram: long.json, me: user1}]
`

func TestAnInterruptedBuildLeavesNothing(t *testing.T) {
	t.Parallel()
	dir, out := t.TempDir(), t.TempDir()
	long(t, filepath.Join(dir, "long.json"), 150_000)
	put(t, dir, "long.yaml", longRecipe)
	cmd := command(t, out, "dataset", "build", filepath.Join(dir, "long.yaml"), "--out", "out", "--json")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(stdout); lines.Scan(); said += lines.Text() + "\n" {
		if said == "" { // the first stage is done
			if got := entries(t, out); len(got) != 1 || !strings.HasPrefix(got[0], ".out.partial-") {
				t.Errorf("on the way: %q", got)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 3 || !strings.Contains(said, "nothing was written") {
		t.Errorf("exit %d: %s", code, said)
	}
	if got := entries(t, out); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
}

// The limit of the size of a file stands for a full disk: each fails at another
// of the files that a build writes.
func TestAFullDiskIsToldAndLeavesNothing(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	build := []string{"build", recipePath(t), "--out", "out"}
	for blocks, args := range map[string][]string{
		"1": build, "20": build, "100": build, "280": build,
		"30": {"import", "telegram", filepath.Join(filepath.Dir(recipePath(t)), "dataset-telegram", "result.json"), "--out", "messages.jsonl"},
	} {
		dir := t.TempDir()
		cmd := exec.CommandContext(t.Context(), sh, append([]string{"-c", `ulimit -f "$0" && exec "$@"`, blocks, binary, "dataset"}, args...)...)
		cmd.Dir = dir
		if a := finish(t, cmd); a.code != 1 || !strings.Contains(a.stderr, "file too large") || strings.Contains(a.stderr, "goroutine") {
			t.Errorf("%s blocks: %v", blocks, a)
		}
		if got := entries(t, dir); len(got) != 0 {
			t.Errorf("%s blocks leave %q", blocks, got)
		}
	}
}

// said is a turn in whichever format.
type said struct{ role, text string }

// conversation is a line of JSONL as the turns that it holds.
func conversation(t *testing.T, style, line string) (turns []said, system string) {
	t.Helper()
	var l struct {
		Messages      []struct{ Role, Content string }
		Conversations []struct{ From, Value string }
		System        string
		Instruction   string
		Input, Output string
	}
	if err := json.Unmarshal([]byte(line), &l); err != nil {
		t.Fatalf("%s: %v", style, err)
	}
	for _, m := range l.Messages {
		if m.Role == "system" {
			l.System = m.Content
			continue
		}
		turns = append(turns, said{m.Role, m.Content})
	}
	for _, m := range l.Conversations {
		turns = append(turns, said{map[string]string{"human": format.User, "gpt": format.Assistant}[m.From], m.Value})
	}
	if l.Output != "" {
		turns = append(turns, said{format.User, l.Instruction}, said{format.Assistant, l.Output})
	}
	return turns, l.System
}

func TestEveryFormatHoldsTheTurnsOfTheParquet(t *testing.T) {
	t.Parallel()
	dir := built(t)
	for _, split := range format.Splits() {
		examples := rows(t, dir, split)
		for _, style := range []string{"messages", "sharegpt", "alpaca"} {
			text, err := os.ReadFile(filepath.Join(dir, style, split+".jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
			if len(lines) != len(examples) || strings.Contains(string(text), `\u04`) || !strings.Contains(string(text), "Собеседник: ") {
				t.Fatalf("%s/%s: %d lines for %d examples", style, split, len(lines), len(examples))
			}
			for i, line := range lines {
				turns, system := conversation(t, style, line)
				r := &examples[i]
				if !strings.HasSuffix(system, "Собеседник: "+r.Role+".") || turns[0].role != format.User || turns[len(turns)-1].role != format.Assistant {
					t.Errorf("%s %s: %q … %+v", style, r.ID, system, turns)
				}
				all := ""
				for n, turn := range turns {
					if n > 0 && turn.role == turns[n-1].role {
						t.Errorf("%s %s: %s twice", style, r.ID, turn.role)
					}
					all += turn.text + "\n"
				}
				for n, turn := range r.Turns {
					if (style != "alpaca" || n >= len(r.Turns)-2) && !strings.Contains(all, turn.Text) {
						t.Errorf("%s %s lacks %q", style, r.ID, turn.Text)
					}
				}
				if got := turns[len(turns)-1].text; got != r.Reply() && !strings.HasSuffix(got, "\n"+r.Reply()) {
					t.Errorf("%s %s replies %q, not %q", style, r.ID, got, r.Reply())
				}
			}
		}
	}
}

func TestExchangesBesideAnExampleAreOfTheTrainingSplitAndEarlier(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"time", "dialogue"} {
		dir := built(t, "--set", "split.by="+by)
		train := map[string]format.Row{}
		for _, r := range rows(t, dir, "train") {
			train[r.ID] = r
		}
		found := 0
		for _, split := range format.Splits() {
			for _, r := range rows(t, dir, split) {
				asked := r.Turns[len(r.Turns)-2]
				for n, e := range r.Retrieved {
					found++
					of, ok := train[e.ID]
					if !ok || e.Time > asked.Time || of.Threads[0] == r.Threads[0] || of.Reply() != e.Reply || of.Asked() != e.Turn || of.Time != e.Time {
						t.Errorf("%s beside %s: %+v", e.ID, r.ID, e)
					}
					if n > 0 && e.Score > r.Retrieved[n-1].Score || e.Score <= 0 || e.Score > 1 {
						t.Errorf("%s: scores are not in order", r.ID)
					}
				}
			}
		}
		if found < 100 {
			t.Errorf("by %s: %d found", by, found)
		}
		if a := gorod(t, "", "dataset", "verify", dir); a.code != 0 {
			t.Error(a)
		}
	}
}

func TestVerifyFindsWhatWasChanged(t *testing.T) {
	t.Parallel()
	edit := func(name, old, new string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			changed := regexp.MustCompile(old).ReplaceAllString(string(text), new)
			if changed == string(text) {
				t.Fatalf("%s has no %s", name, old)
			}
			put(t, dir, name, changed)
		}
	}
	for name, c := range map[string]struct {
		change func(t *testing.T, dir string)
		want   []string
	}{
		"a row": {func(t *testing.T, dir string) {
			t.Helper()
			moved := rows(t, dir, "train")[0]
			path := filepath.Join(dir, "data/test.parquet")
			kept := rows(t, dir, "test")
			w, err := format.CreateParquet(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Write(append(kept, moved)); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}, []string{"data/test.parquet was changed", "1 examples occur twice", "sessions are in more than one split", "certificate.json says", "test has 47 examples, not 48"}},
		"a line":            {edit("messages/train.jsonl", "студентка", "учёная"), []string{"messages/train.jsonl was changed"}},
		"a certificate":     {edit("certificate.json", `"largest": [0-9.]+`, `"largest": 0.1`), []string{"certificate.json was changed", "certificate.json says texts.largest: 0.1, not 0."}},
		"no certificate":    {func(_ *testing.T, dir string) { os.Remove(filepath.Join(dir, "certificate.json")) }, []string{"certificate.json is missing"}},
		"a file less":       {func(_ *testing.T, dir string) { os.Remove(filepath.Join(dir, "alpaca/test.jsonl")) }, []string{"alpaca/test.jsonl is missing"}},
		"a split less":      {func(_ *testing.T, dir string) { os.Remove(filepath.Join(dir, "data/test.parquet")) }, []string{"data/test.parquet is missing"}},
		"a file more":       {func(t *testing.T, dir string) { t.Helper(); put(t, dir, "data/more.parquet", "x") }, []string{"data/more.parquet is not in the manifest"}},
		"half a file":       {func(_ *testing.T, dir string) { os.Truncate(filepath.Join(dir, "data/train.parquet"), 9000) }, []string{"data/train.parquet was changed", "no Parquet"}},
		"counts of a split": {edit("manifest.json", `"examples": 311`, `"examples": 312`), []string{"train has 312 examples, not 311"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := built(t)
			c.change(t, dir)
			a := gorod(t, "", "dataset", "verify", dir)
			if a.code != 1 || !strings.Contains(a.stderr, "not as it says of itself") {
				t.Fatal(a)
			}
			for _, want := range c.want {
				if !strings.Contains(a.stdout, want) {
					t.Errorf("not told: %q in %s", want, a.stdout)
				}
			}
			var v struct{ Faults []string }
			a = gorod(t, "", "dataset", "verify", "--json", dir)
			if err := json.Unmarshal([]byte(strings.SplitN(last(a.stdout, `"faults"`), "\n", 2)[0]), &v); err != nil || a.code != 1 || len(v.Faults) < len(c.want) {
				t.Errorf("%v: %v", err, a)
			}
		})
	}
	for _, dir := range []string{"nowhere", "."} {
		for _, args := range [][]string{{"verify", dir}, {"stats", dir}, {"show", dir}, {"show", dir, "chat-1/0/1"}, {"search", dir, "да"}} {
			if a := gorod(t, "", append([]string{"dataset"}, args...)...); a.code != 2 || !strings.Contains(a.stderr, "is no dataset") {
				t.Errorf("%q: %v", args, a)
			}
		}
	}
}

// last is the line of an output that holds a text.
func last(output, holds string) string {
	for line := range strings.Lines(output) {
		if strings.Contains(line, holds) {
			return line
		}
	}
	return ""
}

func TestADatasetIsLookedAt(t *testing.T) {
	t.Parallel()
	dir := built(t)
	stats := gorod(t, "", "dataset", "stats", dir)
	for _, want := range []string{"1485 messages, 8 chats", "said before, word for word", "PHONE", "Hour of replies (UTC)", "train       311"} {
		if stats.code != 0 || !strings.Contains(stats.stdout, want) {
			t.Errorf("lacks %q: %v", want, stats)
		}
	}
	var m manifest.Manifest
	if a := gorod(t, "", "dataset", "stats", "--json", dir); json.Unmarshal([]byte(a.stdout), &m) != nil || m.Messages != 1485 {
		t.Error(a)
	}
	one := rows(t, dir, "validation")[3]
	shown := gorod(t, "", "dataset", "show", dir, "--split", "validation", "--skip", "3", "--count", "1", "--json")
	var r format.Row
	if err := json.Unmarshal([]byte(shown.stdout), &r); err != nil {
		t.Fatalf("%v: %v", err, shown)
	}
	if diff := cmp.Diff(one, r); diff != "" {
		t.Error(diff)
	}
	again := gorod(t, "", "dataset", "show", dir, one.ID, "--json")
	if again.stdout != shown.stdout {
		t.Error(again)
	}
	if a := gorod(t, "", "dataset", "show", dir, one.ID); a.code != 0 || !strings.Contains(a.stdout, "> me: ") || !strings.HasPrefix(a.stdout, one.ID) {
		t.Error(a)
	}
	found := gorod(t, "", "dataset", "search", dir, one.Asked()+"\n"+one.Reply(), "--count", "3", "--json")
	var hit struct {
		ID    string
		Score float64
	}
	if err := json.Unmarshal([]byte(last(found.stdout, `"score"`)), &hit); err != nil || hit.ID != one.ID || hit.Score < 0.999 {
		t.Errorf("%v: %v", err, found)
	}
	if a := gorod(t, "", "dataset", "search", dir, "экзамен"); a.code != 0 || strings.Count(a.stdout, "→") != 10 {
		t.Error(a)
	}
	for _, args := range [][]string{{"show", dir, "chat-9/9/9"}, {"show", dir, "--split", "dev"}, {"search", dir, " "}, {"search", dir, "да", "--count", "0"}, {"show"}, {"search", dir}} {
		if a := gorod(t, "", append([]string{"dataset"}, args...)...); a.code != 2 {
			t.Errorf("%q: %v", args, a)
		}
	}
}

func TestImportListsTheChatsTheLargestFirst(t *testing.T) {
	t.Parallel()
	export := filepath.Join(filepath.Dir(recipePath(t)), "dataset-telegram", "result.json")
	a := gorod(t, t.TempDir(), "dataset", "import", "telegram", export)
	first, second := strings.Index(a.stdout, "user700000002"), strings.Index(a.stdout, "user700000003")
	if a.code != 0 || first < 0 || second < first || !strings.Contains(a.stdout, "private_supergroup  ПМ-31") {
		t.Error(a)
	}
	var report struct {
		List []struct {
			ID, Type, Name string
			Messages       int
		}
	}
	a = gorod(t, t.TempDir(), "dataset", "import", "telegram", export, "--json")
	if err := json.Unmarshal([]byte(a.stdout[strings.Index(a.stdout, `{"event":"report"`):]), &report); err != nil {
		t.Fatal(err, a)
	}
	sum := 0
	for _, c := range report.List {
		sum += c.Messages
	}
	if len(report.List) != 12 || sum != 1485 {
		t.Errorf("%d chats of %d messages", len(report.List), sum)
	}
}
