package cluster_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

func job() cluster.Job {
	return cluster.Job{Name: "tiny", Dir: "/jobs/tiny", Script: []string{"true"}}
}

func TestValidateRefusesWhatAClusterWouldMisread(t *testing.T) {
	t.Parallel()
	if err := job().Validate(); err != nil {
		t.Fatal(err)
	}
	for says, change := range map[string]func(*cluster.Job){
		"name":            func(j *cluster.Job) { j.Name = "--wrap=rm" },
		"0 characters":    func(j *cluster.Job) { j.Name = "" },
		"partition":       func(j *cluster.Job) { j.Resources.Partition = "gpu --uid=0" },
		"not absolute":    func(j *cluster.Job) { j.Dir = "jobs" },
		"expand":          func(j *cluster.Job) { j.Dir = "/jobs/%j" },
		"backslash":       func(j *cluster.Job) { j.Dir = `/jobs\mine` },
		"script":          func(j *cluster.Job) { j.Script = nil },
		"no address":      func(j *cluster.Job) { j.Mail = "me --wrap=rm" },
		"control":         func(j *cluster.Job) { j.Resources.Constraint = "a100\n#SBATCH" },
		"no name of a":    func(j *cluster.Job) { j.Env = map[string]string{"A;rm": "x"} },
		"zero byte":       func(j *cluster.Job) { j.Env = map[string]string{"A": "x\x00"} },
		"no condition":    func(j *cluster.Job) { j.After = []cluster.Dependency{{When: "singleton", ID: "1"}} },
		"no id":           func(j *cluster.Job) { j.After = []cluster.Dependency{{When: cluster.AfterOK, ID: "1:2"}} },
		"leaves":          func(j *cluster.Job) { j.Files = []cluster.File{{From: "x", To: "../x"}} },
		"negative":        func(j *cluster.Job) { j.Resources.GPUs = -1 },
		"warning":         func(j *cluster.Job) { j.Resources.Time, j.WarnBefore = time.Minute, time.Hour },
		"needs %a":        func(j *cluster.Job) { j.Output, j.Array.Size = "logs/%A.out", 2 },
		"pattern":         func(j *cluster.Job) { j.Output = "logs/%u.out" },
		"output \"../x\"": func(j *cluster.Job) { j.Output = "../x" },
	} {
		j := job()
		change(&j)
		if err := j.Validate(); !cluster.IsKind(err, cluster.Rejected) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestTheOutputOfATaskIsKnownWithoutAsking(t *testing.T) {
	t.Parallel()
	array := job()
	array.Array.Size = 3
	named := job()
	named.Output = "out-%j-100%%.txt"
	for _, tt := range []struct {
		job  cluster.Job
		task int
		want string
	}{
		{job(), cluster.NoTask, "/jobs/tiny/logs/12.out"},
		{array, 2, "/jobs/tiny/logs/12_2.out"},
		{named, cluster.NoTask, "/jobs/tiny/out-12-100%.txt"},
	} {
		h := cluster.Handle{ID: "12", Output: tt.job.OutputPattern()}
		if got := h.OutputPath(tt.task); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

func TestTheBodyGivesTheScriptItsFolderAndEnvironment(t *testing.T) {
	t.Parallel()
	j := job()
	j.Dir = t.TempDir() + "/it's here"
	j.Env = map[string]string{"A": "a 'b' $HOME `ls`\nвторая"}
	j.Script = []string{`printf '%s|%s' "$PWD" "$A"`, "false | true", "echo never"}
	out, err := exec.CommandContext(t.Context(), "bash", "-c", "mkdir "+cluster.Quote(j.Dir)+"\n"+j.Body()).Output()
	if err == nil || string(out) != j.Dir+"|"+j.Env["A"] {
		t.Errorf("%q, %v", out, err)
	}
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"12", "12_3", "12_[0-3]", "", "_", "99999999999_1", "-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, task, err := cluster.ParseID(s)
		if err == nil && (cluster.Status{ID: id, Task: task}).Name() != s && !strings.Contains(s, "_0") {
			t.Errorf("%q is %q, %d", s, id, task)
		}
	})
}
