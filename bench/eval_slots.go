package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/llm-city/gorod/core/llm/llmtest"
)

// asked is an evaluation of two subjects.
const asked = `apiVersion: gorod/v1
kind: Evaluation
name: asked
models:
  default: %s
subjects:
  - {name: base, model: default}
  - {name: prompted, model: default, system: "Отвечай по-русски."}
`

// What is asked: short questions and long conversations; judges whose questions
// wait for replies; and conversations alone, more of them than slots.
const (
	mixed         = "tasks: [language: {}, retention: {}, mood: {}, persona: {}]\n"
	judged        = "judges: [{name: r, model: default, mode: rubric}, {name: p, model: default, mode: pairwise}]\ntasks: [{language: {}, judges: [r, p]}, {mood: {}, judges: [r, p]}]\n"
	conversations = "tasks: [persona: {}]\n"
)

// asking: how much of a model server's time evaluations use, and how fast one
// is where the model takes no time.
func (b *bench) asking(ctx context.Context) error {
	questions := 0
	for _, c := range []struct{ name, what, tasks string }{
		{"mixed", "4 tasks", mixed}, {"judged", "2 tasks, 2 judges", judged}, {"conversations", "conversations alone", conversations},
	} {
		server := llmtest.Start(llmtest.Options{Slots: slotCount, Mean: slotMean, Sigma: slotSigma, Seed: 1})
		_, err := b.evaluate(ctx, c.name, fmt.Sprintf("{provider: openai, model: m, endpoints: [%q], parallel: %d}", server.URL+"/v1", slotCount), c.tasks)
		slots := slotCount * server.Wall().Seconds()
		used := server.Busy().Seconds() / slots
		if c.name == "mixed" {
			questions = server.Stats().Requests
		}
		server.Close()
		if err != nil {
			return err
		}
		b.add("slots used by an evaluation, 2 subjects, "+c.what, used, "of 1", "≥ 0.95", atLeast(used, 0.95))
		b.add("  what the slowest of the last replies leave of them", 1-slotCount*atTheEnd(slotCount).Seconds()/slots, "of 1", "", nil)
	}
	const repeats = 20
	took, err := b.evaluate(ctx, "reference", "{provider: reference}", mixed, "--set", fmt.Sprint("repeats=", repeats))
	if err != nil {
		return err
	}
	b.add("replies asked, recorded and written, reference provider", float64(questions)*repeats/took.Seconds(), "replies/s", "", nil)
	return nil
}

// atTheEnd is how long a slot waits on average at the end, when nothing is left
// to be asked, for the slowest of the replies under way: the expected largest of
// as many residual times as there are slots, less the mean residual time. Of a
// log-normal time X with the distribution F, a residual has the distribution
// R(t) = ∫₀ᵗ (1 − F(x)) dx ÷ E[X].
func atTheEnd(slots int) time.Duration {
	const step = 1e-4 // s
	mean := slotMean.Seconds()
	mu := math.Log(mean) - slotSigma*slotSigma/2
	residual, largest, one := 0.0, 0.0, 0.0
	for t := step / 2; residual < 1-1e-9 && t < 100*mean; t += step {
		residual += step * math.Erfc((math.Log(t)-mu)/(slotSigma*math.Sqrt2)) / 2 / mean
		largest += step * (1 - math.Pow(residual, float64(slots)))
		one += step * (1 - residual)
	}
	return time.Duration((largest - one) * float64(time.Second))
}

// evaluate is how long the evaluation takes with a model.
func (b *bench) evaluate(ctx context.Context, name, model, tasks string, more ...string) (time.Duration, error) {
	file := filepath.Join(b.dir, name+".yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, asked+tasks, model), 0o600); err != nil {
		return 0, err
	}
	args := append([]string{"eval", "run", "--no-report", "--out", filepath.Join(b.dir, "eval-"+name), file}, more...)
	began := time.Now()
	if out, err := exec.CommandContext(ctx, b.gorod, args...).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w: %s", err, out)
	}
	return time.Since(began), nil
}
