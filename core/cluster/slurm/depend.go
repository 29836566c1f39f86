package slurm

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/core/cluster"
)

// checkDependencies refuses what Slurm would take for met: a job that it has
// forgotten, however it ended.
func checkDependencies(ctx context.Context, s cluster.Scheduler, after []cluster.Dependency) error {
	for _, d := range after {
		statuses, err := s.Status(ctx, d.ID)
		if cluster.IsKind(err, cluster.NotFound) {
			return &cluster.Error{
				Kind: cluster.Rejected, Op: "submit", Err: fmt.Errorf("it is to wait for job %s, which Slurm does not know", d.ID),
				Hint: "look whether that one is done, and submit without waiting for it",
			}
		}
		if err != nil {
			return err
		}
		for _, st := range statuses {
			if d.When == cluster.AfterOK && st.State.Final() && st.State != cluster.Completed {
				return &cluster.Error{
					Kind: cluster.Rejected, Op: "submit", Err: fmt.Errorf("it is to wait for the success of job %s, which is %s", st.Name(), st.State),
					Hint: "mend that one and submit both again",
				}
			}
		}
	}
	return nil
}
