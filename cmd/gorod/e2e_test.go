//go:build e2e

package main_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster/slurm/slurmtest"
	"github.com/llm-city/gorod/core/llm/ollamatest"
	"github.com/llm-city/gorod/finetune/trainer/trainertest"
)

// site is a faculty's: a Slurm, a Python with the trainer's requirements, a base
// model, a dataset, and a folder that gorod works in.
type site struct {
	*slurmtest.Slurm
	dir, python string
	env         []string // of gorod
	finetunes   string   // where jobs lie
}

// materials are what all sites share: they are made once.
type materials struct{ python, base, data string }

func prepare(t *testing.T) materials {
	t.Helper()
	dir := t.TempDir()
	m := materials{trainertest.Python(t), filepath.Join(dir, "tiny-llama"), filepath.Join(dir, "dataset")}
	if err := trainertest.Run(t.Context(), m.python, "../../finetune/trainer/tests/tiny.py", m.base); err != nil {
		t.Fatal(err)
	}
	recipe, err := filepath.Abs("../../experiments/dataset-telegram.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if a := gorod(t, dir, "dataset", "build", recipe, "--out", m.data); a.code != 0 {
		t.Fatal(a)
	}
	return m
}

func openSite(t *testing.T, m materials) *site {
	t.Helper()
	s := &site{Slurm: slurmtest.Start(t), dir: t.TempDir(), python: m.python}
	s.env, s.finetunes = append(os.Environ(), s.Env...), filepath.Join(s.dir, "finetunes")
	text, err := os.ReadFile("../../experiments/finetune-tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	put(t, s.dir, "job.yaml", string(text))
	for name, target := range map[string]string{"models": filepath.Dir(m.base), "dataset": m.data} {
		if err := os.Symlink(target, filepath.Join(s.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *site) gorod(t *testing.T, args ...string) answer {
	t.Helper()
	return finish(t, s.command(t, args...))
}

func (s *site) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := command(t, s.dir, args...)
	cmd.Env = s.env
	return cmd
}

// submission are the arguments of the shipped tiny job on this site's Slurm.
func (s *site) submission(more ...string) []string {
	args := []string{"finetune", "submit", "job.yaml"}
	for _, set := range append([]string{
		"cluster.kind=slurm", "cluster.via=commands", "cluster.python=" + s.python, "base.model=./models/tiny-llama", "dataset.path=dataset",
	}, more...) {
		args = append(args, "--set", set)
	}
	return args
}

// submit queues the job and returns its id.
func (s *site) submit(t *testing.T, more ...string) string {
	t.Helper()
	a := s.gorod(t, s.submission(more...)...)
	if a.code != 0 {
		t.Fatal(a)
	}
	return strings.Fields(a.stdout)[0]
}

// finetuned is a job as `finetune ls --json` tells of it.
type finetuned struct {
	ID, Name string
	Cluster  struct{ Dir string }
	Tasks    []struct {
		Stage, Cluster string
		Status         struct {
			State, Reason, Error, Node string
			Restarts                   int
		}
	}
}

// stage is the first task of a stage.
func (f finetuned) stage(t *testing.T, name string) (cluster, state, node string, restarts int) {
	t.Helper()
	for _, task := range f.Tasks {
		if task.Stage == name {
			return task.Cluster, task.Status.State, task.Status.Node, task.Status.Restarts
		}
	}
	t.Fatalf("no stage %s in %+v", name, f)
	return "", "", "", 0
}

func (s *site) job(t *testing.T, id string) finetuned {
	t.Helper()
	a := s.gorod(t, "finetune", "ls", "--json")
	for line := range strings.Lines(a.stdout) {
		var f finetuned
		if json.Unmarshal([]byte(line), &f) == nil && f.ID == id {
			return f
		}
	}
	t.Fatalf("%s is not listed: %v", id, a)
	return finetuned{}
}

// metric is a line of metrics.jsonl.
type metric struct {
	Event    string
	Step, Of int
	EvalLoss float64 `json:"eval_loss"`
}

func (s *site) metrics(t *testing.T, id string) (rows []metric) {
	t.Helper()
	text, _ := os.ReadFile(filepath.Join(s.run(t, id), "metrics.jsonl")) // there is none before the first line
	for line := range strings.Lines(string(text)) {
		var m metric
		if json.Unmarshal([]byte(line), &m) == nil { // the last one may be half written
			rows = append(rows, m)
		}
	}
	return rows
}

// run is the folder that training writes to.
func (s *site) run(t *testing.T, id string) string {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(s.finetunes, "*-"+id))
	if len(found) != 1 {
		t.Fatalf("folders of %s: %q", id, found)
	}
	return filepath.Join(found[0], "run")
}

// until waits for what training reports.
func (s *site) until(t *testing.T, id, what string, is func([]metric) bool) {
	t.Helper()
	for deadline := time.Now().Add(4 * time.Minute); !is(s.metrics(t, id)); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s never came: %v\n%v", what, s.metrics(t, id), s.gorod(t, "finetune", "logs", id))
		}
	}
}

// saved waits for a checkpoint at a step or later.
func (s *site) saved(t *testing.T, id string, step int) {
	t.Helper()
	s.until(t, id, fmt.Sprintf("a checkpoint of step %d", step), func(rows []metric) bool {
		return slices.ContainsFunc(rows, func(m metric) bool { return m.Event == "save" && m.Step >= step })
	})
}

func (s *site) follow(t *testing.T, id string) answer {
	t.Helper()
	return s.gorod(t, "finetune", "watch", id)
}

// adapter is the hash of what was learnt.
func (s *site) adapter(t *testing.T, id string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.run(t, id), "adapter", "adapter_model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// From a chat to a society of the model that learnt it, with nothing but real
// parts: Slurm, PyTorch in 4 bits on the CPU, and Ollama.
func TestE2E(t *testing.T) {
	m := prepare(t)
	t.Run("the whole loop", func(t *testing.T) { t.Parallel(); wholeLoop(t, m) })
	t.Run("faults", func(t *testing.T) {
		t.Parallel()
		want := undisturbed(t, m)
		for name, fault := range faults {
			t.Run(name, func(t *testing.T) { t.Parallel(); fault(t, openSite(t, m), want) })
		}
	})
}

func wholeLoop(t *testing.T, m materials) {
	s := openSite(t, m)
	server := ollamatest.Start(t)
	s.env = append(s.env, "GOROD_OLLAMA="+server.URL)

	id := s.submit(t)
	watcher := s.command(t, "finetune", "watch", id)
	if err := watcher.Start(); err != nil {
		t.Fatal(err)
	}
	s.saved(t, id, 10)
	if err := watcher.Process.Kill(); err != nil { // whoever watches may die; the job does not notice
		t.Fatal(err)
	}
	_ = watcher.Wait()
	if a := s.follow(t, id); a.code != 0 || !strings.Contains(a.stdout, "bring it home: gorod finetune import "+id) {
		t.Fatalf("%v\n%v", a, s.gorod(t, "finetune", "logs", id))
	}
	learnt(t, s.metrics(t, id))

	if a := s.gorod(t, "finetune", "import", id); a.code != 0 || !strings.Contains(a.stdout, "proof of the template") {
		t.Fatalf("%v\nOllama: %s", a, server.Log())
	}
	damagedModel(t, s, id)
	society(t, s, server.URL)
}

// learnt says by how much the loss on held-out replies fell.
func learnt(t *testing.T, rows []metric) {
	t.Helper()
	var losses []float64
	for _, row := range rows {
		if row.Event == "eval" {
			losses = append(losses, row.EvalLoss)
		}
	}
	if len(losses) < 2 || losses[len(losses)-1] > losses[0]-0.3 {
		t.Fatalf("held-out loss: %v, want a fall of 0.3 and more", losses)
	}
	before, after := losses[0], losses[len(losses)-1]
	t.Logf("held-out loss %.3f before training, %.3f after %d steps: %.3f lower (%.1f %%)", before, after, rows[len(rows)-1].Of, before-after, 100*(before-after)/before)
}

// society lets residents think with the model that came home.
func society(t *testing.T, s *site, url string) {
	t.Helper()
	yaml := strings.Replace(small, "seed: 5", "models: {default: {provider: ollama, model: tiny-replies, endpoints: ["+url+"], max_tokens: 300, timeout: 2m}}\nseed: 5", 1)
	put(t, s.dir, "study.yaml", strings.Replace(yaml, "ticks: 8", "ticks: 3", 1))
	a := s.gorod(t, "run", "--json", "study.yaml")
	d := lastLine(t, a)
	if a.code != 0 || d.Runs[0].Status != "done" || d.Report == "" {
		t.Fatal(a)
	}
	page, err := os.ReadFile(filepath.Join(s.dir, d.Study, "report", "report.md"))
	if filepath.IsAbs(d.Study) {
		page, err = os.ReadFile(filepath.Join(d.Study, "report", "report.md"))
	}
	if err != nil || !strings.Contains(string(page), "tiny-replies") {
		t.Errorf("the report does not name the model (%v):\n%s", err, page)
	}
	if a := s.gorod(t, "verify", d.Study); a.code != 0 {
		t.Error(a)
	}
}

// damagedModel: a merged model that lost its end on the way is not brought home.
func damagedModel(t *testing.T, s *site, id string) {
	t.Helper()
	shard := filepath.Join(s.run(t, id), "merged", "model.safetensors")
	whole, err := os.ReadFile(shard)
	if err == nil {
		err = os.WriteFile(shard, whole[:len(whole)-1000], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if a := s.gorod(t, "finetune", "import", id, "--name", "damaged"); a.code != 1 || !strings.Contains(a.stderr, "model.safetensors") {
		t.Errorf("a damaged model: %v", a)
	}
	if a := s.gorod(t, "model", "ls"); strings.Contains(a.stdout, "damaged") {
		t.Errorf("it came home: %v", a)
	}
}
