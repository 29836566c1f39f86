package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// trainer is a stand-in for the Python that trains: it keeps to the contract
// (metrics.jsonl, state.json, exit codes) and can fail on demand, which a real
// training cannot. HOW says what happens at its first start.
const trainer = `#!/usr/bin/env bash
set -eu
if [ "$1" = notify.py ]; then
  grep -o '"webhook": "[^"]*"' notify.json
  exit 0
fi
stage=$3 dir=$4
cd "$dir"
mkdir -p run
test -s job.json
cat data/train.jsonl ../data/train.jsonl 2>/dev/null | grep -q '"messages"'
if [ "$stage" = merge ]; then
  test -e run/adapter
  mkdir -p run/merged && echo merged > run/merged/model.safetensors && exit 0
fi
starts=$(cat run/starts 2>/dev/null || echo 0)
echo $((starts + 1)) > run/starts
for step in 1 2 3 4; do
  echo "{\"event\":\"log\",\"step\":$((starts * 4 + step)),\"of\":8,\"loss\":$((9 - starts * 4 - step)).5,\"time\":1}" >> run/metrics.jsonl
done
echo "step 4"
if [ "$starts" = 0 ]; then
  case "${HOW:-}" in
    again) echo '{"state":"checkpointed","step":4}' > run/state.json; exit 75 ;;
    fail) echo '{"state":"failed","step":4,"error":"the disk is full"}' > run/state.json; exit 1 ;;
    hang) sleep 60 & wait ;;
    second) if grep -q '"lr": 0.0002' job.json; then exit 1; fi ;;
  esac
fi
echo '{"event":"eval","step":8,"of":8,"eval_loss":0.5,"time":2}' >> run/metrics.jsonl
touch run/adapter
echo '{"state":"done","step":8}' > run/state.json
`

// finetuning is a folder with a dataset, the stand-in and a job that uses both.
func finetuning(t *testing.T, how string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "data", "messages"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "data/messages/train.jsonl", `{"messages":[{"role":"user","content":"как дела"},{"role":"assistant","content":"норм"}]}`+"\n")
	put(t, dir, "python", trainer)
	if err := os.Chmod(filepath.Join(dir, "python"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "job.yaml", `apiVersion: gorod/v1
kind: Finetune
name: asya
base: {model: Qwen/Qwen2.5-0.5B-Instruct}
dataset: {path: data}
resources: {gpus: 0, cpus: 1, memory: 64, time: 1h}
cluster: {kind: local, python: `+filepath.Join(dir, "python")+`, env: {HOW: "`+how+`"}}
`)
	return dir
}

// submitted queues the job and waits for its end.
func submitted(t *testing.T, dir string, more ...string) (id string, a answer) {
	t.Helper()
	a = gorod(t, dir, append([]string{"finetune", "submit", "job.yaml", "--watch"}, more...)...)
	found := regexp.MustCompile(`(?m)^(\S+) queued in `).FindStringSubmatch(a.stdout)
	if found == nil {
		t.Fatal(a)
	}
	return found[1], a
}

func TestAFineTuningIsQueuedFollowedAndRemembered(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "")
	id, a := submitted(t, dir)
	if a.code != 0 || !strings.Contains(a.stdout, "merge: completed") || !strings.Contains(a.stdout, "gorod finetune import "+id) {
		t.Error(a)
	}
	if ls := gorod(t, dir, "finetune", "ls"); ls.code != 0 || !strings.Contains(ls.stdout, id) || !strings.Contains(ls.stdout, "completed") || !strings.Contains(ls.stdout, "0.500") {
		t.Error(ls)
	}
	if logs := gorod(t, dir, "finetune", "logs", "asya"); logs.code != 0 || !strings.Contains(logs.stdout, "step 4") {
		t.Error(logs)
	}
	if again := gorod(t, dir, "finetune", "watch", id); again.code != 0 || !strings.Contains(again.stdout, "┤") {
		t.Error(again)
	}
	var j struct {
		Name    string
		Cluster struct{ Dir string }
	}
	if err := json.Unmarshal([]byte(gorod(t, dir, "finetune", "ls", "--json").stdout), &j); err != nil || j.Name != "asya" {
		t.Fatal(err, j)
	}
	if _, err := os.Stat(filepath.Join(j.Cluster.Dir, "run", "merged", "model.safetensors")); err != nil {
		t.Error(err)
	}
}

func TestATrainerThatWantsToBeRequeuedGoesOn(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "again")
	id, a := submitted(t, dir)
	if a.code != 0 {
		t.Error(a)
	}
	if ls := gorod(t, dir, "finetune", "ls", "--json"); !strings.Contains(ls.stdout, `"restarts":1`) || !strings.Contains(ls.stdout, id) {
		t.Error(ls)
	}
}

func TestAFailedFineTuningSaysWhyAndIsResumed(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "fail")
	id, a := submitted(t, dir)
	if a.code != 1 || !strings.Contains(a.stderr, "the disk is full") || !strings.Contains(a.stderr, "gorod finetune resume "+id) {
		t.Error(a)
	}
	if again := gorod(t, dir, "finetune", "resume", id, "--watch"); again.code != 0 || !strings.Contains(again.stdout, "merge: completed") {
		t.Error(again)
	}
	if starts, err := os.ReadFile(filepath.Join(dir, "finetunes", "asya-"+id, "run", "starts")); err != nil || strings.TrimSpace(string(starts)) != "2" {
		t.Errorf("%s starts, %v", starts, err)
	}
	if more := gorod(t, dir, "finetune", "import", id); more.code != 1 { // what the stand-in merged is no model
		t.Error(more)
	}
}

func TestACancelledFineTuningEndsAndCanGoOn(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "hang")
	a := gorod(t, dir, "finetune", "submit", "job.yaml")
	id := strings.Fields(a.stdout)[0]
	metrics := filepath.Join(dir, "finetunes", "asya-"+id, "run", "metrics.jsonl")
	for deadline := time.Now().Add(time.Minute); ; {
		if text, _ := os.ReadFile(metrics); strings.Contains(string(text), `"step":4`) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it never began")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if busy := gorod(t, dir, "finetune", "resume", id); busy.code != 1 || !strings.Contains(busy.stderr, "still at work") {
		t.Error(busy)
	}
	if c := gorod(t, dir, "finetune", "cancel", id); c.code != 0 {
		t.Error(c)
	}
	if w := gorod(t, dir, "finetune", "watch", id); w.code != 1 || !strings.Contains(w.stderr, "cancelled") {
		t.Error(w)
	}
	if again := gorod(t, dir, "finetune", "resume", id, "--watch"); again.code != 0 {
		t.Error(again)
	}
}

func TestASweepIsAnArrayOfTasks(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "")
	text, err := os.ReadFile(filepath.Join(dir, "job.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "job.yaml", string(text)+"sweep: {training.lr: [1e-4, 2e-4, 4e-4]}\n")
	id, a := submitted(t, dir)
	if a.code != 0 {
		t.Error(a)
	}
	if !strings.Contains(a.stdout, "train lr=0.0001: completed\n") || !strings.Contains(a.stdout, "gorod finetune import "+id+" --task N\n") {
		t.Error(a)
	}
	for i, lr := range []string{"0.0001", "0.0002", "0.0004"} {
		at := filepath.Join(dir, "finetunes", "asya-"+id, []string{"task-000", "task-001", "task-002"}[i])
		job, err := os.ReadFile(filepath.Join(at, "job.json"))
		if err != nil || !strings.Contains(string(job), `"lr": `+lr) {
			t.Errorf("task %d: %v %s", i, err, job)
		}
		if _, err := os.Stat(filepath.Join(at, "run", "merged")); err != nil {
			t.Error(err)
		}
	}
}

func TestATaskOfASweepThatFailsKeepsNoOtherFromItsMerge(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "second")
	text, err := os.ReadFile(filepath.Join(dir, "job.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "job.yaml", string(text)+"sweep: {training.lr: [1e-4, 2e-4, 4e-4]}\n")
	id, a := submitted(t, dir)
	if a.code != 1 {
		t.Error(a)
	}
	merged, _ := filepath.Glob(filepath.Join(dir, "finetunes", "asya-"+id, "task-*", "run", "merged"))
	if len(merged) != 2 {
		t.Errorf("merged: %q", merged)
	}
	if again := gorod(t, dir, "finetune", "resume", id, "--watch"); again.code != 0 {
		t.Error(again)
	}
}

func TestBadFineTuningsAreRefusedBeforeAnythingIsQueued(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "")
	for name, c := range map[string]struct {
		args []string
		want string
		code int
	}{
		"unknown value":  {[]string{"submit", "job.yaml", "--set", "method.kind=full"}, "method.kind", 2},
		"no dataset":     {[]string{"submit", "job.yaml", "--set", "dataset.path=none"}, "dataset.path", 2},
		"does not fit":   {[]string{"submit", "job.yaml", "--set", "resources.memory=1"}, "needs", 1},
		"unknown id":     {[]string{"watch", "nobody"}, "gorod finetune ls", 2},
		"estimate large": {[]string{"estimate", "job.yaml", "--set", "resources.memory=1"}, "resources.memory", 1},
		"nothing there":  {[]string{"import", "none.gguf"}, "gorod finetune ls", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a := gorod(t, dir, append([]string{"finetune"}, c.args...)...); a.code != c.code || !strings.Contains(a.stderr+a.stdout, c.want) {
				t.Errorf("want exit %d and %q: %v", c.code, c.want, a)
			}
		})
	}
	if ls := gorod(t, dir, "finetune", "ls", "--json"); ls.stdout != "" {
		t.Errorf("something was remembered: %s", ls.stdout)
	}
}
