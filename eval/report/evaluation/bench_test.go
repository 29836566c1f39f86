package evaluation_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/eval/report/evaluation"
	eval "github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// large is an evaluation of five subjects on 10,000 items, each scored by 20
// measures: a million rows, half of them yes and no, and 50,000 replies.
func large(b *testing.B) string {
	b.Helper()
	const items, binaries, numbers = 10_000, 10, 10
	subjects := []string{"base", "prompted", "retrieved", "tuned", "merged"}
	dir := b.TempDir()
	text := "apiVersion: gorod/v1\nkind: Evaluation\nname: large\nlanguage: ru\nmodels: {default: {provider: reference}}\nsubjects:\n"
	for _, s := range subjects {
		text += "  - {name: " + s + ", model: default}\n"
	}
	text += "tasks: [{name: t, choice: {}}]\ncomparisons:\n"
	for i := range 5 {
		text += fmt.Sprintf("  - {task: t, measure: n%d, a: tuned, b: base}\n  - {task: t, measure: b%d, a: tuned, b: base}\n", i, i)
	}
	scores, err := sample.Create[sample.Score](filepath.Join(dir, sample.ScoresFile), nil)
	samples, err2 := sample.Create[sample.Sample](filepath.Join(dir, sample.SamplesFile), nil)
	if err != nil || err2 != nil {
		b.Fatal(err, err2)
	}
	random := rand.New(rand.NewPCG(1, 1))
	for i := range items {
		item, cluster := "item-"+strconv.Itoa(i), "dialogue-"+strconv.Itoa(i/2)
		for at, s := range subjects {
			id := s + "-" + item
			row := sample.Score{Sample: id, Task: "t", Subject: s, Item: item, Cluster: cluster}
			var rows []sample.Score
			for m := range binaries + numbers {
				row.Measure, row.Value = "n"+strconv.Itoa(m-binaries), random.NormFloat64()+float64(at)/20
				if m < binaries {
					row.Measure, row.Value = "b"+strconv.Itoa(m), 0
					if random.Float64() < 0.5+float64(at)/100 {
						row.Value = 1
					}
				}
				rows = append(rows, row)
			}
			err := scores.Write(rows)
			err2 := samples.Write([]sample.Sample{{ID: id, Task: "t", Subject: s, Item: item, Cluster: cluster, Reply: strings.Repeat("Ответ на вопрос. ", 8),
				Messages: []sample.Message{{Role: "user", Content: strings.Repeat("Вопрос о городе? ", 10)}}}})
			if err != nil || err2 != nil {
				b.Fatal(err, err2)
			}
		}
	}
	if err, err2 := scores.Close(), samples.Close(); err != nil || err2 != nil {
		b.Fatal(err, err2)
	}
	ended := time.Now()
	err = runner.WriteJSON(filepath.Join(dir, eval.ManifestFile), eval.Manifest{Name: "large", Suite: suite.Digest([]byte(text)), Ended: &ended})
	if err != nil || os.WriteFile(filepath.Join(dir, eval.SuiteFile), []byte(text), 0o600) != nil {
		b.Fatal(err)
	}
	return dir
}

// many is a kind of tasks with the measures of large.
type many struct{ task.Kind }

func (many) Name() string { return "choice" }

func (many) Measures(context.Context, *suite.Task) (out []task.Measure) {
	for i := range 10 {
		out = append(out, task.Measure{Name: "b" + strconv.Itoa(i), High: 1, Binary: true, Better: 1, Per: task.PerItem}, task.Measure{Name: "n" + strconv.Itoa(i), Per: task.PerItem})
	}
	return out
}

// peak is the most memory that this process has had, in megabytes.
func peak(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.ParseFloat(strings.Fields(after)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kilobytes / 1024
}

// BenchmarkReport is a million scored rows on disk, made into a whole report on
// disk.
func BenchmarkReport(b *testing.B) {
	dir := large(b)
	runtime.GC()
	for b.Loop() {
		in, err := evaluation.Open(b.Context(), dir, []task.Kind{many{}})
		if err != nil {
			b.Fatal(err)
		}
		in.Generated = time.Unix(0, 0)
		if _, err := evaluation.Write(dir, in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(peak(b), "MB-memory")
}
