//go:build components

package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm/ollamatest"
	"github.com/llm-city/gorod/core/llm/pool"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
)

// mostTicks bounds a run that waits for an endpoint to go or to come.
const mostTicks = 400

// One of two real Ollamas is killed in the middle of a run, and started again
// once nobody is sent there. The run ends when it is back.
func TestARunOutlivesOneOfTwoOllamas(t *testing.T) {
	dies, stays := ollamatest.Start(t), ollamatest.Start(t)
	yaml := strings.Replace(small, "seed: 5", fmt.Sprintf("models:\n  default: {provider: ollama, model: %s, endpoints: [%q, %q], max_tokens: 8}\nseed: 5",
		stays.Model, dies.URL, stays.URL), 1)
	yaml = strings.Replace(yaml, "ticks: 8", fmt.Sprint("ticks: ", mostTicks), 1)
	yaml = strings.Replace(yaml, "agents:\n", "agents:\n  planner: {plugin: planner/justplan}\n", 1) // few calls: a model is slow on a busy machine
	yaml = twoOf(yaml)
	cmd := command(t, write(t, yaml), "run", "--json", "--no-report", "--out", "s", "study.yaml")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // it has ended where all is well
	dir := filepath.Join(cmd.Dir, "s", "base", "5")
	var out strings.Builder
	next, steps := 0, []struct {
		is pool.State
		do func()
	}{
		{pool.Well, func() { dies.Kill(t) }}, {pool.Drained, func() { dies.Restart(t) }}, {pool.Well, func() { end(t, dir) }},
	}
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		out.WriteString(lines.Text() + "\n")
		var at struct {
			Event     string
			Endpoints []pool.Health
		}
		if err := json.Unmarshal(lines.Bytes(), &at); err != nil {
			t.Fatal(err)
		}
		if at.Event == "tick" && next < len(steps) && at.Endpoints[0].State == steps[next].is {
			steps[next].do()
			next++
		}
	}
	_ = cmd.Wait() // the exit code is in the answer
	a := answer{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
	if d := lastLine(t, a); a.code != 0 || d.Runs[0].Status != "done" || next < len(steps) {
		t.Fatalf("%d of %d steps: %v", next, len(steps), a)
	}
	if a := gorod(t, cmd.Dir, "verify", "s"); a.code != 0 {
		t.Error(a)
	}
	kinds := incidentsOf(t, dir, dies.URL)
	if gone := slices.Index(kinds, "endpoint drained"); gone < 0 || !slices.Contains(kinds[gone:], "endpoint returned") {
		t.Errorf("incidents: %q", kinds)
	}
	if kinds := incidentsOf(t, dir, stays.URL); slices.Contains(kinds, "endpoint drained") {
		t.Errorf("incidents of the one that stays: %q", kinds)
	}
}

// twoOf leaves two residents of the small study, one for each server.
func twoOf(yaml string) string {
	head, rest, _ := strings.Cut(yaml, "      - {name: Вера")
	_, rest, _ = strings.Cut(rest, "agents:\n")
	return head + "agents:\n" + rest
}

// end has a run end with the tick under way, as its study may.
func end(t *testing.T, run string) {
	t.Helper()
	q, err := control.Open(t.Context(), filepath.Join(run, runner.ControlFile))
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	if _, err := q.Add(t.Context(), "test", "end", time.Now(), control.Order{Effect: &spec.Effect{Stop: true}}); err != nil {
		t.Fatal(err)
	}
}

// incidentsOf are the kinds of what a run notes of a source, in order.
func incidentsOf(t *testing.T, run, source string) (kinds []string) {
	t.Helper()
	book, err := journal.OpenReadOnly(t.Context(), filepath.Join(run, "run.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	all, err := book.Incidents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if i.Source == source {
			kinds = append(kinds, i.Kind)
		}
	}
	return kinds
}
