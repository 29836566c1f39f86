package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/llm/llmtest"
)

// gated is a server that counts, and that holds answers back from the at-th
// question on until it is opened.
type gated struct {
	*llmtest.Server
	n       atomic.Int64
	reached chan struct{}
	open    func()
}

// holding is a server that holds back from the at-th question on; a negative at
// is never.
func holding(t *testing.T, at int64) *gated {
	t.Helper()
	gate := make(chan struct{})
	a := &gated{reached: make(chan struct{}), open: sync.OnceFunc(func() { close(gate) })}
	var once sync.Once
	a.Server = llmtest.Start(llmtest.Options{Slots: 64, Fault: func(int, llmtest.Request) llmtest.Fault {
		if n := a.n.Add(1); at >= 0 && n >= at {
			once.Do(func() { close(a.reached) })
			<-gate
		}
		return llmtest.Fault{}
	}})
	t.Cleanup(a.Close)
	t.Cleanup(a.open)
	return a
}

// wait waits until the server holds an answer back.
func (a *gated) wait(t *testing.T) {
	t.Helper()
	select {
	case <-a.reached:
	case <-time.After(time.Minute):
		t.Fatal("nobody asks the model")
	}
}

// many is a study of four runs, two cells with two seeds, whose model is at a
// server.
func many(url string) string {
	yaml := strings.Replace(served(url+"/v1"), "timeout: 2s", "timeout: 2m", 1)
	yaml = strings.Replace(yaml, "parallel: 2", "parallel: 16", 1)
	return yaml + "repeats: 2\nmatrix: {axes: {models.default.model: [one, two]}}\n"
}

// digestsOf are the digests of a study's runs.
func digestsOf(d done) map[string]string {
	out := map[string]string{}
	for _, r := range d.Runs {
		out[fmt.Sprint(r.Cell, "/", r.Seed)] = r.Status + " " + r.Digest
	}
	return out
}

// ranHere are the digests of a study that ran in the test's own process.
func ranHere(t *testing.T, dir string) map[string]string {
	t.Helper()
	a := gorod(t, dir, "run", "--json", "--no-report", "--out", "here", "study.yaml")
	if a.code != 0 {
		t.Fatal(a)
	}
	return digestsOf(lastLine(t, a))
}

// queuedLine is what gorod says when it has queued.
type queuedLine struct {
	Event, Study, Job   string
	Queued, Going, Done int
}

func queuedOf(t *testing.T, stdout string) queuedLine {
	t.Helper()
	for line := range strings.Lines(stdout) {
		var q queuedLine
		if json.Unmarshal([]byte(line), &q) == nil && q.Event == "queued" {
			return q
		}
	}
	t.Fatalf("nothing was queued: %s", stdout)
	return queuedLine{}
}

// tablesOf are the tables of a report, and its page but for when it was made.
func tablesOf(t *testing.T, study string) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, err := filepath.Glob(filepath.Join(study, "report", "data", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(file)] = string(text)
	}
	return out
}

func TestAStudyIsTheSameHereAndOnACluster(t *testing.T) {
	t.Parallel()
	dir := write(t, small+"repeats: 2\nmatrix: {axes: {agents.planner.plugin: [planner/justplan, planner/qaframework]}}\n")
	here := gorod(t, dir, "run", "--json", "--out", "here", "study.yaml")
	there := gorod(t, dir, "run", "--json", "--on", "local", "--out", "there", "--jobs", "2", "study.yaml")
	if here.code != 0 || there.code != 0 {
		t.Fatal(here, there)
	}
	if diff := cmp.Diff(digestsOf(lastLine(t, here)), digestsOf(lastLine(t, there))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(tablesOf(t, filepath.Join(dir, "here")), tablesOf(t, filepath.Join(dir, "there"))); diff != "" {
		t.Errorf("the report is another: %s", diff)
	}
	if q := queuedOf(t, there.stdout); q.Queued != 4 || q.Job == "" {
		t.Errorf("%+v", q)
	}
	for _, args := range [][]string{{"verify", "there"}, {"show", "there"}, {"report", "there"}, {"export", "there"}, {"run", "--resume", "there"}} {
		if a := gorod(t, dir, args...); a.code != 0 {
			t.Errorf("%v: %v", args, a)
		}
	}
	if again := queuedOf(t, gorod(t, dir, "run", "--json", "--resume", "there").stdout); again.Queued != 0 || again.Done != 4 {
		t.Errorf("a study that is done was queued again: %+v", again)
	}
}

func TestATaskWritesIntoItsOwnFolderOnly(t *testing.T) {
	t.Parallel()
	server := holding(t, -1)
	dir := write(t, many(server.URL))
	if a := gorod(t, dir, "run", "--on", "local", "--cluster", "gorod="+binary, "--out", "s", "study.yaml"); a.code != 0 {
		t.Fatal(a)
	}
	var cell string
	for key := range digestsOf(lastLine(t, gorod(t, dir, "run", "--json", "--resume", "s"))) {
		if strings.Contains(key, "one/5") {
			cell = key
		}
	}
	before := stamps(t, dir)
	if err := os.RemoveAll(filepath.Join(dir, "s", cell)); err != nil {
		t.Fatal(err)
	}
	if a := gorod(t, dir, "run", "--resume", "s", "--only", cell, "--json"); a.code != 0 || !strings.Contains(a.stdout, `"status":"done"`) {
		t.Fatal(a)
	}
	for file, stamp := range stamps(t, dir) {
		if stamp != before[file] && !strings.HasPrefix(file, filepath.Join("s", cell)) {
			t.Errorf("the task of %s wrote %s", cell, file)
		}
	}
	if a := gorod(t, dir, "run", "--resume", "s", "--only", "nobody/5"); a.code != 2 {
		t.Error(a)
	}
}

// stamps are the times and sizes of all files of a folder.
func stamps(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			rel, _ := filepath.Rel(dir, path)
			out[rel] = fmt.Sprint(info.Size(), info.ModTime())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTwoTasksOfOneRunComeOneAfterTheOther(t *testing.T) {
	t.Parallel()
	once := holding(t, -1)
	dir := write(t, served(once.URL+"/v1"))
	if a := gorod(t, dir, "run", "--json", "--no-report", "study.yaml"); a.code != 0 {
		t.Fatal(a)
	}
	server := holding(t, 5)
	dir = write(t, strings.Replace(served(server.URL+"/v1"), "timeout: 2s", "timeout: 2m", 1))
	if a := gorod(t, dir, "run", "--on", "local", "--cluster", "gorod="+binary, "--detach", "--out", "s", "study.yaml"); a.code != 0 {
		t.Fatal(a)
	}
	server.wait(t)
	second := command(t, dir, "run", "--resume", "s", "--only", "base/5", "--json")
	var out strings.Builder
	second.Stdout = &out
	if err := second.Start(); err != nil {
		t.Fatal(err)
	}
	server.open()
	if err := second.Wait(); err != nil {
		t.Error(err, out.String())
	}
	if a := gorod(t, dir, "run", "--json", "--resume", "s"); a.code != 0 {
		t.Error(a)
	}
	if server.n.Load() != once.n.Load() {
		t.Errorf("%d questions, a run has %d: it was computed twice", server.n.Load(), once.n.Load())
	}
}

func TestARunThatIsWarnedOfItsLimitGoesOnWhenItIsQueuedAgain(t *testing.T) {
	t.Parallel()
	// A tick takes 0.6 s and the run more than 9; it is warned after 7.5.
	slow := llmtest.Start(llmtest.Options{Slots: 8, Mean: 300 * time.Millisecond})
	t.Cleanup(slow.Close)
	quick := llmtest.Start(llmtest.Options{Slots: 8})
	t.Cleanup(quick.Close)
	long := func(url string) string {
		yaml := strings.Replace(served(url+"/v1"), "retries: 6, timeout: 2s", "timeout: 1m", 1)
		return strings.Replace(yaml, "ticks: 8", "ticks: 16", 1)
	}
	want := ranHere(t, write(t, long(quick.URL)))
	a := gorod(t, write(t, long(slow.URL)), "run", "--json", "--on", "local", "--cluster", "gorod="+binary, "--cluster", "time=10s", "study.yaml")
	if diff := cmp.Diff(want, digestsOf(lastLine(t, a))); a.code != 0 || diff != "" {
		t.Error(diff, a)
	}
	if !strings.Contains(a.stdout, `"restarts":1`) {
		t.Errorf("it was never warned: %v", a)
	}
}

func TestATaskThatFailsStopsNoOtherAndIsQueuedAgainAlone(t *testing.T) {
	t.Parallel()
	var mended atomic.Bool
	server := llmtest.Start(llmtest.Options{Slots: 16, Fault: func(_ int, r llmtest.Request) llmtest.Fault {
		if r.Model == "two" && !mended.Load() {
			return llmtest.Fault{Status: 400, Message: "the model two is out of order"}
		}
		return llmtest.Fault{}
	}})
	t.Cleanup(server.Close)
	dir := write(t, many(server.URL))
	a := gorod(t, dir, "run", "--json", "--on", "local", "--cluster", "gorod="+binary, "--out", "s", "study.yaml")
	if a.code != 1 || !strings.Contains(a.stderr, "two is out of order") || !strings.Contains(a.stderr, "2 of 4") || !strings.Contains(a.stderr, "gorod run --resume s") {
		t.Fatal(a)
	}
	mended.Store(true)
	again := gorod(t, dir, "run", "--json", "--resume", "s")
	if q := queuedOf(t, again.stdout); again.code != 0 || q.Queued != 2 || q.Done != 2 {
		t.Errorf("%+v %v", q, again)
	}
	if diff := cmp.Diff(ranHere(t, dir), digestsOf(lastLine(t, again))); diff != "" {
		t.Error(diff)
	}
}

func TestAKilledGorodFindsItsRunsAgain(t *testing.T) {
	t.Parallel()
	server := holding(t, 30)
	dir := write(t, many(server.URL))
	cmd := command(t, dir, "run", "--json", "--on", "local", "--cluster", "gorod="+binary, "--out", "s", "study.yaml")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	server.wait(t)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	q := queuedOf(t, gorod(t, dir, "run", "--json", "--resume", "s", "--detach").stdout)
	if q.Queued != 0 || q.Going == 0 || q.Going+q.Done != 4 {
		t.Errorf("while its runs go on: %+v", q)
	}
	server.open()
	a := gorod(t, dir, "run", "--json", "--resume", "s")
	if got := digestsOf(lastLine(t, a)); a.code != 0 || queuedOf(t, a.stdout).Queued != 0 || len(got) != 4 {
		t.Error(a)
	} else if diff := cmp.Diff(ranHere(t, dir), got); diff != "" {
		t.Error(diff)
	}
}

func TestWhoStopsWatchingLeavesTheRunsAlone(t *testing.T) {
	t.Parallel()
	server := holding(t, 5)
	dir := write(t, strings.Replace(served(server.URL+"/v1"), "timeout: 2s", "timeout: 2m", 1))
	cmd := command(t, dir, "run", "--json", "--on", "local", "--cluster", "gorod="+binary, "--out", "s", "study.yaml")
	code, stderr := interrupted(t, cmd, func() { server.wait(t) })
	if code != 3 || !strings.Contains(stderr, "its jobs run on; go on with: gorod run --resume s") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if busy := gorod(t, dir, "run", "--resume", "s", "--on", "slurm"); busy.code != 2 {
		t.Errorf("it was moved while it runs: %v", busy)
	}
	if c := gorod(t, dir, "run", "--resume", "s", "--cancel"); c.code != 0 || !strings.Contains(c.stdout, "1 run cancelled") {
		t.Error(c)
	}
	server.open()
	if a := gorod(t, dir, "run", "--json", "--resume", "s"); a.code != 0 || lastLine(t, a).Runs[0].Status != "done" {
		t.Error(a)
	}
}

// interrupted starts gorod, interrupts it once it has queued and ready returns,
// and gives its exit code and errors.
func interrupted(t *testing.T, cmd *exec.Cmd, ready func()) (int, string) {
	t.Helper()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.Contains(lines.Text(), `"event":"queued"`) {
	}
	ready()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	_ = cmd.Wait() // its exit code is what is wanted
	return cmd.ProcessState.ExitCode(), stderr.String()
}

func TestWhatAClusterCannotRunIsRefusedBeforeAnythingIsQueued(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	put(t, dir, "key.yaml", strings.Replace(served("http://127.0.0.1:1/v1"), "parallel: 2", "parallel: 2, api_key_env: CITY_KEY", 1))
	put(t, dir, "encoder.yaml", strings.Replace(small, "  activity: [1]", "  activity: [1]\n  sentiment: {plugin: sentiment/encoder, config: {model: ./weights}}", 1))
	put(t, dir, "weights", "")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no such cluster":     {[]string{"study.yaml", "--on", "mars"}, "slurm and local"},
		"unknown setting":     {[]string{"study.yaml", "--on", "slurm", "--cluster", "partitoin=x"}, "partitoin"},
		"no value":            {[]string{"study.yaml", "--on", "slurm", "--cluster", "partition"}, "KEY=VALUE"},
		"unknown way":         {[]string{"study.yaml", "--on", "slurm", "--cluster", "via=post"}, "cluster.via"},
		"no host":             {[]string{"study.yaml", "--on", "slurm", "--cluster", "via=ssh"}, "cluster.host"},
		"no folder there":     {[]string{"study.yaml", "--on", "slurm", "--cluster", "via=ssh", "--cluster", "host=me@there"}, "cluster.dir"},
		"relative folder":     {[]string{"study.yaml", "--on", "slurm", "--cluster", "dir=there"}, "cluster.dir"},
		"a key in the script": {[]string{"key.yaml", "--on", "slurm", "--cluster", "env=CITY_KEY=sk-1"}, "CITY_KEY"},
		"a key that is unset": {[]string{"key.yaml", "--on", "local"}, "CITY_KEY"},
		"a file of this one":  {[]string{"encoder.yaml", "--on", "local"}, "./weights"},
		"flags of a cluster":  {[]string{"study.yaml", "--detach"}, "--on slurm"},
		"nothing to cancel":   {[]string{"study.yaml", "--on", "local", "--cancel"}, "--resume"},
		"a run of no study":   {[]string{"study.yaml", "--only", "base/5"}, "--resume"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a := gorod(t, dir, append([]string{"run"}, c.args...)...); a.code != 2 || !strings.Contains(a.stderr, c.want) {
				t.Errorf("want exit 2 and %q: %v", c.want, a)
			}
		})
	}
}

func TestTasksFindThePluginsOfThisMachine(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	path := polite(t, dir)
	for _, plugin := range []string{"planner/polite", path} {
		set := "agents.planner.plugin=" + plugin
		here := gorod(t, dir, "run", "--json", "--no-report", "study.yaml", "--set", set)
		there := gorod(t, dir, "run", "--json", "--no-report", "study.yaml", "--set", set, "--on", "local", "--cluster", "gorod="+binary)
		if diff := cmp.Diff(digestsOf(lastLine(t, here)), digestsOf(lastLine(t, there))); diff != "" || there.code != 0 {
			t.Error(diff, there)
		}
	}
}

func TestWhatTheSetupStartsEndsWithTheRun(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	put(t, dir, "gorod.yaml", "cluster:\n  setup: ['sleep 300 >/dev/null 2>&1 & echo $! >server']\n")
	if a := gorod(t, dir, "run", "--on", "local", "--cluster", "gorod="+binary, "--out", "s", "study.yaml"); a.code != 0 {
		t.Fatal(a)
	}
	text, err := os.ReadFile(filepath.Join(dir, "s", "server"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	t.Error("the server outlived its run")
}

func TestAKeyIsNeitherStagedNorInAScript(t *testing.T) {
	t.Parallel()
	const key = "sk-very-secret-0123456789"
	server := llmtest.Start(llmtest.Options{Slots: 2, Key: key})
	t.Cleanup(server.Close)
	dir := write(t, strings.Replace(served(server.URL+"/v1"), "parallel: 2", "parallel: 2, api_key_env: CITY_KEY", 1))
	put(t, dir, "keys", "CITY_KEY="+key+"\n")
	put(t, dir, "gorod.yaml", "cluster:\n  setup: ['set -a; . "+filepath.Join(dir, "keys")+"; set +a']\n")
	cmd := command(t, dir, "run", "--on", "local", "--cluster", "gorod="+binary, "study.yaml")
	cmd.Env = append(os.Environ(), "CITY_KEY=wrong") // the job's own is taken
	if a := finish(t, cmd); a.code != 0 || strings.Contains(a.String(), key) {
		t.Error(a)
	}
	err := filepath.WalkDir(filepath.Join(dir, "runs"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "gorod" {
			return err
		}
		if text, _ := os.ReadFile(path); strings.Contains(string(text), key) {
			t.Errorf("the key is in %s", path)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
