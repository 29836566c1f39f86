package launch

import (
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/finetune/job"
)

func TestScriptsOfStages(t *testing.T) {
	t.Parallel()
	base := job.Job{Name: "asya", Cluster: job.Cluster{Python: "/opt/py thon", Setup: []string{"module load cuda"}}, Resources: job.Resources{GPUs: 2, Nodes: 1, Memory: 32, Time: time.Hour, Parallel: 3}}
	many := base
	many.Resources.Nodes, many.Cluster.Python = 2, "auto"
	for name, c := range map[string]struct {
		job   job.Job
		stage string
		want  []string
		not   string
	}{
		"training": {base, Train, []string{"module load cuda", "PYTHON='/opt/py thon'", `"$PYTHON" -m gorod_trainer train .`}, "srun"},
		"merging":  {many, Merge, []string{`"$PYTHON" -m gorod_trainer merge .`, "flock 9"}, "srun"},
		"nodes":    {many, Train, []string{`srun --ntasks-per-node 1 "$PYTHON" -m gorod_trainer train .`, "requirements.txt"}, "/opt/py"},
	} {
		text := strings.Join(clusterJob("key", "/jobs/asya-1", &c.job, c.stage).Script, "\n")
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", name, want, text)
			}
		}
		if strings.Contains(text, c.not) {
			t.Errorf("%s: %q in\n%s", name, c.not, text)
		}
	}
}

func TestAMergeTakesOneCardAndTrainingIsWarned(t *testing.T) {
	t.Parallel()
	j := job.Job{Name: "asya", Cluster: job.Cluster{Python: "py"}, Resources: job.Resources{GPUs: 4, Nodes: 2, Memory: 32, Time: 12 * time.Hour}}
	train, merge := clusterJob("k", "/d", &j, Train), clusterJob("l", "/d", &j, Merge)
	if train.WarnBefore != 5*time.Minute || !train.Requeue || train.Resources.GPUs != 4 || train.Resources.Nodes != 2 || train.Resources.MemoryMB != 32_000 {
		t.Errorf("%+v", train)
	}
	if merge.WarnBefore != 0 || merge.Resources.GPUs != 1 || merge.Resources.Nodes != 1 || merge.Key == train.Key {
		t.Errorf("%+v", merge)
	}
	j.Resources.Time = 8 * time.Minute
	if short := clusterJob("k", "/d", &j, Train); short.WarnBefore != time.Minute {
		t.Errorf("warned %s before the end of %s", short.WarnBefore, j.Resources.Time)
	}
	if err := train.Validate(); err != nil {
		t.Error(err)
	}
}
