//go:build components

package host_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
)

// pythonSDK is the Python package; pythonTests are plugins for these tests.
const (
	pythonSDK     = "../../plugins/python"
	pythonTests   = pythonSDK + "/tests/plugins/"
	pythonExample = pythonSDK + "/examples/keyword_sentiment/keyword_sentiment.py"
)

// python is an interpreter with the SDK and its tools installed, in a virtual
// environment that is kept between test runs; the SDK in it is made new when it
// has changed.
var python = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	project, err := treeSum(pythonSDK + "/pyproject.toml")
	if err != nil {
		return "", err
	}
	source, err := treeSum(pythonSDK + "/src")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "gorod-test", "python-sdk-"+project)
	interpreter, marker := filepath.Join(dir, "bin", "python"), filepath.Join(dir, "installed")
	switch installed, err := os.ReadFile(marker); {
	case err != nil:
		err = errors.Join(execute("python3", "-m", "venv", "--clear", dir), install(interpreter, "[dev]"))
		if err != nil {
			return "", err
		}
	case string(installed) != source:
		if err := install(interpreter, "", "--force-reinstall", "--no-deps"); err != nil {
			return "", err
		}
	}
	return interpreter, os.WriteFile(marker, []byte(source), 0o600)
})

// treeSum is a short checksum of a file or of the files of a folder.
func treeSum(root string) (string, error) {
	sum := sha256.New()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".pyc") || strings.Contains(path, ".egg-info/") {
			return err
		}
		text, err := os.ReadFile(path)
		fmt.Fprintf(sum, "%s %d %s", path, len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:6]), err
}

// install installs the SDK from a copy: setuptools writes beside what it builds.
func install(interpreter, extras string, flags ...string) error {
	source, err := os.MkdirTemp("", "gorod-sdk")
	if err != nil {
		return err
	}
	defer os.RemoveAll(source)
	for _, part := range []string{"src", "pyproject.toml", "README.md"} {
		if err := execute("cp", "-r", filepath.Join(pythonSDK, part), source); err != nil {
			return err
		}
	}
	args := append([]string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check"}, flags...)
	return execute(interpreter, append(args, source+extras)...)
}

func execute(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %q: %w\n%s", name, args, err, out)
	}
	return nil
}

// pythonPlugin is a script as an executable that the interpreter with the SDK
// runs, after the edits of its text (old, new, …).
func pythonPlugin(t testing.TB, path string, edits ...string) string {
	t.Helper()
	interpreter, err := python()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	edits = append([]string{"#!/usr/bin/env python3", "#!" + interpreter}, edits...)
	for i := 0; i < len(edits); i += 2 {
		if !bytes.Contains(text, []byte(edits[i])) {
			t.Fatalf("%s has no %q", path, edits[i])
		}
		text = bytes.Replace(text, []byte(edits[i]), []byte(edits[i+1]), 1)
	}
	executable := filepath.Join(t.TempDir(), filepath.Base(path))
	if err := os.WriteFile(executable, text, 0o700); err != nil {
		t.Fatal(err)
	}
	return executable
}

// pythonOptions start a Python plugin with a log that can be read back.
func pythonOptions(t testing.TB, path string) (host.Options, *logs) {
	t.Helper()
	l := &logs{}
	o := host.Options{
		RunID: "test", Language: "ru", Seed: 1, Host: &conformance.Host{}, Now: time.Now, Log: l.logger(),
	}
	var err error
	if o.Entry, err = catalog(t).Find(path); err != nil {
		t.Fatal(err)
	}
	return o, l
}

func startPython(t testing.TB, path string) (*host.Instance, *logs) {
	t.Helper()
	o, l := pythonOptions(t, path)
	return start(t, o), l
}

func TestThePythonSDKPassesItsOwnTestsAndLinters(t *testing.T) {
	t.Parallel()
	interpreter, err := python()
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{
		"pytest", "mypy --cache-dir " + t.TempDir(), "ruff check --no-cache .", "ruff format --no-cache --check .",
	} {
		t.Run(strings.Fields(command)[0], func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), interpreter, append([]string{"-m"}, strings.Fields(command)...)...)
			cmd.Dir, cmd.Env = pythonSDK, append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", command, err, out)
			}
		})
	}
}

func TestAPythonScriptIsRunByTheInterpreterOnThePATH(t *testing.T) {
	interpreter, err := python()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Dir(interpreter)+":"+os.Getenv("PATH"))
	e, err := catalog(t).Find(pythonExample)
	if err != nil || e.ID != "sentiment/keyword" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestPythonPluginsOfEveryKindPassEveryCheck(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		pythonExample, pythonTests + "diary.py", pythonTests + "parrot.py", pythonTests + "idler.py", pythonTests + "counter.py",
	} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			report, err := host.Check(t.Context(), catalog(t), pythonPlugin(t, path), slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Checks) < 10 {
				t.Errorf("%d checks", len(report.Checks))
			}
			for _, c := range report.Checks {
				if c.Err != nil {
					t.Errorf("%s: %v", c.Name, c.Err)
				}
			}
		})
	}
}

func TestThePythonExampleRatesTexts(t *testing.T) {
	t.Parallel()
	o, _ := pythonOptions(t, pythonPlugin(t, pythonExample))
	o.Config = []byte(`{"positive":["Ёлк"]}`)
	got, err := start(t, o).Classifier().Classify(t.Context(), 1, []string{
		"Какой прекрасный день!", "Мне очень грустно и страшно.", "Поезд уходит в шесть.", "Ура, ёлка!",
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{sdk.Positive, sdk.Negative, sdk.Neutral, sdk.Positive} {
		if got[i].Label != want {
			t.Errorf("text %d is %+v, want %s", i, got[i], want)
		}
	}
	o.Config = []byte(`{"negative":["Рад"]}`)
	_, err = host.Start(t.Context(), o)
	var domain *sdk.Error
	if !errors.As(err, &domain) || domain.Kind != sdk.ErrInvalidConfig || !strings.Contains(domain.Message, "рад") {
		t.Errorf("stems that contradict each other gave %v", err)
	}
}

func TestAPythonPluginReachesTheHostsServices(t *testing.T) {
	t.Parallel()
	i, _ := startPython(t, pythonPlugin(t, pythonTests+"parrot.py"))
	var group errgroup.Group
	for n := range 64 {
		group.Go(func() error {
			id := fmt.Sprintf("a%d", n)
			d, err := i.Planner().Plan(t.Context(), sdk.PlanRequest{Tick: 3, Agent: sdk.Agent{ID: id}})
			if err != nil {
				return err
			}
			if want := "text|2|" + id + " ничего не помнит: who?|score: this host gives no log-probabilities|test"; d.Thought != want {
				return fmt.Errorf("the plugin got %q, want %q", d.Thought, want)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

func TestThePythonReadmesExampleWorks(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(pythonSDK + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(readme), "```python\n")
	code, _, _ := strings.Cut(after, "```")
	path := filepath.Join(t.TempDir(), "mine.py")
	if err := os.WriteFile(path, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	i, _ := startPython(t, pythonPlugin(t, path))
	got, err := i.Classifier().Classify(t.Context(), 1, []string{"Ура!", "Поезд в шесть."})
	if err != nil || got[0].Label != sdk.Positive || got[1].Label != sdk.Neutral {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDomainErrorsKeepTheirKindThroughPython(t *testing.T) {
	t.Parallel()
	o, _ := pythonOptions(t, pythonPlugin(t, pythonTests+"parrot.py"))
	o.Host = &conformance.Host{Fail: &sdk.Error{Kind: sdk.ErrModel, Message: "чепуха", Retryable: true}}
	_, err := start(t, o).Planner().Plan(t.Context(), sdk.PlanRequest{})
	var domain *sdk.Error
	if !errors.As(err, &domain) || domain.Kind != sdk.ErrModel || !domain.Retryable || domain.Message != "generate: чепуха" {
		t.Errorf("got %v", err)
	}
}

// slowHost keeps a plugin waiting until the plugin gives its call up.
type slowHost struct {
	conformance.Host
	asked, left chan struct{}
}

func (h *slowHost) Generate(ctx context.Context, _ sdk.GenerateRequest) (sdk.Reply, error) {
	close(h.asked)
	<-ctx.Done()
	close(h.left)
	return sdk.Reply{}, ctx.Err()
}

func TestACallGivenUpEndsTheCallsBackOfAPythonPlugin(t *testing.T) {
	t.Parallel()
	o, _ := pythonOptions(t, pythonPlugin(t, pythonTests+"parrot.py"))
	h := &slowHost{asked: make(chan struct{}), left: make(chan struct{})}
	o.Host = h
	i := start(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-h.asked; cancel() }()
	if _, err := i.Planner().Plan(ctx, sdk.PlanRequest{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-h.left
}

func TestAPythonPluginThatIsSlowToLoadHasTimeInMake(t *testing.T) {
	t.Parallel()
	path := pythonPlugin(t, pythonTests+"diary.py", "import threading", "import threading, time; time.sleep(5)")
	o, _ := pythonOptions(t, path) // within the 10 s that a start may take
	o.StartTimeout = time.Second
	_, err := host.Start(t.Context(), o)
	var bad *host.StartError
	if !errors.As(err, &bad) || !strings.Contains(bad.Why, "no handshake within 1s") || bad.Hint == "" {
		t.Errorf("a slow import gave %v", err)
	}
	// A broker's id expires after 5 s.
	o, _ = pythonOptions(t, pythonPlugin(t, pythonTests+"diary.py"))
	o.Config = []byte(`{"load_seconds":6}`)
	if got := recall(t, start(t, o).Memory(), 1, "a1", ""); got != "seen 0" {
		t.Errorf("recalled %q", got)
	}
}

func TestWhatAPythonPluginPrintsGoesToTheLog(t *testing.T) {
	t.Parallel()
	i, l := startPython(t, pythonPlugin(t, pythonTests+"diary.py"))
	for _, text := range []string{"print", "log"} {
		if got := recall(t, i.Memory(), 1, "a1", text); got != "seen 0" {
			t.Errorf("%s: recalled %q", text, got)
		}
	}
	if err := i.Close(t.Context()); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		"Загружаю модель…", "печатаю", "by descriptor", "by a child", `level=WARN msg="the pen is dry"`, "pages=3",
	} {
		if !strings.Contains(l.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, l)
		}
	}
}

func TestAPythonProgramThatIsNoPluginSaysWhy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ line, why, words string }{
		"prints before the SDK is imported": {"print('Загружаю')\n", `it printed "Загружаю" before its handshake`, ""},
		"lacks a package":                   {"import no_such_package\n", "it ended before its handshake: exit status 1", "No module named 'no_such_package'"},
		"exits":                             {"raise SystemExit('no licence found')\n", "it ended before its handshake: exit status 1", "no licence found"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := catalog(t).Find(pythonPlugin(t, pythonTests+"diary.py", "import os\n", tt.line+"import os\n"))
			var bad *host.StartError
			if !errors.As(err, &bad) || bad.Why != tt.why || !strings.Contains(bad.Stderr, tt.words) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWhatAPythonPluginRaisesIsAnErrorNotItsEnd(t *testing.T) {
	t.Parallel()
	i, l := startPython(t, pythonPlugin(t, pythonTests+"diary.py"))
	for text, want := range map[string]string{
		"raise": "ValueError: перо сломалось", "exit": "SystemExit: enough", "flood the host": "70 MB, more than the 64 MB",
	} {
		_, err := i.Memory().Recall(t.Context(), 1, ask("a1", text))
		var domain *sdk.Error
		if !errors.As(err, &domain) || domain.Kind != sdk.ErrInternal || !strings.Contains(domain.Message, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if got := recall(t, i.Memory(), 1, "a1", ""); got != "seen 0" || i.Restarts() != 0 {
		t.Errorf("recalled %q after %d restarts", got, i.Restarts())
	}
	if err := i.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if log := l.String(); !strings.Contains(log, "raise ValueError") || !strings.Contains(log, "_misbehave") {
		t.Errorf("the log has no traceback:\n%s", log)
	}
}

func TestAPythonPluginThatDiesInMidBatchComesBackWithItsRecords(t *testing.T) {
	t.Parallel()
	o, l := pythonOptions(t, pythonPlugin(t, pythonTests+"diary.py"))
	var kept shelf
	var incidents []string
	o.Records, o.OnIncident = kept.all, func(detail string) { incidents = append(incidents, detail) }
	i := start(t, o)
	observe := func(tick int64, batch []sdk.Seen) {
		changes, err := i.Memory().Observe(t.Context(), tick, batch)
		if err != nil {
			t.Fatal(err)
		}
		kept.keep(changes)
	}
	observe(1, seen("here", "a1", "a2"))
	batch := seen("here", "a1", "a2", "a1")
	batch[1].Observation.Place = "die once: " + filepath.Join(t.TempDir(), "died")
	observe(2, batch)
	if a1, a2 := recall(t, i.Memory(), 2, "a1", ""), recall(t, i.Memory(), 2, "a2", ""); a1 != "seen 3" || a2 != "seen 2" {
		t.Errorf("recalled %q and %q: something was lost or counted twice", a1, a2)
	}
	if i.Restarts() != 1 || len(incidents) != 1 || !strings.Contains(incidents[0], "exit status 7") {
		t.Errorf("%d restarts, incidents %q\n%s", i.Restarts(), incidents, l)
	}
}

func TestAPythonPluginThatKeepsDyingIsGivenUp(t *testing.T) {
	t.Parallel()
	for text, words := range map[string]string{"die": "I die now", "segfault": "_misbehave"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			o, _ := pythonOptions(t, pythonPlugin(t, pythonTests+"diary.py"))
			o.OnCrash = host.Fail
			_, err := start(t, o).Memory().Recall(t.Context(), 1, ask("a1", text))
			var crash *host.CrashError
			if !errors.As(err, &crash) || !strings.Contains(crash.Stderr, words) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLargeMessagesPassThroughPython(t *testing.T) {
	t.Parallel()
	i, _ := startPython(t, pythonPlugin(t, pythonTests+"diary.py"))
	if got := recall(t, i.Memory(), 1, "a1", strings.Repeat("ж", 20<<20)); got != "seen 0" {
		t.Errorf("recalled %q", got)
	}
}

func TestAPythonPluginThatDoesNotCloseIsEnded(t *testing.T) {
	t.Parallel()
	o, _ := pythonOptions(t, pythonPlugin(t, pythonTests+"diary.py"))
	o.Config, o.CloseTimeout = []byte(`{"prefix":"deaf"}`), 100*time.Millisecond
	i := start(t, o)
	pid, dir, began := i.PID(), socketDir(t, i.PID()), time.Now()
	if err := i.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); alive(pid) || took > 5*time.Second {
		t.Errorf("after %v the process lives: %v", took, alive(pid))
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the sockets' folder: %v", err)
	}
}

// BenchmarkPythonRoundTrip measures a plan by a Python plugin beside the same
// plan by a Go one, and the start of either.
func BenchmarkPythonRoundTrip(b *testing.B) {
	path := pythonPlugin(b, pythonTests+"mirror.py")
	i, _ := startPython(b, path)
	req := situation()
	for name, p := range map[string]sdk.Planner{"python": i.Planner(), "go": mirrored(b)} {
		plan := func(ctx context.Context) error {
			_, err := p.Plan(ctx, req)
			return err
		}
		b.Run(name, func(b *testing.B) { oneCaller(b, plan) })
		b.Run(name+"64", func(b *testing.B) { manyCallers(b, plan) })
	}
	b.Run("start", func(b *testing.B) {
		o, _ := pythonOptions(b, path)
		for b.Loop() {
			i, err := host.Start(b.Context(), o)
			if err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if err := i.Close(context.WithoutCancel(b.Context())); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
}
