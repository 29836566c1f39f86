package export_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/llm-city/gorod/finetune/export/internal/tiny"
)

// job writes the folder run/ of a job that has trained a model with a profile.
func job(t *testing.T, m *tiny.Model, profile string) string {
	t.Helper()
	run := t.TempDir()
	if err := os.Rename(m.Write(t), filepath.Join(run, "merged")); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		"template/testdata/" + profile + ".jsonl":                  "rendered.jsonl",
		"../trainer/gorod_trainer/templates/" + profile + ".jinja": "template.jinja",
	} {
		raw, err := os.ReadFile(filepath.FromSlash(from))
		if err == nil {
			err = os.WriteFile(filepath.Join(run, to), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return run
}

// begin has a job's tokenizer begin texts with a token.
func begin(t *testing.T, run, bos string) {
	t.Helper()
	tok := tiny.Tokenizer()
	tok["added_tokens"].([]map[string]any)[0]["content"] = bos
	tiny.WriteJSON(t, filepath.Join(run, "merged", "tokenizer.json"), tok)
	tiny.WriteJSON(t, filepath.Join(run, "merged", "tokenizer_config.json"), map[string]any{"bos_token": bos, "eos_token": "<|im_end|>", "add_bos_token": false})
}
