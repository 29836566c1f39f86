package estimate_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/finetune/estimate"
	"github.com/llm-city/gorod/finetune/job"
)

func TestOddNumbersAreEstimatedOrRefusedAndNeverWrapAround(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"train.jsonl":       `{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}` + "\n",
		"model/config.json": `{"architectures":["Gemma2ForCausalLM"],"hidden_size":65536,"num_hidden_layers":1000,"num_attention_heads":512,"vocab_size":1000000,"intermediate_size":262144}`,
	} {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const yaml = "apiVersion: gorod/v1\nkind: Finetune\nname: x\nbase: {model: ./model}\ndataset: {path: ., validation: ''}\ncluster: {kind: slurm}\n"
	for _, set := range []string{
		"training.batch=65536 training.max_length=10000000 training.accumulate=65536 resources.gpus=1024 resources.nodes=100000 method.rank=1024 method.dropout=0.5",
		"training.gradient_checkpointing=false training.batch=65536 training.max_length=10000000 training.assistant_only_loss=false",
		"training.steps=1000000000 resources.price=1000000 training.batch=65536 training.max_length=10000000",
		"training.epochs=1000000 resources.gpu_memory=1000000",
	} {
		j, err := job.Parse(filepath.Join(dir, "job.yaml"), []byte(yaml), strings.Fields(set)...)
		if err != nil {
			t.Fatal(err)
		}
		r, err := estimate.Estimate(j, estimate.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := r.Write(&out); err != nil {
			t.Fatal(err)
		}
		if r.Needed < 100e9 || strings.Contains(set, "65536") && r.Smallest != "" {
			t.Errorf("%s: %d bytes, smallest %q", set, r.Needed, r.Smallest)
		}
		for _, word := range []string{"NaN", "Inf", " -"} {
			if strings.Contains(out.String(), word) {
				t.Errorf("%s: %q in\n%s", set, word, &out)
			}
		}
		for _, o := range r.Options {
			if o.Time < 0 || o.Cost < 0 {
				t.Errorf("%s: %+v", set, o)
			}
		}
	}
	for _, set := range []string{"training.batch=9007199254740991", "training.max_length=1000000000", "resources.nodes=4294967296", "resources.gpu_memory=1e308", "training.epochs=1e308", "resources.price=1e308"} {
		if _, err := job.Parse(filepath.Join(dir, "job.yaml"), []byte(yaml), set); err == nil || !strings.Contains(err.Error(), "--set "+set) {
			t.Errorf("%s: %v", set, err)
		}
	}
}
