package launch

import (
	"fmt"
	"maps"
	"path"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/trainer"
)

// clusterJob is a stage as the cluster runs it.
func clusterJob(key, dir string, j *job.Job, stage string) cluster.Job {
	r := j.Resources
	c := cluster.Job{
		Name: j.Name + "-" + stage, Key: key, Dir: dir, Requeue: true, Env: maps.Clone(j.Cluster.Env),
		Resources: cluster.Resources{
			GPUs: r.GPUs, Nodes: r.Nodes, CPUs: r.CPUs, MemoryMB: r.Memory * 1000, Time: r.Time,
			Partition: r.Partition, Account: r.Account, Constraint: r.Constraint,
		},
		Output: output(stage, len(j.Sweep) > 0 && stage != Notify),
	}
	if len(j.Sweep) > 0 {
		c.Array = cluster.Array{Size: len(j.Tasks()), Limit: r.Parallel}
	}
	if r.Time > 4*warnBefore {
		c.WarnBefore = warnBefore
	} else {
		c.WarnBefore = min(r.Time/4, time.Minute)
	}
	if stage == Notify {
		c.Array, c.WarnBefore = cluster.Array{}, 0
		c.Resources = cluster.Resources{CPUs: 1, MemoryMB: 500, Time: notifyTime, Partition: r.Partition, Account: r.Account, Constraint: r.Constraint}
	}
	if stage == Merge { // one process, which needs a card only to be quick
		c.Resources.Nodes, c.WarnBefore = 1, 0
		c.Resources.GPUs = min(r.GPUs, 1)
		c.Mail = j.Notify.Mail // it ends with the job, however the training did
	}
	c.Script = script(j, stage)
	return c
}

// output is where a stage prints to, within the job's folder.
func output(stage string, array bool) string {
	if array {
		return "logs/" + stage + "-%A_%a.out"
	}
	return "logs/" + stage + "-%j.out"
}

// script are the lines of shell that run a stage in the job's folder.
func script(j *job.Job, stage string) []string {
	if stage == Notify {
		return notifyScript(j)
	}
	lines := append([]string{artifactList}, j.Cluster.Setup...)
	lines = append(lines, python(j.Cluster.Python)...)
	lines = append(lines, `export PYTHONPATH="$PWD/trainer" PYTHONUNBUFFERED=1`)
	at := "."
	if len(j.Sweep) > 0 {
		lines = append(lines, fmt.Sprintf(`TASK=$(printf 'task-%%03d' "$%s")`, cluster.EnvTask))
		at = `"$TASK"`
	}
	return append(lines, fmt.Sprintf("%s %s %s", runner(j, stage), stage, at), "artifacts "+at)
}

// runner starts the trainer, once on each node: it starts a process for each GPU
// itself, hands signals on to them and says at the end whether it wants to be
// queued again.
func runner(j *job.Job, stage string) string {
	command := `"$PYTHON" -m ` + trainer.Module
	if stage == Train && j.Resources.Nodes > 1 {
		return "srun --ntasks-per-node 1 " + command
	}
	return command
}

// python finds the interpreter. A virtual environment is made once for each set
// of requirements, beside the jobs, by whoever comes first.
func python(given string) []string {
	if given != "auto" {
		return []string{"PYTHON=" + cluster.Quote(given)}
	}
	return []string{
		`VENV="$(cd .. && pwd)/.venv-$(sha256sum trainer/requirements.txt | cut -c1-12)"`,
		`exec 9>"$VENV.lock"; flock 9`,
		`if [ ! -e "$VENV/ready" ]; then rm -rf "$VENV"; echo "making a Python environment, once: $VENV (about 6 GB, some minutes; cluster.python names one that is there)"; python3 -m venv "$VENV"; "$VENV/bin/python" -m pip install --quiet -r trainer/requirements.txt; touch "$VENV/ready"; fi`,
		`exec 9>&-`,
		`PYTHON="$VENV/bin/python"`,
	}
}

// inTask is a path of a task's folder within the job's.
func inTask(t *job.Task, name string) string { return path.Join(t.Folder(), name) }
