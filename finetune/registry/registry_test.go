package registry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/sqlite"
	"github.com/llm-city/gorod/finetune/registry"
)

// clock goes on by a second at each look.
func clock() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func open(t *testing.T, path string) *registry.Registry {
	t.Helper()
	r, err := registry.Open(t.Context(), path, registry.Options{Now: clock(), Random: zeros{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func entry(name string, tasks int) registry.Entry {
	e := registry.Entry{Name: name, YAML: "name: " + name + "\n", Job: []byte(`{"name":"` + name + `"}`), Digest: "d", Dataset: "s", Cluster: registry.Cluster{Kind: "slurm", Via: "ssh", Host: "me@there", Dir: "/s/" + name}}
	for i := range tasks {
		e.Tasks = append(e.Tasks, registry.Task{Ref: registry.Ref{Stage: registry.Train, Index: i}, Label: fmt.Sprintf("rank=%d", 8<<i)})
	}
	e.Tasks = append(e.Tasks, registry.Task{Ref: registry.Ref{Stage: "export"}})
	return e
}

func add(t *testing.T, r *registry.Registry, name string, tasks int) string {
	t.Helper()
	id, err := r.NewID()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Add(t.Context(), id, entry(name, tasks)); err != nil {
		t.Fatal(err)
	}
	return id
}

func get(t *testing.T, r *registry.Registry, key string) *registry.Job {
	t.Helper()
	j, err := r.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func set(t *testing.T, r *registry.Registry, id string, task registry.Ref, c registry.Change) bool {
	t.Helper()
	news, err := r.SetState(t.Context(), id, task, c)
	if err != nil {
		t.Fatal(err)
	}
	return news
}

var first = registry.Ref{Stage: registry.Train}

func TestAJobIsRememberedAcrossRestarts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "город", "finetune.db")
	r := open(t, path)
	id := add(t, r, "mine", 2)
	if id != "260302-080001-000000" {
		t.Errorf("id %s", id)
	}
	if err := r.Submitted(t.Context(), id, registry.Submission{Ref: first, Cluster: "12_0", Output: "/s/mine/logs/12_0.out"}); err != nil {
		t.Fatal(err)
	}
	set(t, r, id, first, registry.Change{State: registry.Running, Node: "n1"})
	if err := r.AddArtifacts(t.Context(), id, registry.Artifact{Path: "run/adapter", Kind: "adapter", Size: 5, SHA256: "a"}); err != nil {
		t.Fatal(err)
	}
	if err := r.AddArtifacts(t.Context(), id, registry.Artifact{Path: "run/adapter", Kind: "adapter", Size: 6, SHA256: "b"}); err != nil {
		t.Fatal(err)
	}
	r.Close()
	j := get(t, open(t, path), "mine")
	if j.ID != id || j.YAML != "name: mine\n" || string(j.Job) != `{"name":"mine"}` || j.Dataset != "s" || j.Cluster.Host != "me@there" || len(j.Tasks) != 3 {
		t.Errorf("%+v", j)
	}
	one := j.Tasks[0]
	if one.Cluster != "12_0" || one.Output == "" || one.Status.State != registry.Running || one.Status.Node != "n1" || one.Started.IsZero() || one.Label != "rank=8" {
		t.Errorf("%+v", one)
	}
	if j.Tasks[2].Stage != "export" || j.Tasks[1].Status.State != registry.Staged || j.State() != registry.Running {
		t.Errorf("%+v", j.Tasks)
	}
	if len(j.Artifacts) != 1 || j.Artifacts[0].Size != 6 {
		t.Errorf("%+v", j.Artifacts)
	}
}

func TestStatesAreOnlyAdded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "finetune.db")
	r := open(t, path)
	id := add(t, r, "mine", 1)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		change registry.Change
		news   bool
	}{
		{registry.Change{State: registry.Pending, Reason: "Priority", Time: now}, true},
		{registry.Change{State: registry.Pending, Reason: "Priority", Time: now.Add(time.Second)}, false}, // as before
		{registry.Change{State: registry.Pending, Reason: "Resources", Time: now.Add(2 * time.Second)}, true},
		{registry.Change{State: registry.Failed, Error: strings.Repeat("ж", 50000), Time: now.Add(9 * time.Second)}, true},
		{registry.Change{State: registry.Running, Time: now.Add(5 * time.Second)}, false}, // seen before, told late
		{registry.Change{State: registry.Pending, Restarts: 1, Time: now.Add(10 * time.Second)}, true},
	} {
		if news := set(t, r, id, first, c.change); news != c.news {
			t.Errorf("%+v: news %v", c.change, news)
		}
	}
	history, err := r.History(t.Context(), id, first)
	if err != nil || len(history) != 5 || history[0].State != registry.Staged || history[2].Reason != "Resources" || len(history[3].Error) > 70000 {
		t.Errorf("%v %d %+v", err, len(history), history[len(history)-1])
	}
	if _, err := r.SetState(t.Context(), "none", first, registry.Change{State: registry.Running}); !errors.Is(err, registry.ErrNotFound) {
		t.Error(err)
	}
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{Version: registry.Format})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{"DELETE FROM states", "UPDATE states SET state = 'completed'"} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "only added") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestWhatATaskWasCalledBeforeTellsNothingOfIt(t *testing.T) {
	t.Parallel()
	r := open(t, filepath.Join(t.TempDir(), "finetune.db"))
	id := add(t, r, "mine", 1)
	for _, cluster := range []string{"12", "15"} {
		if err := r.Submitted(t.Context(), id, registry.Submission{Ref: first, Cluster: cluster}); err != nil {
			t.Fatal(err)
		}
	}
	if set(t, r, id, first, registry.Change{State: registry.Failed, Cluster: "12"}) {
		t.Error("the job that was replaced has failed, and the new one with it")
	}
	if !set(t, r, id, first, registry.Change{State: registry.Running, Cluster: "15"}) || get(t, r, id).Tasks[0].Cluster != "15" {
		t.Error("the new one is not heard")
	}
}

func TestJobsAreFoundByIDByItsBeginningAndByName(t *testing.T) {
	t.Parallel()
	r := open(t, filepath.Join(t.TempDir(), "finetune.db"))
	one, two := add(t, r, "mine", 1), add(t, r, "mine", 1)
	other := add(t, r, "other", 0)
	set(t, r, other, registry.Ref{Stage: "export"}, registry.Change{State: registry.Completed})
	if get(t, r, "mine").ID != two || get(t, r, one).ID != one || get(t, r, two[:len(two)-4]).ID != two {
		t.Error("found another")
	}
	if _, err := r.Get(t.Context(), "2603"); !errors.As(err, new(*registry.AmbiguousError)) || !strings.Contains(err.Error(), one) {
		t.Error(err)
	}
	for _, key := range []string{"", "none", "%", "26_302"} {
		if _, err := r.Get(t.Context(), key); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("%q: %v", key, err)
		}
	}
	for _, c := range []struct {
		filter registry.Filter
		want   []string
	}{
		{registry.Filter{}, []string{other, two, one}}, {registry.Filter{Limit: 1}, []string{other}},
		{registry.Filter{Active: true}, []string{two, one}}, {registry.Filter{Name: "mine", Limit: 1}, []string{two}},
	} {
		all, err := r.List(t.Context(), c.filter)
		var got []string
		for _, j := range all {
			got = append(got, j.ID)
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%+v: %v %v, want %v", c.filter, got, err, c.want)
		}
	}
}

func TestWatchTellsOfWhatAnotherProcessChanged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "finetune.db")
	r, other := open(t, path), open(t, path)
	id := add(t, r, "mine", 0)
	task := registry.Ref{Stage: "export"}
	states := []registry.State{registry.Pending, registry.Pending, registry.Running, registry.Completed}
	var seen []registry.State
	pauses := 0
	for j, err := range r.Watch(t.Context(), "mine", func(context.Context) error {
		set(t, other, id, task, registry.Change{State: states[pauses], Time: time.Date(2027, 1, 1, 0, 0, pauses, 0, time.UTC)})
		pauses++
		return nil
	}) {
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, j.State())
	}
	if fmt.Sprint(seen) != "[staged pending running completed]" || pauses != 4 {
		t.Errorf("%v in %d looks", seen, pauses)
	}
	id = add(t, r, "next", 0)
	stopped := errors.New("stopped")
	n := 0
	for j, err := range r.Watch(t.Context(), id, func(context.Context) error { return stopped }) {
		if n++; n == 2 && (j != nil || !errors.Is(err, stopped)) {
			t.Errorf("%v %v", j, err)
		}
	}
	for _, err := range r.Watch(t.Context(), "none", nil) {
		if !errors.Is(err, registry.ErrNotFound) {
			t.Error(err)
		}
	}
}

func lines(from, to int) []byte {
	var b bytes.Buffer
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "{\"event\":\"log\",\"step\":%d,\"of\":1000,\"loss\":%g,\"lr\":1e-4,\"time\":%d}\n", i, 4/(1+float64(i)), 1000+2*i)
	}
	return b.Bytes()
}

func TestMetricsAreReadAsTheyGrow(t *testing.T) {
	t.Parallel()
	r := open(t, filepath.Join(t.TempDir(), "finetune.db"))
	id := add(t, r, "mine", 1)
	file := filepath.Join(t.TempDir(), "metrics.jsonl")
	read := func(want int) {
		t.Helper()
		n, err := r.ReadMetrics(t.Context(), id, 0, registry.ReadFile(file))
		if err != nil || n != want {
			t.Errorf("%d lines (%v), want %d", n, err, want)
		}
	}
	write := func(text []byte) {
		t.Helper()
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read(0) // not there yet
	all := lines(0, 10)
	write(all[:len(all)-5])
	read(9) // the last is not whole
	write(append(all, "{\"event\":\"eval\",\"step\":9,\"eval_loss\":NaN,\"time\":1}\n{oops\n[]\n{\"event\":\"eval\",\"step\":10,\"eval_loss\":1.5,\"time\":2}\n"...))
	read(3)
	read(0)
	points, err := r.Metrics(t.Context(), id, 0)
	if err != nil || len(points) != 12 || *points[3].Loss != 1 || points[10].EvalLoss != nil || *points[11].EvalLoss != 1.5 {
		t.Errorf("%v %+v", err, points)
	}
	j := get(t, r, id)
	if last := j.Tasks[0].Last; last == nil || last.Step != 9 || *last.LR != 1e-4 {
		t.Errorf("%+v", last)
	}
	write(lines(0, 3)) // begun anew
	read(3)
	if points, err = r.Metrics(t.Context(), id, 0); err != nil || len(points) != 3 {
		t.Errorf("%v %d", err, len(points))
	}
	write(append(bytes.Repeat([]byte("x"), 3<<20), append([]byte("\n"), lines(3, 4)...)...))
	read(1) // after what is no line
	failed := errors.New("cut")
	if _, err = r.ReadMetrics(t.Context(), id, 0, func(context.Context, int64, int) ([]byte, int64, error) { return nil, 0, failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
}

func TestSeveralProcessesTakeEachLineOnce(t *testing.T) {
	t.Parallel()
	path, file := filepath.Join(t.TempDir(), "finetune.db"), filepath.Join(t.TempDir(), "metrics.jsonl")
	id := add(t, open(t, path), "mine", 1)
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for range 4 {
		r := open(t, path)
		wg.Go(func() {
			for range 40 {
				n, err := r.ReadMetrics(t.Context(), id, 0, registry.ReadFile(file))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				total += n
				mu.Unlock()
			}
		})
	}
	for i := range 200 {
		text := lines(i, i+1)
		for _, part := range [][]byte{text[:10], text[10:]} {
			if _, err := f.Write(part); err != nil {
				t.Error(err)
			}
		}
	}
	wg.Wait()
	r := open(t, path)
	rest, err := r.ReadMetrics(t.Context(), id, 0, registry.ReadFile(file))
	if err != nil {
		t.Fatal(err)
	}
	points, err := r.Metrics(t.Context(), id, 0)
	if err != nil || len(points) != 200 || total+rest != 200 {
		t.Errorf("%d points, %d lines taken (%v)", len(points), total+rest, err)
	}
	for i, p := range points {
		if p.Step != i {
			t.Fatalf("point %d is step %d", i, p.Step)
		}
	}
}

func TestAnIDNeedsRandomness(t *testing.T) {
	t.Parallel()
	r, err := registry.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), registry.Options{Random: strings.NewReader("")})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.NewID(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func TestWhatATaskLeftReplacesWhatItHadLeft(t *testing.T) {
	t.Parallel()
	r := open(t, filepath.Join(t.TempDir(), "finetune.db"))
	id := add(t, r, "mine", 2)
	made := func(task int, path string) registry.Artifact {
		return registry.Artifact{Task: task, Path: path, Kind: "merged", Size: 1, SHA256: "ab"}
	}
	if err := r.AddArtifacts(t.Context(), id, made(0, "run/merged/old"), made(1, "run/merged/other"), made(0, "/home/mine.gguf")); err != nil {
		t.Fatal(err)
	}
	if err := r.SetArtifacts(t.Context(), id, 0, "run/", made(0, "run/merged/new")); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, a := range get(t, r, id).Artifacts {
		paths = append(paths, a.Path)
	}
	if got := strings.Join(paths, " "); got != "/home/mine.gguf run/merged/new run/merged/other" {
		t.Error(got)
	}
}

func TestTheSameSubmissionIsKnownOnceAndANoticeThatFailedIsNoFailure(t *testing.T) {
	t.Parallel()
	r := open(t, filepath.Join(t.TempDir(), "finetune.db"))
	id, err := r.NewID()
	if err != nil {
		t.Fatal(err)
	}
	e := entry("mine", 1)
	e.Tasks = append(e.Tasks[:1], registry.Task{Ref: registry.Ref{Stage: registry.Notify}})
	if err := r.Add(t.Context(), id, e); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Submitted(t.Context(), id, registry.Submission{Ref: first, Cluster: "7"}); err != nil {
			t.Fatal(err)
		}
	}
	set(t, r, id, first, registry.Change{State: registry.Completed})
	if j := get(t, r, id); j.Tasks[0].Queued != 1 || j.Done() {
		t.Errorf("%+v", j.Tasks)
	}
	set(t, r, id, registry.Ref{Stage: registry.Notify}, registry.Change{State: registry.Failed})
	if j := get(t, r, id); j.State() != registry.Completed {
		t.Errorf("%s", j.State())
	}
}
