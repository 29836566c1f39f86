//go:build components

package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/cluster/slurm/slurmtest"
)

// The script that init writes, on a real Slurm: warned before its time is over,
// the job is queued again and ends with the digest of a run that nobody disturbed.
func TestTheJobScriptOfInitGoesOnWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	s := slurmtest.Start(t)
	server := holding(t, 12)
	dir := write(t, strings.Replace(served(server.URL+"/v1"), "timeout: 2s", "timeout: 2m", 1))
	if a := gorod(t, dir, "init", "--only", "slurm"); a.code != 0 {
		t.Fatal(a)
	}
	if err := os.Rename(filepath.Join(dir, "study.yaml"), filepath.Join(dir, "experiment.yaml")); err != nil {
		t.Fatal(err)
	}
	submit := exec.CommandContext(t.Context(), "sbatch", "--parsable", "slurm.sh")
	path, _ := os.LookupEnv("PATH")
	submit.Dir, submit.Env = dir, append(os.Environ(), "SLURM_CONF="+s.Conf, "PATH="+filepath.Dir(binary)+":"+path)
	out, err := submit.CombinedOutput()
	job := strings.TrimSpace(string(out))
	if err != nil || !regexp.MustCompile(`^\d+$`).MatchString(job) {
		t.Fatalf("%v: %s", err, out)
	}
	server.wait(t)
	s.Command(t, "scancel", "--batch", "--signal=USR1", job)
	time.Sleep(500 * time.Millisecond) // a signal has no answer
	server.open()
	until(t, s, `gorod COMPLETED`)
	if about := s.Command(t, "scontrol", "show", "job", job); !strings.Contains(about, "Restarts=1") {
		t.Errorf("it was not queued again: %s", about)
	}
	if err := os.Rename(filepath.Join(dir, "experiment.yaml"), filepath.Join(dir, "study.yaml")); err != nil {
		t.Fatal(err)
	}
	ran := finish(t, command(t, dir, "run", "--json", "--resume", filepath.Join("runs", "slurm-"+job)))
	if diff := cmp.Diff(ranHere(t, dir), digestsOf(lastLine(t, ran))); ran.code != 0 || diff != "" {
		t.Error(diff, ran)
	}
}
