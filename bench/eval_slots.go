package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/llm-city/gorod/core/llm/llmtest"
)

// asked is an evaluation of two subjects, short questions and long
// conversations.
const asked = `apiVersion: gorod/v1
kind: Evaluation
name: asked
models:
  default: %s
subjects:
  - {name: base, model: default}
  - {name: prompted, model: default, system: "Отвечай по-русски."}
tasks:
  - language: {}
  - retention: {}
  - mood: {}
  - persona: {}
`

// asking: how much of a model server's time an evaluation uses, and how fast
// it is where the model takes no time.
func (b *bench) asking(ctx context.Context) error {
	server := llmtest.Start(llmtest.Options{Slots: slotCount, Mean: slotMean, Sigma: slotSigma, Seed: 1})
	defer server.Close()
	if _, err := b.evaluate(ctx, "served", fmt.Sprintf("{provider: openai, model: m, endpoints: [%q], parallel: %d}", server.URL+"/v1", slotCount)); err != nil {
		return err
	}
	used := server.Busy().Seconds() / (slotCount * server.Wall().Seconds())
	b.add("slots used by an evaluation, 2 subjects, 4 tasks", used, "of 1", "≥ 0.95", atLeast(used, 0.95))
	const repeats = 20
	took, err := b.evaluate(ctx, "reference", "{provider: reference}", "--set", fmt.Sprint("repeats=", repeats))
	if err != nil {
		return err
	}
	b.add("replies asked, recorded and written, reference provider", float64(server.Stats().Requests)*repeats/took.Seconds(), "replies/s", "", nil)
	return nil
}

// evaluate is how long the evaluation takes with a model.
func (b *bench) evaluate(ctx context.Context, name, model string, more ...string) (time.Duration, error) {
	file := filepath.Join(b.dir, name+".yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, asked, model), 0o600); err != nil {
		return 0, err
	}
	args := append([]string{"eval", "run", "--no-report", "--out", filepath.Join(b.dir, "eval-"+name), file}, more...)
	began := time.Now()
	if out, err := exec.CommandContext(ctx, b.gorod, args...).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w: %s", err, out)
	}
	return time.Since(began), nil
}
