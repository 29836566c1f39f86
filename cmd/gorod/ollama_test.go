//go:build components

package main_test

import (
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/llm/ollamatest"
)

// Four residents think with a real Ollama. Its tiny model babbles, but its
// replies are held to the schema, so that they are decisions all the same.
func TestARunAgainstARealOllama(t *testing.T) {
	server := ollamatest.Start(t)
	yaml := strings.Replace(small, "seed: 5", "models:\n  default: {provider: ollama, model: "+server.Model+", endpoints: ["+server.URL+
		"], max_tokens: 400, timeout: 60s}\n  vectors: {provider: ollama, model: "+server.Model+", endpoints: ["+server.URL+"]}\nseed: 5", 1)
	yaml = strings.Replace(yaml, "agents:\n", "agents:\n  embedding: vectors\n", 1)
	yaml = strings.Replace(yaml, "ticks: 8", "ticks: 3", 1) + "environment: {network: {feed: {rank: interest}}}\n"
	dir := write(t, yaml)
	a := gorod(t, dir, "run", "--json", "study.yaml")
	d := lastLine(t, a)
	if a.code != 0 || d.Runs[0].Status != "done" {
		t.Fatalf("%v\nOllama: %s", a, server.Log())
	}
	if a := gorod(t, dir, "verify", "--json", d.Study); a.code != 0 || !strings.Contains(a.stdout, `"model_calls":0`) {
		t.Errorf("a run against Ollama does not replay: %v", a)
	}
	if a := gorod(t, dir, "show", d.Study); !strings.Contains(a.stdout, "model default: ollama "+server.Model) {
		t.Errorf("show does not name the model: %v", a)
	}
}

func TestModelCommandsAgainstARealOllama(t *testing.T) {
	server := ollamatest.Start(t)
	t.Setenv("GOROD_OLLAMA", server.URL)
	if a := gorod(t, "", "model", "ls"); a.code != 0 || !strings.Contains(a.stdout, server.Model) {
		t.Errorf("ls: %v", a)
	}
	a := gorod(t, "", "model", "check", server.Model)
	for _, want := range []string{"reply", "schema", "embedding"} {
		if a.code != 0 || !strings.Contains(a.stdout, want) {
			t.Errorf("check does not report %q: %v", want, a)
		}
	}
	if a := gorod(t, "", "model", "check", "absent"); a.code != 1 || !strings.Contains(a.stderr+a.stdout, "ollama pull absent") {
		t.Errorf("a model that is not there: %v", a)
	}
	if a := gorod(t, "", "model", "pull", "registry.invalid/none/none"); a.code != 1 || a.stderr == "" {
		t.Errorf("a pull that cannot be: %v", a)
	}
	dir := write(t, strings.Replace(small, "seed: 5", "models: {default: {provider: ollama, model: absent, endpoints: ["+server.URL+"]}}\nseed: 5", 1))
	if a := gorod(t, dir, "run", "study.yaml"); a.code != 1 || !strings.Contains(a.stderr, "pull absent") {
		t.Errorf("a run with a model that is not there: %v", a)
	}
}
