package slurm

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/core/cluster"
)

// again puts a job back that exited with cluster.Again, unless it was told to
// end: a cancelled job stays cancelled. Slurm ends this script when it has taken
// the request.
const again = `if [ "$code" = %d ] && [ -z "$ending" ]; then
  if scontrol requeue "${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_}${SLURM_ARRAY_TASK_ID:-$SLURM_JOB_ID}"; then sleep 120; fi
  echo "gorod: the job wants to be started again, and Slurm did not take it back" >&2
fi
`

// variables are those that a job finds wherever it runs.
const variables = "export " + cluster.EnvJob + `="${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}" ` + cluster.EnvTask + `="$SLURM_ARRAY_TASK_ID" ` +
	cluster.EnvRestarts + `="${SLURM_RESTART_COUNT:-0}"
`

// script is the batch script of a job: its body in a process group of its own,
// to which what Slurm signals to the batch shell is passed on. With alarm it
// sends the warning itself, for a slurmrestd that cannot ask for it.
func script(job cluster.Job, alarm bool) string {
	var b strings.Builder
	b.WriteString("#!/bin/bash\nset -m\n" + variables + "(\n" + job.Body() + ") &\ntask=$!\nending=\n")
	b.WriteString("trap 'kill -USR1 -- \"-$task\" 2>/dev/null' USR1\n")
	b.WriteString("trap 'ending=1; kill -TERM -- \"-$task\" 2>/dev/null' TERM\n")
	if alarm && job.WarnBefore > 0 {
		wait := minutes(job.Resources.Time)*60 - seconds(job.WarnBefore)
		fmt.Fprintf(&b, "( sleep %d; kill -USR1 $$ ) &\nalarm=$!\ndisown \"$alarm\"\n", max(wait, 0))
	}
	b.WriteString("while kill -0 \"$task\" 2>/dev/null; do wait \"$task\"; done\nwait \"$task\"\ncode=$?\n")
	if alarm && job.WarnBefore > 0 {
		b.WriteString("kill -- \"-$alarm\" 2>/dev/null\n")
	}
	if job.Requeue {
		fmt.Fprintf(&b, again, cluster.Again)
	}
	b.WriteString("exit $code\n")
	return b.String()
}
