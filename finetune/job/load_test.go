package job_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/finetune/job"
)

const head = "apiVersion: gorod/v1\nkind: Finetune\nname: mine\nbase: {model: Qwen/Qwen3-0.6B}\ndataset: {path: data.jsonl}\n"

func load(t *testing.T, yaml string, set ...string) (*job.Job, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"job.yaml": yaml, "data.jsonl": "{}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return job.Load(filepath.Join(dir, "job.yaml"), set...)
}

func loaded(t *testing.T, yaml string, set ...string) *job.Job {
	t.Helper()
	j, err := load(t, yaml, set...)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestABadValueIsToldWithItsLineAndColumn(t *testing.T) {
	t.Parallel()
	ssh := head + "cluster: {kind: slurm, via: ssh, dir: /s, host: "
	for yaml, want := range map[string]string{
		head + "colour: red\n":                                                    `6:1: unknown key "colour"`,
		strings.Replace(head, "Finetune", "Experiment", 1):                        "2:7: kind is Experiment: what is wanted here is kind: Finetune; give such a file",
		strings.Replace(head, "mine", "Моё", 1):                                   "3:7: name cannot be",
		strings.Replace(head, "mine", "a-", 1):                                    "3:7: name cannot be",
		strings.Replace(head, "Qwen/Qwen3-0.6B", "a/b/c", 1):                      "4:15: base.model cannot be",
		strings.Replace(head, "Qwen/Qwen3-0.6B", "\"../..\\n\"", 1):               "",
		strings.Replace(head, "data.jsonl", "d, validation: train", 1):            "5:32: dataset.validation is what is trained on",
		strings.Replace(head, "data.jsonl", "d, train: ../x", 1):                  "5:27: dataset.train cannot be",
		strings.Replace(head, "{model: Qwen/Qwen3-0.6B}", "{}", 1):                "4:7: base.model is missing",
		head + "method: {rank: 0}\n":                                              "6:16: method.rank is out of range",
		head + "method: {targets: custom}\n":                                      "6:19: targets: custom without modules",
		head + "method: {targets: qkv, modules: [q_proj]}\n":                      "6:33: modules beside targets: qkv",
		head + "method: {targets: custom, modules: [\"; rm\"]}\n":                 "6:37: method.modules[0] cannot be",
		head + "method: {targets: custom, modules: [q, q]}\n":                     "6:40: q twice",
		head + "method: {alpha: 0}\n":                                             "6:17: method.alpha is 0",
		head + "training: {epochs: 0}\n":                                          "6:20: epochs and steps are 0",
		head + "training: {lr: 0}\n":                                              "6:16: training.lr is 0",
		head + "training: {lr: fast}\n":                                           "6:16: training.lr has the wrong type",
		head + "training: {mlflow: nowhere}\n":                                    "6:20: training.mlflow is no URI",
		head + "resources: {gpus: 0}\ntraining: {optimizer: adamw_8bit}\n":        "7:23: adamw_8bit without a GPU",
		head + "resources: {gpus: 0, nodes: 2}\ncluster: {kind: slurm}\n":         "6:29: 2 nodes without GPUs",
		head + "resources: {nodes: 2}\n":                                          "6:20: several nodes with cluster.kind: local",
		head + "resources: {time: 0s}\n":                                          "6:19: resources.time is not above 0",
		head + "cluster: {host: me@there}\n":                                      "6:17: cluster.host with cluster.kind: local",
		head + "cluster: {via: rest}\n":                                           "6:16: cluster.via with cluster.kind: local",
		head + "cluster: {kind: slurm, via: ssh, dir: /s}\n":                      "6:11: cluster.host is missing: via: ssh",
		head + "cluster: {kind: slurm, via: ssh, host: me@there}\n":               "6:11: cluster.dir is missing",
		head + "cluster: {kind: slurm, via: rest, dir: s, host: https://there}\n": "6:40: cluster.dir is not absolute",
		head + "cluster: {kind: slurm, via: ssh, dir: s, host: me@there}\n":       "6:39: cluster.dir is not absolute",
		head + "cluster: {kind: slurm, host: me@there}\n":                         "6:30: cluster.host with via: commands",
		ssh + "-oX}\n": "cluster.host cannot be",
		strings.Replace(head, "data.jsonl", "d, validation: ''", 1) + "training: {early_stop: 2}\n": "6:24: early_stop without",
		ssh + "\"me@there; rm -rf /\"}\n":                                  "6:49: cluster.host cannot be",
		strings.Replace(ssh, "ssh", "rest", 1) + "ftp://there}\n":          "6:50: cluster.host cannot be",
		strings.Replace(ssh, "ssh", "rest", 1) + "https://me:key@there}\n": "6:50: cluster.host holds a secret",
		head + "cluster: {kind: slurm, env: {\"A B\": x}}\n":               "6:37: \"A B\" is no name of a variable",
		head + "export: {quantize: [q4_K_M, q5_K_M]}\n":                    "6:29: export.quantize[1] cannot be \"q5_K_M\"",
		head + "export: {quantize: [f16, f16]}\n":                          "6:26: f16 twice",
		head + "export: {ollama: \"my model\"}\n":                          "6:18: export.ollama cannot be",
		head + "export: {banned: [\" \"]}\n":                               "6:19: an empty phrase",
		head + "export: {logit_bias: {да: 200}}\n":                         "6:27: a bias is out of range",
		head + "dataset: {}\n":                                             "6:1: malformed YAML: mapping key",
		head + "sweep: {training.lr: []}\n":                                "6:22: sweep.training.lr is empty",
		head + "sweep: {training.lr: [1e-4, 0.0001]}\n":                    "6:29: 0.0001 twice",
		head + "sweep: {resources.gpus: [1, 2]}\n":                         "a sweep over \"resources.gpus\"",
		head + "sweep: {training.speed: [1, 2]}\n":                         "unknown key \"speed\"",
		head + "sweep: {method.rank: [8, -1]}\n":                           "6:26: method.rank is out of range: got -1, allowed 1 to 1024",
		head + "sweep: {method.targets: [qkv, custom]}\n":                  "6:31: targets: custom without modules: nothing would be trained, in the task targets=custom",
		head + "method: {rank: 0, alpha: 0}\ntraining: {batch: 0}\n":       "7:19: training.batch is out of range", // all are told at once
		"- a list\n": "1:",
		"":           "",
	} {
		_, err := load(t, yaml)
		problems, ok := errors.AsType[spec.Problems](err)
		if !ok || !strings.Contains(problems.Error(), "job.yaml:") || !strings.Contains(problems.Error(), want) {
			t.Errorf("%q: %v, want %q", yaml, err, want)
		}
	}
	if _, err := job.Load(filepath.Join(t.TempDir(), "none.yaml")); !strings.Contains(err.Error(), "cannot be read") {
		t.Error(err)
	}
}

func TestAJobHasDefaultsAndWholePaths(t *testing.T) {
	t.Parallel()
	j := loaded(t, head)
	if j.Method.Rank != 16 || j.Training.LR != 2e-4 || !j.Training.Checkpointing || j.Resources.Time != 12*time.Hour || j.Export.Quantize[0] != "q4_K_M" || j.Dataset.Validation != "validation" {
		t.Errorf("%+v", j)
	}
	if !filepath.IsAbs(j.Dataset.Path) || j.Base.Model != "Qwen/Qwen3-0.6B" || len(j.Warnings()) != 0 || j.Ready() != nil {
		t.Errorf("%s %s %v %v", j.Dataset.Path, j.Base.Model, j.Warnings(), j.Ready())
	}
	j = loaded(t, head, "base.model=./here", "training.lr=1e-4", "export.parameters={temperature: 0.5, stop: [a, b]}", "export.logit_bias={да: -2}")
	here, err := filepath.Abs("here")
	if err != nil || j.Base.Model != here || j.Training.LR != 1e-4 || j.Export.Parameters["temperature"] != 0.5 || j.Export.LogitBias["да"] != -2 {
		t.Errorf("%v %+v", err, j)
	}
	far := loaded(t, head+"cluster: {kind: slurm, via: ssh, host: me@there, dir: /gorod}\n")
	if far.Cluster.Dir != "/gorod" || !far.Cluster.Remote() {
		t.Errorf("a folder on another machine became %s", far.Cluster.Dir)
	}
}

func TestWhatIsMissingKeepsAJobFromRunningAndNotFromBeingChecked(t *testing.T) {
	t.Parallel()
	j := loaded(t, strings.NewReplacer("data.jsonl", "none", "Qwen/Qwen3-0.6B", "./model").Replace(head))
	if w := j.Warnings().Error(); !strings.Contains(w, "job.yaml:4:15: base.model is not there yet") || !strings.Contains(w, "5:17: dataset.path is not there yet") {
		t.Error(w)
	}
	if err := j.Ready(); err == nil || !strings.Contains(err.Error(), "job.yaml:5:17: dataset.path cannot be read") {
		t.Error(err)
	}
}

func TestOddJobsAreWarnedOf(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"training: {packing: true}\n":                               "6:21: packing needs FlashAttention",
		"training: {batch: 64, accumulate: 16}\n":                   "1024 examples a step: batch 64 × accumulate 16 × 1 GPUs",
		"training: {lr: 0.01}\n":                                    "adapters diverge",
		"training: {early_stop: 3, save_every: 70}\n":               "the best step may not be kept",
		"method: {alpha: 256}\n":                                    "alpha is 16 times the rank",
		"export: {merge_base: dequantized}\nmethod: {kind: lora}\n": "nothing is quantized",
	} {
		if w := loaded(t, head+yaml).Warnings().Error(); !strings.Contains(w, want) {
			t.Errorf("%q: %q, want %q", yaml, w, want)
		}
	}
}

func TestTheSchemaTakesAJobAndRefusesAnother(t *testing.T) {
	t.Parallel()
	s, err := schema.Compile(job.JSONSchema())
	if err != nil {
		t.Fatal(err)
	}
	good := `{"apiVersion": "gorod/v1", "kind": "Finetune", "name": "x", "base": {"model": "a/b"}, "dataset": {"path": "d"},
		"sweep": {"training.lr": [0.1, "x"]}, "export": {"parameters": {"stop": ["a"], "temperature": 1}}, "resources": {"time": "1h"}}`
	if bad := s.Validate([]byte(good)); len(bad) > 0 {
		t.Error(bad)
	}
	if bad := s.Validate([]byte(strings.Replace(good, `"1h"`, `1`, 1))); len(bad) == 0 {
		t.Error("a number was taken for a duration")
	}
}

func TestShippedJobsLoad(t *testing.T) {
	t.Parallel()
	big, err := job.Load("../../experiments/finetune-yandexgpt.yaml")
	if err != nil || big.Examples() != 32 || big.Training.LR != 2e-4 || big.Method.Targets != "qkv" || big.Resources.GPUMemory != 16 {
		t.Errorf("%v %+v", err, big)
	}
	tiny, err := job.Load("../../experiments/finetune-tiny.yaml")
	if err != nil || tiny.Resources.World() != 1 || !tiny.Base.Local() || tiny.Cluster.Remote() {
		t.Errorf("%v %+v", err, tiny)
	}
}
