package journal_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

// childEnv makes the test binary a child process: the job to do and the path
// of the journal, with a space between.
const childEnv = "GOROD_TEST_JOURNAL"

func TestMain(m *testing.M) {
	job, path, ok := strings.Cut(os.Getenv(childEnv), " ")
	if !ok {
		os.Exit(m.Run())
	}
	jobs := map[string]func(context.Context, string) error{"write": writeForever, "fill": fillDisk}
	if err := jobs[job](context.Background(), path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child starts the test binary as a child; its output comes by lines.
func child(t *testing.T, job, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childEnv+"="+job+" "+path)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// writeForever runs a run, or goes on with it, and prints each tick that is
// committed.
func writeForever(ctx context.Context, path string) error {
	j, err := journal.Open(ctx, path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, journal.ErrNoRun) {
		j, err = journal.Create(ctx, path, meta())
	}
	if err != nil {
		return err
	}
	last, ok, err := j.Last(ctx)
	if err != nil {
		return err
	}
	tick := int64(0)
	if ok {
		tick = last.Tick + 1
	}
	for ; ; tick++ {
		if err := j.Commit(ctx, stamped(tick)); err != nil {
			return err
		}
		fmt.Println(tick)
	}
}

// stampedEvents is how many events a stamped tick has.
const stampedEvents = 150

// stamped is a tick that writes its number into everything, so that a torn one
// shows.
func stamped(tick int64) event.Commit {
	c := event.Commit{Tick: tick, Time: fmt.Sprint(tick), Digest: fmt.Append(nil, tick)}
	for seq := range stampedEvents {
		e := event.New(tick, "a0001", event.KindPlan, event.Plan{Purpose: strings.Repeat("я", 40)})
		e.Seq = seq
		c.Events = append(c.Events, e)
	}
	stamp, _ := json.Marshal(tick)
	for i := range 40 {
		id := fmt.Sprint(i)
		c.Agents = append(c.Agents, event.AgentState{ID: id, Plan: sdk.Plan{Since: tick}})
		c.Rows = append(c.Rows, event.Row{Kind: "post", ID: id, JSON: stamp})
		c.Records = append(c.Records, event.PluginChanges{Plugin: "memory", Changes: []sdk.RecordChange{{Record: sdk.Record{Key: id, JSON: stamp}}}})
	}
	return c
}

// checkWhole checks that a journal of stamped ticks holds whole ticks only, and
// says which is the last; -1 for none.
func checkWhole(ctx context.Context, j *journal.Journal) (int64, error) {
	last, ok, err := j.Last(ctx)
	if err != nil || !ok {
		return -1, err
	}
	events := int64(0)
	for e, err := range j.Events(ctx, journal.Filter{}) {
		if err != nil {
			return 0, err
		}
		if e.Tick != events/stampedEvents || int64(e.Seq) != events%stampedEvents {
			return 0, fmt.Errorf("event %d is %d.%d", events, e.Tick, e.Seq)
		}
		events++
	}
	if want := (last.Tick + 1) * stampedEvents; events != want || last.Events != want || string(last.Digest) != fmt.Sprint(last.Tick) {
		return 0, fmt.Errorf("tick %d: %d events, %d by the ticks, digest %q", last.Tick, events, last.Events, last.Digest)
	}
	return last.Tick, checkState(ctx, j, last.Tick)
}

func checkState(ctx context.Context, j *journal.Journal, tick int64) error {
	n := 0
	for r, err := range j.Rows(ctx) {
		if err != nil || string(r.JSON) != fmt.Sprint(tick) {
			return fmt.Errorf("row %s is of tick %s, not %d (%w)", r.ID, r.JSON, tick, err)
		}
		n++
	}
	for r, err := range j.Records(ctx, "memory") {
		if err != nil || string(r.JSON) != fmt.Sprint(tick) {
			return fmt.Errorf("record %s is of tick %s, not %d (%w)", r.Key, r.JSON, tick, err)
		}
		n++
	}
	agents, err := j.Agents(ctx)
	for _, a := range agents {
		if a.Plan.Since != tick {
			return fmt.Errorf("agent %s is of tick %d, not %d", a.ID, a.Plan.Since, tick)
		}
		n++
	}
	if n != 120 || err != nil {
		return fmt.Errorf("%d rows of state, not 120 (%w)", n, err)
	}
	return nil
}
