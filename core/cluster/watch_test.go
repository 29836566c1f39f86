package cluster_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

func at(states ...cluster.State) []cluster.Status {
	all := make([]cluster.Status, len(states))
	for i, s := range states {
		all[i] = cluster.Status{ID: "1", Task: i, State: s}
	}
	return all
}

func TestWatchTellsChangesAndOutlastsADeadCluster(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := reply{err: errCut}
		s := &scripted{answers: []reply{
			{statuses: at("pending", "pending")}, {statuses: at("running", "pending")}, {statuses: at("running", "pending")},
			down, down, down, down, down, down,
			{statuses: at("completed", "running")}, {statuses: at("completed", "failed")},
		}}
		var told []string
		began := time.Now()
		for st, err := range cluster.Compose(s, cluster.Disk{}, cluster.Options{Poll: 2 * time.Second}).Watch(t.Context(), "1") {
			if err != nil {
				told = append(told, "unreachable")
				continue
			}
			told = append(told, fmt.Sprintf("%d %s", st.Task, st.State))
		}
		want := []string{
			"0 pending", "1 pending", "0 running",
			"unreachable", "unreachable", "unreachable", "unreachable", "unreachable", "unreachable",
			"0 completed", "1 running", "1 failed",
		}
		if !slices.Equal(told, want) {
			t.Errorf("told %v", told)
		}
		if took := time.Since(began); took != (3*2+4+8+16+30+30+30+2)*time.Second {
			t.Errorf("took %s: a cluster that is down is to be asked ever more rarely", took)
		}
	})
}

func TestWatchEndsWithWhatIsFinal(t *testing.T) {
	t.Parallel()
	gone := &cluster.Error{Kind: cluster.NotFound, Op: "status", Err: errors.New("gone")}
	s := &scripted{answers: []reply{{statuses: at("completed"), err: gone}}}
	var states []cluster.State
	var last error
	for st, err := range cluster.Compose(s, cluster.Disk{}, cluster.Options{}).Watch(t.Context(), "1", "2") {
		states, last = append(states, st.State), err
	}
	if !cluster.IsKind(last, cluster.NotFound) || !slices.Equal(states, []cluster.State{"completed", ""}) {
		t.Errorf("%v, %v", states, last)
	}
}

func TestLogsFollowUntilTheTaskHasEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		h := cluster.Handle{ID: "1", Output: filepath.Join(dir, "%A_%a.out")}
		s := &scripted{answers: []reply{
			{statuses: at("pending")}, {err: errCut}, {statuses: at("running")}, {statuses: at("running")}, {statuses: at("completed")},
		}}
		c := cluster.Compose(s, cluster.Disk{}, cluster.Options{Poll: time.Second})
		go func() {
			name := h.OutputPath(0)
			time.Sleep(1500 * time.Millisecond)
			write(t, name, []byte("раз\n"))
			time.Sleep(1500 * time.Millisecond)
			write(t, name, []byte("раз\nдва\n"))
		}()
		var out bytes.Buffer
		if err := c.Logs(t.Context(), &out, cluster.Log{Handle: h, Task: 0, Follow: true}); err != nil || out.String() != "раз\nдва\n" {
			t.Errorf("%q, %v", out.String(), err)
		}
		out.Reset()
		if err := c.Logs(t.Context(), &out, cluster.Log{Handle: h, Task: 0, Tail: 7}); err != nil || out.String() != "два\n" {
			t.Errorf("tail %q, %v", out.String(), err)
		}
		if err := c.Logs(t.Context(), &out, cluster.Log{Handle: h, Task: 9}); !cluster.IsKind(err, cluster.NotFound) {
			t.Errorf("the log of a task that never ran: %v", err)
		}
	})
}

func TestSubmitStagesFirstAndMakesTheFolderOfTheOutput(t *testing.T) {
	t.Parallel()
	from, j := filepath.Join(t.TempDir(), "in"), job()
	write(t, from, []byte("x"))
	j.Dir, j.Files = filepath.Join(t.TempDir(), "job"), []cluster.File{{From: from, To: "data/in"}}
	c := cluster.Compose(&scripted{}, cluster.Disk{}, cluster.Options{})
	if h, err := c.Submit(t.Context(), j); err != nil || h.ID != "1" {
		t.Fatal(h, err)
	}
	for _, name := range []string{"data/in", "logs"} {
		if _, err := os.Stat(filepath.Join(j.Dir, name)); err != nil {
			t.Error(err)
		}
	}
	j.Script = nil
	if _, err := c.Submit(t.Context(), j); !cluster.IsKind(err, cluster.Rejected) {
		t.Errorf("an empty script: %v", err)
	}
}
