package runner_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/llmtest"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// chains is a kind of tasks: each item is a conversation of two questions.
type chains struct {
	items  int
	schema string
}

func (chains) Name() string { return "language" }

func (chains) Measures(context.Context, *suite.Task) []task.Measure {
	return []task.Measure{{Name: "length", Per: task.PerItem}, {Name: "quality", Judged: true, Per: task.PerItem}}
}

func (c chains) Load(context.Context, task.Setup) (task.Task, error) { return &chainTask{c}, nil }

type chainTask struct{ chains }

func (c *chainTask) Items() []task.Item {
	out := make([]task.Item, c.items)
	for i := range out {
		out[i] = task.Item{ID: fmt.Sprint("i", i), Cluster: fmt.Sprint("c", i/2), Criteria: "кто говорит", Asks: 2}
	}
	return out
}

func (c *chainTask) Ask(ctx context.Context, s task.Subject, item task.Item) (out task.Outcome, err error) {
	messages := []sample.Message{{Role: "system", Content: "Говори кратко."}, {Role: "user", Content: "вопрос " + item.ID}}
	for turn := range 2 {
		x, err := s.Ask(ctx, task.Prompt{Which: fmt.Sprint("turn ", turn), Messages: messages, Schema: []byte(c.schema), Turn: int32(turn + 1)})
		if err != nil {
			return out, err
		}
		out.Samples = append(out.Samples, x)
		out.Scores = append(out.Scores, sample.Score{Sample: fmt.Sprint(turn), Measure: "length", Value: float64(len(x.Reply)), Missing: x.Error})
		messages = append(messages[:len(messages):len(messages)], sample.Message{Role: "assistant", Content: x.Reply}, sample.Message{Role: "user", Content: "а ещё?"})
	}
	out.Judged = []int{1}
	return out, nil
}

func (c *chainTask) Whole(_ context.Context, _ string, samples []sample.Sample) ([]sample.Score, error) {
	return []sample.Score{{Measure: "all", Value: float64(len(samples))}, {Sample: samples[0].ID, Measure: "first", Value: 1}}, nil
}

// echo is a model that answers by what it is asked and under which seed.
func echo(r llmtest.Request) string {
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, r.Messages, r.Sampling["seed"])))[:12]
}

func start(t *testing.T, opts llmtest.Options) *llmtest.Server {
	t.Helper()
	if opts.Reply == nil {
		opts.Reply = echo
	}
	opts.Models = []string{"m"}
	s := llmtest.Start(opts)
	t.Cleanup(s.Close)
	return s
}

const subjects = `subjects:
  - {name: base, model: default}
  - {name: tuned, model: other, system: "Ты — Ася."}
tasks: [{language: {}}]
`

// served are two models at a server.
func served(url string, parallel int) string {
	return fmt.Sprintf("models:\n  default: {provider: ollama, model: m, endpoints: [%q], parallel: %d, retries: 0}\n  other: {provider: ollama, model: m, endpoints: [%[1]q], parallel: %[2]d, retries: 0}\n", url, parallel)
}

const here = "models: {default: {provider: reference}, other: {provider: reference}}\n"

func load(t *testing.T, text string) *suite.Suite {
	t.Helper()
	s, err := suite.Parse(filepath.Join(t.TempDir(), "suite.yaml"), []byte("apiVersion: gorod/v1\nkind: Evaluation\nname: test\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func options(s *suite.Suite, kinds ...task.Kind) runner.Options {
	if len(kinds) == 0 {
		kinds = []task.Kind{chains{items: 6}}
	}
	log := slog.New(slog.DiscardHandler)
	return runner.Options{
		Suite: s, Kinds: kinds, Catalog: host.NewCatalog("", nil, nil, log), Getenv: func(string) string { return "" }, Version: "test", Now: time.Now, Log: log,
		NewJudge: func(of suite.Judge, p llm.Provider, _ string) (runner.Judge, error) {
			return &judge{of: of, provider: p}, nil
		},
	}
}

// evaluated is the evaluation done in a folder.
func evaluated(t *testing.T, dir string, o runner.Options) (runner.Result, error) {
	t.Helper()
	e, err := runner.Prepare(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return e.Run(t.Context(), dir)
}

type rows struct {
	samples []sample.Sample
	scores  []sample.Score
	bytes   string // of both files
}

func read(t *testing.T, dir string) (r rows) {
	t.Helper()
	var err error
	if r.samples, err = sample.ReadAll[sample.Sample](filepath.Join(dir, sample.SamplesFile)); err != nil {
		t.Fatal(err)
	}
	if r.scores, err = sample.ReadAll[sample.Score](filepath.Join(dir, sample.ScoresFile)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{sample.SamplesFile, sample.ScoresFile} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		r.bytes += string(data)
	}
	return r
}

func done(t *testing.T, o runner.Options) rows {
	t.Helper()
	dir := t.TempDir()
	if _, err := evaluated(t, dir, o); err != nil {
		t.Fatal(err)
	}
	return read(t, dir)
}

// text is what rows say but for who was how fast.
func (r rows) text() string {
	var b strings.Builder
	for _, s := range r.samples {
		s.Latency, s.Endpoint = 0, ""
		fmt.Fprintln(&b, s)
	}
	for _, s := range r.scores {
		fmt.Fprintln(&b, s)
	}
	return b.String()
}

func TestRowsStandInTheOrderOfTheSuiteWhateverTheOrderOfReplies(t *testing.T) {
	t.Parallel()
	var texts []string
	for _, slots := range []int{1, 8} {
		server := start(t, llmtest.Options{Slots: slots, Mean: 2 * time.Millisecond, Sigma: 1.5, Seed: uint64(slots)})
		got := done(t, options(load(t, served(server.URL, slots)+subjects+"repeats: 2\n")))
		texts = append(texts, strings.ReplaceAll(got.text(), server.URL, ""))
		if len(got.samples) != 6*2*2*2 || len(got.scores) != len(got.samples)+2*2*2 {
			t.Errorf("%d samples, %d scores", len(got.samples), len(got.scores))
		}
		for i, want := range []string{"language/base/i0/0/0", "language/base/i0/0/1", "language/tuned/i0/0/0", "language/tuned/i0/0/1", "language/base/i0/1/0"} {
			if got.samples[i].ID != want {
				t.Errorf("sample %d is %s, want %s", i, got.samples[i].ID, want)
			}
		}
		x, y := got.samples[3], got.scores[3]
		if x.Cluster != "c0" || x.Turn != 2 || x.Model != "m" || len(x.Digest) != 64 || x.Call == "" || x.Latency <= 0 || x.ReplyTokens == 0 {
			t.Errorf("%+v", x)
		}
		if y.Sample != x.ID || y.Subject != "tuned" || y.Cluster != "c0" || y.Turn != 2 || y.Length != 12 || y.Value != 12 {
			t.Errorf("%+v", y)
		}
		last := got.scores[len(got.scores)-1]
		if last.Measure != "first" || last.Subject != "tuned" || last.Repeat != 1 || last.Item != "i0" || got.scores[len(got.scores)-2].Value != 12 {
			t.Errorf("%+v", last)
		}
	}
	if texts[0] != texts[1] {
		t.Error("slots have changed the rows")
	}
}

func TestSubjectsAnswerUnderTheSameSeed(t *testing.T) {
	t.Parallel()
	server := start(t, llmtest.Options{Slots: 4})
	done(t, options(load(t, served(server.URL, 4)+subjects+"repeats: 2\n")))
	seeds := map[any]int{}
	for _, r := range server.Requests() {
		seeds[r.Sampling["seed"]]++
	}
	for seed, n := range seeds {
		if n != 2 { // one of each subject
			t.Errorf("seed %v was used %d times", seed, n)
		}
	}
	if len(seeds) != 6*2*2 {
		t.Errorf("%d seeds", len(seeds))
	}
}

func TestASubjectsOwnSystemMessageComesBeforeTheTasks(t *testing.T) {
	t.Parallel()
	got := done(t, options(load(t, here+subjects)))
	for _, x := range got.samples {
		want := "Говори кратко."
		if x.Subject == "tuned" {
			want = "Ты — Ася.\n\n" + want
		}
		if len(x.Messages) != int(x.Turn)*2 || x.Messages[0].Content != want || x.Messages[1].Role != "user" {
			t.Errorf("%s: %+v", x.ID, x.Messages)
		}
	}
}

func TestTheReferenceTellsSubjectsApart(t *testing.T) {
	t.Parallel()
	got := done(t, options(load(t, here+subjects)))
	replies := map[string]string{}
	for _, x := range got.samples {
		replies[x.Subject] += x.Reply
	}
	if replies["base"] == replies["tuned"] {
		t.Error("two subjects of the reference have one voice")
	}
}

func TestSimilarExchangesStandBeforeAReply(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "messages"), 0o755); err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, pair := range [][2]string{{"где книга", "на полке"}, {"вопросы i3 есть?", "нет"}, {"погода какая", "дождь"}} {
		fmt.Fprintf(&lines, `{"messages":[{"role":"user","content":%q},{"role":"assistant","content":%q}]}`+"\n", pair[0], pair[1])
	}
	if err := os.WriteFile(filepath.Join(dir, "messages", "train.jsonl"), []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	got := done(t, options(load(t, here+"subjects: [{name: r, model: default, retrieve: {dataset: "+dir+", k: 1}}]\ntasks: [{language: {}}]\n")))
	if first := got.samples[0].Messages[0]; first.Role != "system" || first.Content != "Говори кратко.\n\nвопросы i3 есть?\n→ нет" {
		t.Errorf("%+v", first)
	}
}

func TestAModelThatCannotBeAskedNamesItsSubject(t *testing.T) {
	t.Parallel()
	server := start(t, llmtest.Options{})
	for text, says := range map[string][]string{
		strings.Replace(served(server.URL, 1), "model: m", "model: gone", 1):                                   {"subject base", "models.default", "gone"},
		strings.Replace(served(server.URL, 1), server.URL+`"], parallel`, `http://127.0.0.1:1"], parallel`, 1): {"subject base", "models.default", "127.0.0.1:1"},
	} {
		e, err := runner.Prepare(t.Context(), options(load(t, text+subjects)))
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{e.Reach(t.Context()), second(e.Run(t.Context(), t.TempDir()))} {
			for _, want := range says {
				if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "tuned") {
					t.Errorf("%v does not say %s", err, want)
				}
			}
		}
	}
	text := "models: {default: {provider: openai, model: m, endpoints: ['http://h/v1'], api_key_env: CITY_KEY}, other: {provider: reference}}\n"
	if _, err := runner.Prepare(t.Context(), options(load(t, text+subjects))); err == nil || !strings.Contains(err.Error(), "CITY_KEY") || !strings.Contains(err.Error(), "subject base") {
		t.Error(err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestAReplyThatIsNoUseIsCountedAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	server := start(t, llmtest.Options{Slots: 2, Reply: func(r llmtest.Request) string {
		if strings.Contains(fmt.Sprint(r.Messages), "вопрос i1") {
			return "не скажу"
		}
		return `{"a": 1}`
	}, Fault: func(_ int, r llmtest.Request) llmtest.Fault {
		if strings.Contains(fmt.Sprint(r.Messages), "вопрос i2") {
			return llmtest.Fault{Status: 400, Message: "the prompt is too long"}
		}
		return llmtest.Fault{}
	}})
	dir := t.TempDir()
	result, err := evaluated(t, dir, options(load(t, served(server.URL, 2)+subjects), chains{items: 4, schema: `{"type":"object","required":["a"]}`}))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range read(t, dir).samples {
		want := map[string]string{"i1": "schema", "i2": "too long"}[x.Item]
		if (x.Error == "") != (want == "") || !strings.Contains(x.Error, want) || x.Item == "i1" && x.Reply != "не скажу" {
			t.Errorf("%s: %q, %q", x.ID, x.Reply, x.Error)
		}
	}
	m := result.Manifest
	if len(m.Subjects) != 2 || m.Subjects[0].Unusable != 4 || !strings.Contains(m.Subjects[0].Why, "schema") || m.Subjects[0].Samples != 8 || m.Missing != 8 || !m.Done() {
		t.Errorf("%+v", m)
	}
}

// stopper stops an evaluation after some items.
type stopper struct {
	mu    sync.Mutex
	after int
	last  runner.Progress
}

func (s *stopper) Progress(p runner.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Done >= s.last.Done {
		s.last = p
	}
}

func (s *stopper) stop() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last.Done >= s.after
}
