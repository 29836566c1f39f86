package cli

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/runner/batch"
)

// tasks shows how the tasks of a study go on: a line where one ends or is queued
// again, and how many stand where; with --json a line for each change.
type tasks struct {
	s     *State
	total int

	mu      sync.Mutex
	stand   map[string]cluster.Status // by run
	done    map[string]journal.Status
	away    bool
	pending *time.Timer // tells how many stand where, when all that changed is known
	told    string
}

// settle is how long changes are collected before they are told.
const settle = 300 * time.Millisecond

var _ batch.Observer = (*tasks)(nil)

func newTasks(s *State, total int) *tasks {
	return &tasks{s: s, total: total, stand: map[string]cluster.Status{}, done: map[string]journal.Status{}}
}

func nameOf(p runner.Planned) string { return fmt.Sprintf("%s %d", p.Cell.Name, p.Seed) }

// Task implements batch.Observer.
func (t *tasks) Task(p runner.Planned, now cluster.Status) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.away = false
	was := t.stand[p.Key()]
	t.stand[p.Key()] = now
	if t.s.json {
		t.s.printJSON(map[string]any{
			"event": "task", "cell": p.Cell.Name, "seed": p.Seed, "job": now.Name(), "state": now.State, "reason": now.Reason.Meaning,
			"node": now.Node, "restarts": now.Restarts,
		})
		return
	}
	if now.Restarts > was.Restarts {
		fmt.Fprintf(t.s.Stderr, "%s: queued again after it was interrupted (%s)\n", nameOf(p), plural(now.Restarts, "time", "times"))
	}
	if t.pending == nil {
		t.pending = time.AfterFunc(settle, t.tell)
	}
}

// Ended implements batch.Observer.
func (t *tasks) Ended(p runner.Planned, _ cluster.Status, r runner.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done[p.Key()] = r.Status
	if t.s.json {
		return
	}
	line := fmt.Sprintf("%s: %s after %s", nameOf(p), r.Status, plural(int(r.Ticks), "tick", "ticks"))
	if r.Status != journal.Done && r.Error != "" {
		line += ": " + printable(r.Error)
	}
	fmt.Fprintln(t.s.Stderr, line)
}

// Away implements batch.Observer.
func (t *tasks) Away(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.away {
		fmt.Fprintf(t.s.Stderr, "the cluster does not answer and is asked again; its jobs run on: %v\n", err)
	}
	t.away = true
}

func (t *tasks) tell() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pending = nil
	if line := t.summary(); line != t.told {
		t.told = line
		fmt.Fprintln(t.s.Stderr, line)
	}
}

// summary says how many runs stand where, and what most of those wait for that
// are pending.
func (t *tasks) summary() string {
	counts, reasons := map[string]int{}, map[string]int{}
	for _, s := range t.stand {
		counts[string(s.State)]++
		if s.State == cluster.Pending || s.State == cluster.Requeued {
			reasons[waitsFor(s.Reason)]++
		}
	}
	parts := []string{}
	for _, state := range sortedKeys(counts) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[state], state))
	}
	line := fmt.Sprintf("%s: %s", plural(t.total, "run", "runs"), strings.Join(parts, ", "))
	most := ""
	for _, reason := range sortedKeys(reasons) {
		if reason != "" && reasons[reason] > reasons[most] {
			most = reason
		}
	}
	if most != "" {
		line += " (" + printable(most) + ")"
	}
	return line
}

func waitsFor(r cluster.Reason) string {
	text := r.Meaning
	if text == "" {
		text = r.Word
	}
	if r.Advice != "" {
		text += ": " + r.Advice
	}
	return text
}

// close tells what was not told yet.
func (t *tasks) close() {
	t.mu.Lock()
	waiting := t.pending != nil && t.pending.Stop()
	t.mu.Unlock()
	if waiting {
		t.tell()
	}
}
