package main_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm/llmtest"
)

// served is the small study with its model at a server.
func served(url string) string {
	return strings.Replace(small, "seed: 5",
		fmt.Sprintf("models: {default: {provider: openai, model: m, endpoints: [%q], parallel: 2, retries: 6, timeout: 2s}}\nseed: 5", url), 1)
}

func TestARunSurvivesABadServer(t *testing.T) {
	t.Parallel()
	good := llmtest.Start(llmtest.Options{Slots: 2})
	defer good.Close()
	bad := llmtest.Start(llmtest.Options{Slots: 2, Fault: func(n int, _ llmtest.Request) llmtest.Fault {
		switch n {
		case 3:
			return llmtest.Fault{Status: 429, RetryAfter: "0"}
		case 5:
			return llmtest.Fault{Status: 500, Message: "out of memory"}
		case 7:
			return llmtest.Fault{Reset: true}
		case 9:
			return llmtest.Fault{Truncate: true}
		case 11:
			return llmtest.Fault{Hang: true}
		default:
			return llmtest.Fault{}
		}
	}})
	defer bad.Close()
	want := lastLine(t, gorod(t, write(t, served(good.URL+"/v1")), "run", "--json", "--no-report", "study.yaml"))
	a := gorod(t, write(t, served(bad.URL+"/v1")), "run", "--json", "--no-report", "study.yaml")
	if got := lastLine(t, a); a.code != 0 || got.Runs[0].Status != "done" || got.Runs[0].Digest != want.Runs[0].Digest {
		t.Errorf("a server that stumbles changed the run (want digest %s): %v", want.Runs[0].Digest, a)
	}
}

func TestABadReplyIsRecordedAndTheRunGoesOn(t *testing.T) {
	t.Parallel()
	babble := llmtest.Start(llmtest.Options{Slots: 2, Fault: func(n int, r llmtest.Request) llmtest.Fault {
		if strings.Contains(fmt.Sprint(r.Messages), "Борис") && n < 12 {
			return llmtest.Fault{Text: "Конечно! Вот мой план: пойду гулять."}
		}
		return llmtest.Fault{}
	}})
	defer babble.Close()
	dir := write(t, served(babble.URL+"/v1"))
	a := gorod(t, dir, "run", "--json", "--no-report", "study.yaml")
	d := lastLine(t, a)
	if a.code != 0 || d.Runs[0].Status != "done" {
		t.Fatal(a)
	}
	shown := gorod(t, dir, "show", "--json", "--events", "--kind", "invalid", d.Study)
	if shown.code != 0 || !strings.Contains(shown.stdout, `"kind":"invalid"`) || !strings.Contains(shown.stdout, "schema") {
		t.Errorf("no invalid event tells of it: %v", shown)
	}
	if v := gorod(t, dir, "verify", d.Study); v.code != 0 {
		t.Errorf("it does not replay: %v", v)
	}
}

func TestAKeyGoesToTheServerAndNowhereElse(t *testing.T) {
	t.Parallel()
	const key = "sk-very-secret-0123456789"
	server := llmtest.Start(llmtest.Options{Slots: 2, Key: key})
	defer server.Close()
	yaml := strings.Replace(served(server.URL+"/v1"), "parallel: 2", "parallel: 2, api_key_env: CITY_KEY", 1)
	dir := write(t, yaml)
	if a := gorod(t, dir, "run", "--json", "study.yaml"); a.code != 2 || !strings.Contains(a.stderr, "CITY_KEY") {
		t.Errorf("a key that is not set: %v", a)
	}
	for _, value := range []string{key, key + "-wrong"} {
		cmd := command(t, dir, "run", "--json", "--log-level", "debug", "study.yaml")
		cmd.Env = append(os.Environ(), "CITY_KEY="+value, "GOROD_LOG_DIR="+filepath.Join(dir, "logs"))
		a := finish(t, cmd)
		if (a.code == 0) != (value == key) {
			t.Errorf("with key %q: %v", value, a)
		}
		if strings.Contains(a.String(), key) {
			t.Error("the key is in the output")
		}
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), key) {
			t.Errorf("the key is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAKilledPluginLosesNothing(t *testing.T) {
	t.Parallel()
	yaml := strings.Replace(small, "ticks: 8", "ticks: 120", 1)
	dir := write(t, yaml)
	want := lastLine(t, gorod(t, dir, "run", "--json", "--no-report", "--out", "whole", "study.yaml")).Runs[0].Digest
	for _, kind := range []string{"memory/longshort", "planner/justplan", "sentiment/lexicon"} {
		out := strings.ReplaceAll(kind, "/", "-")
		cmd := command(t, dir, "run", "--json", "--out", out, "study.yaml")
		var stderr strings.Builder
		cmd.Stderr = &stderr
		lines, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		stdout, killed := &strings.Builder{}, 0
		for said := bufio.NewScanner(lines); said.Scan(); {
			fmt.Fprintln(stdout, said.Text())
			if killed == 0 && strings.Contains(said.Text(), `"event":"tick"`) { // it is configured and works
				killed = killChild(t, cmd.Process.Pid, kind)
			}
		}
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%s: %v\n%s", kind, err, stderr.String())
		}
		if got := lastLine(t, answer{stdout: stdout.String()}).Runs[0]; got.Digest != want {
			t.Errorf("%s was killed (pid %d): digest %s, want %s", kind, killed, got.Digest, want)
		}
		page, err := os.ReadFile(filepath.Join(dir, out, "report", "report.md"))
		if err != nil || !strings.Contains(string(page), kind) {
			t.Errorf("the report does not tell that %s was restarted (%v)", kind, err)
		}
	}
}

// killChild kills the plugin process of a run as soon as it is there.
func killChild(t *testing.T, parent int, id string) int {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
		for _, task := range tasks {
			children, _ := os.ReadFile(task)
			for _, child := range strings.Fields(string(children)) {
				cmdline, _ := os.ReadFile("/proc/" + child + "/cmdline")
				if !strings.Contains(string(cmdline), id) {
					continue
				}
				var pid int
				if _, err := fmt.Sscan(child, &pid); err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil {
					return pid
				}
			}
		}
	}
	t.Fatalf("no plugin %s under process %d", id, parent)
	return 0
}
