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

func TestWatchGoesOnWithoutWhatIsForgotten(t *testing.T) {
	t.Parallel()
	gone := &cluster.Error{Kind: cluster.NotFound, Op: "status", Err: errors.New("gone")}
	job := func(id string, state cluster.State) cluster.Status {
		return cluster.Status{ID: id, Task: cluster.NoTask, State: state}
	}
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{answers: []reply{
			{statuses: []cluster.Status{job("1", "running"), job("2", "pending"), job("3", "running")}, err: gone}, // 4 is unknown
			{statuses: []cluster.Status{job("1", "completed"), job("2", "running"), job("3", "running")}},
			{statuses: []cluster.Status{job("2", "running")}, err: gone}, // 1 had ended, 3 had not
			{statuses: []cluster.Status{job("2", "completed")}},
		}}
		var told []string
		for st, err := range cluster.Compose(s, cluster.Disk{}, cluster.Options{}).Watch(t.Context(), "1", "2", "3", "4") {
			if err != nil {
				told = append(told, string(cluster.KindOf(err)))
				continue
			}
			told = append(told, st.ID+" "+string(st.State))
		}
		want := []string{"1 running", "2 pending", "3 running", "not found", "1 completed", "2 running", "not found", "2 completed"}
		if !slices.Equal(told, want) {
			t.Errorf("told %v", told)
		}
	})
}

func TestATaskThatIsCancelledBeforeItStartsIsSeenToEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{answers: []reply{{statuses: at("running", "pending")}, {statuses: at("running")}, {statuses: at("completed")}}}
		var told []string
		for st, err := range cluster.Compose(s, cluster.Disk{}, cluster.Options{}).Watch(t.Context(), "1") {
			told = append(told, fmt.Sprint(st.Task, st.State, err))
		}
		if want := []string{"0running<nil>", "1pending<nil>", "1cancelled<nil>", "0completed<nil>"}; !slices.Equal(told, want) {
			t.Errorf("told %v", told)
		}
	})
}

func TestWatchEndsWithAnErrorThatStays(t *testing.T) {
	t.Parallel()
	s := &scripted{answers: []reply{{err: &cluster.Error{Kind: cluster.Unauthorized, Op: "status", Err: errors.New("token")}}}}
	var last error
	for _, err := range cluster.Compose(s, cluster.Disk{}, cluster.Options{}).Watch(t.Context(), "1") {
		last = err
	}
	if !cluster.IsKind(last, cluster.Unauthorized) || s.asked != 1 {
		t.Errorf("%v, asked %d times", last, s.asked)
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
