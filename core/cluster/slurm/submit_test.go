package slurm

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

func full() cluster.Job {
	return cluster.Job{
		Name: "tiny", Key: "tiny-1a2b", Mail: "me@x.org", Dir: "/jobs/tiny", Script: []string{"python -m trainer"}, Env: map[string]string{"HF_TOKEN": "s3cret"},
		Resources: cluster.Resources{
			GPUs: 2, Nodes: 1, CPUs: 8, MemoryMB: 32768, Time: 90*time.Second + time.Hour, Partition: "gpu", Account: "lab", Constraint: "a100|h100",
		},
		Array: cluster.Array{Size: 8, Limit: 3}, After: []cluster.Dependency{{When: cluster.AfterOK, ID: "7"}, {When: cluster.AfterAny, ID: "8_1"}},
		KillInvalid: true, WarnBefore: 5 * time.Minute, Requeue: true,
	}
}

func TestSbatchIsToldEverything(t *testing.T) {
	t.Parallel()
	s := &stub{answers: map[string]Output{
		"squeue": {Stdout: "7|RUNNING|0|0|0|0|0|||None|\n8_1|PENDING|0|0|0|0|0|||None|\n"}, "sbatch": {Stdout: "12;cluster\n"},
	}}
	h, err := (&Commands{Runner: s}).Submit(t.Context(), full())
	if err != nil || h != (cluster.Handle{ID: "12", Output: "/jobs/tiny/logs/%A_%a.out"}) {
		t.Fatalf("%+v, %v", h, err)
	}
	want := []string{
		"sbatch", "--parsable", "--job-name=tiny", "--chdir=/jobs/tiny", "--output=/jobs/tiny/logs/%A_%a.out", "--open-mode=append",
		"--ntasks-per-node=1", "--nodes=1", "--cpus-per-task=8", "--mem=32768M", "--time=62", "--gres=gpu:2", "--partition=gpu", "--account=lab",
		"--constraint=a100|h100", "--array=0-7%3", "--dependency=afterok:7,afterany:8_1", "--kill-on-invalid-dep=yes", "--signal=B:USR1@300",
		"--requeue", "--mail-user=me@x.org", "--mail-type=END,FAIL", "--comment=gorod:tiny-1a2b",
	}
	if got := s.asked[len(s.asked)-1]; !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	if !strings.Contains(s.stdin, "s3cret") || strings.Contains(strings.Join(want, " "), "s3cret") {
		t.Error("the environment belongs into the script and not on the command line, which everybody sees")
	}
}

func TestAnAnswerThatIsNoIDIsAnError(t *testing.T) {
	t.Parallel()
	s := &stub{answers: map[string]Output{"squeue": {}, "sbatch": {Stdout: "Welcome to the cluster!\n12\n"}}}
	job := full()
	job.After = nil
	if _, err := (&Commands{Runner: s}).Submit(t.Context(), job); !cluster.IsKind(err, cluster.Failed) || !strings.Contains(err.Error(), "Welcome") {
		t.Error(err)
	}
}

// runScript runs a batch script as a node would, with a scontrol that writes what
// it was asked and ends the script, as Slurm does.
func runScript(t *testing.T, job cluster.Job, alarm bool, env []string, during func(pid int)) (code int, out, requeued string) {
	t.Helper()
	dir := t.TempDir()
	job.Dir = dir
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	fake := "#!/bin/sh\necho \"$@\" > " + cluster.Quote(filepath.Join(dir, "asked")) + "\nkill -KILL $PPID\n"
	if err := os.WriteFile(filepath.Join(bin, "scontrol"), []byte(fake), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-s")
	cmd.Stdin = strings.NewReader(script(job, alarm))
	cmd.Env = append([]string{"PATH=" + bin + ":" + os.Getenv("PATH"), "SLURM_JOB_ID=9"}, env...)
	var b strings.Builder
	cmd.Stdout, cmd.Stderr = &b, &b
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if during != nil {
		for n := 0; n < 200; n++ { // until the script says that its traps are set
			if _, err := os.Stat(filepath.Join(dir, "ready")); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		during(cmd.Process.Pid)
	}
	_ = cmd.Wait()
	asked, _ := os.ReadFile(filepath.Join(dir, "asked"))
	return cmd.ProcessState.ExitCode(), b.String(), strings.TrimSpace(string(asked))
}

func TestTheScriptPassesSignalsOnAndAsksToBeStartedAgain(t *testing.T) {
	t.Parallel()
	saver := []string{`trap 'echo saved; exit 75' USR1 TERM`, `touch ready`, `for n in $(seq 100); do sleep 0.1; done`}
	signal := func(s syscall.Signal) func(int) { return func(pid int) { _ = syscall.Kill(pid, s) } }
	for name, tt := range map[string]struct {
		lines    []string
		requeue  bool
		env      []string
		during   func(int)
		code     int
		out      string
		requeued string
	}{
		"ends well":             {lines: []string{"echo ok"}, out: "ok\n"},
		"fails":                 {lines: []string{"(exit 3)", "echo never"}, requeue: true, code: 3},
		"saved, may not":        {lines: []string{"exit 75"}, code: 75},
		"saved":                 {lines: []string{"exit 75"}, requeue: true, code: -1, requeued: "requeue 9"},
		"saved, of an array":    {lines: []string{"exit 75"}, requeue: true, env: []string{"SLURM_ARRAY_JOB_ID=5", "SLURM_ARRAY_TASK_ID=2"}, code: -1, requeued: "requeue 5_2"},
		"warned":                {lines: saver, requeue: true, during: signal(syscall.SIGUSR1), code: -1, out: "saved\n", requeued: "requeue 9"},
		"cancelled stays ended": {lines: saver, requeue: true, during: signal(syscall.SIGTERM), code: 75, out: "saved\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := cluster.Job{Script: tt.lines, Requeue: tt.requeue}
			code, out, requeued := runScript(t, job, false, tt.env, tt.during)
			if code != tt.code || !strings.Contains(out, tt.out) || requeued != tt.requeued {
				t.Errorf("ended with %d, printed %q, asked %q", code, out, requeued)
			}
		})
	}
}

func TestTheAlarmWarnsWhereSlurmCannot(t *testing.T) {
	t.Parallel()
	job := cluster.Job{Script: []string{`trap 'echo saved; exit 4' USR1`, `sleep 30 & wait $!`}, WarnBefore: time.Minute}
	job.Resources.Time = time.Minute
	if code, out, _ := runScript(t, job, true, nil, nil); code != 4 || out != "saved\n" {
		t.Errorf("ended with %d, printed %q", code, out)
	}
	job.Script, job.WarnBefore = []string{"echo quick"}, time.Second
	began := time.Now()
	if code, out, _ := runScript(t, job, true, nil, nil); code != 0 || out != "quick\n" || time.Since(began) > 20*time.Second {
		t.Errorf("ended with %d after %s, printed %q", code, time.Since(began), out)
	}
}
