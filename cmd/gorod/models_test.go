package main_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm/llmtest"
)

// counting starts a server that takes its time, and counts what it is asked.
func counting(t *testing.T, slots int, delay time.Duration) (*llmtest.Server, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	s := llmtest.Start(llmtest.Options{Slots: slots, Mean: delay, Fault: func(int, llmtest.Request) llmtest.Fault {
		asked.Add(1)
		return llmtest.Fault{}
	}})
	t.Cleanup(s.Close)
	return s, &asked
}

func TestEveryCellAsksItsOwnModel(t *testing.T) {
	t.Parallel()
	one, first := counting(t, 4, 0)
	two, second := counting(t, 4, 0)
	entry := func(url string) string {
		return fmt.Sprintf(`{provider: openai, model: m, endpoints: [%q]}`, url+"/v1")
	}
	dir := write(t, small+"matrix:\n  axes:\n    models.default: [{provider: reference}, "+entry(one.URL)+", "+entry(two.URL)+"]\n")
	a := gorod(t, dir, "run", "--json", "--set", "clock.ticks=3", "study.yaml")
	d := lastLine(t, a)
	if a.code != 0 || len(d.Runs) != 3 || d.Runs[0].Digest == d.Runs[1].Digest {
		t.Fatal(a)
	}
	if first.Load() == 0 || second.Load() == 0 {
		t.Errorf("the servers were asked %d and %d times", first.Load(), second.Load())
	}
	if a := gorod(t, dir, "verify", d.Study); a.code != 0 {
		t.Error(a)
	}
}

func TestABudgetIsSpentToTheLastCallAndRecorded(t *testing.T) {
	t.Parallel()
	server, asked := counting(t, 2, 5*time.Millisecond)
	dir := write(t, served(server.URL+"/v1"))
	a := gorod(t, dir, "run", "--json", "--no-report", "study.yaml", "--set", "budget.max_calls=11")
	d := lastLine(t, a)
	if a.code != 3 || d.Runs[0].Status != "budget" || asked.Load() != 11 {
		t.Fatalf("the server was asked %d times: %v", asked.Load(), a)
	}
	recorded := gorod(t, dir, "show", "--calls", "--json", d.Study)
	if n := strings.Count(recorded.stdout, `"key"`); n != 11 {
		t.Errorf("%d calls of 11 are recorded", n)
	}
	a = gorod(t, dir, "run", "--json", "--no-report", "--resume", d.Study, "--set", "budget.max_calls=11")
	if a.code != 3 || asked.Load() != 11 {
		t.Errorf("a spent budget let %d calls through: %v", asked.Load()-11, a)
	}
	want := lastLine(t, gorod(t, write(t, served(server.URL+"/v1")), "run", "--json", "--no-report", "study.yaml")).Runs[0].Digest
	a = gorod(t, dir, "run", "--json", "--no-report", "--resume", d.Study, "--set", "budget.max_calls=0")
	if got := lastLine(t, a).Runs[0]; got.Digest != want {
		t.Errorf("resumed to %s, want %s: %v", got.Digest, want, a)
	}
}

func TestTwoInterruptsStopAtOnceAndCanBeResumed(t *testing.T) {
	t.Parallel()
	server, asked := counting(t, 1, time.Minute)
	dir := write(t, strings.Replace(served(server.URL+"/v1"), "timeout: 2s", "timeout: 5m", 1)+"repeats: 3\n")
	cmd := command(t, dir, "run", "--json", "--jobs", "1", "--out", "out", "study.yaml")
	var stdout, stderr strings.Builder
	cmd.Stdout = &stdout
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	interrupt := func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
	}
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for asked.Load() == 0 { // then the first tick waits for the model
		<-poll.C
	}
	interrupt()
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		stderr.WriteString(lines.Text())
		if strings.Contains(lines.Text(), "interrupt again") {
			interrupt()
		}
	}
	_ = cmd.Wait() // its code is looked at below
	a := answer{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
	if a.code != 3 || strings.Contains(a.stderr, "failed") {
		t.Errorf("two interrupts: %v", a)
	}
	for _, run := range lastLine(t, a).Runs {
		if run.Status != "interrupted" {
			t.Errorf("%+v", run)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "out", "base", "[67]")); err != nil || len(left) > 0 {
		t.Errorf("runs that were never to start left %v", left)
	}
}

func TestAnEndlessAnswerIsNoReply(t *testing.T) {
	t.Parallel()
	var once atomic.Bool
	server := llmtest.Start(llmtest.Options{Slots: 2, Fault: func(_ int, r llmtest.Request) llmtest.Fault {
		if len(r.Messages) > 0 && once.CompareAndSwap(false, true) {
			return llmtest.Fault{Text: strings.Repeat("да ", 4<<20)}
		}
		return llmtest.Fault{}
	}})
	t.Cleanup(server.Close)
	dir := write(t, strings.Replace(served(server.URL+"/v1"), "timeout: 2s", "timeout: 1m", 1))
	d := lastLine(t, gorod(t, dir, "run", "--json", "--no-report", "study.yaml", "--set", "clock.ticks=3"))
	a := gorod(t, dir, "show", "--events", "--kind", "invalid", d.Study)
	if d.Runs[0].Status != "done" || !strings.Contains(a.stdout, "longer than 16 MB") {
		t.Errorf("%+v, %v", d.Runs[0], a)
	}
}

func TestAKeyThatIsNotSetLeavesNoFolder(t *testing.T) {
	t.Parallel()
	dir := write(t, strings.Replace(served("http://127.0.0.1:9/v1"), "parallel: 2", "parallel: 2, api_key_env: GOROD_TEST_NO_SUCH_KEY", 1))
	a := gorod(t, dir, "run", "--out", "out", "study.yaml")
	if _, err := os.Stat(filepath.Join(dir, "out")); a.code != 2 || !os.IsNotExist(err) {
		t.Errorf("%v, %v", err, a)
	}
}

func TestCallsOfATickThatWasKilledAreNotPaidTwice(t *testing.T) {
	t.Parallel()
	server, asked := counting(t, 1, 150*time.Millisecond)
	dir := write(t, served(server.URL+"/v1")+"repeats: 1\n")
	cmd := command(t, dir, "run", "--no-report", "--out", "out", "study.yaml", "--set", "clock.ticks=3", "--set", "population[0].count=40")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for asked.Load() < 20 { // three seconds into the first tick
		<-poll.C
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	recorded := gorod(t, dir, "show", "--calls", "--json", "out")
	if n := strings.Count(recorded.stdout, `"key"`); n < 5 {
		t.Errorf("%d of 20 calls are recorded: %v", n, recorded)
	}
}
