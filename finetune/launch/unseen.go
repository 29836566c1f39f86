package launch

import (
	"context"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/llm-city/gorod/finetune/registry"
)

// unseenReason is why a task has a state that no scheduler told.
const unseenReason = "the cluster knows it no more: it ended while nobody looked, and this is what its files say"

// unseen is how a task ended that the cluster has forgotten: schedulers without
// accounts forget jobs minutes after their end. Its files tell.
func (l *Launcher) unseen(ctx context.Context, j *registry.Job, t *registry.Task) (registry.Change, error) {
	c := registry.Change{State: registry.Failed, Reason: unseenReason, Restarts: t.Status.Restarts, Cluster: t.Cluster}
	run := path.Join(taskFolder(j, t.Index), "run")
	switch t.Stage {
	case Train:
		if err := l.fetch(ctx, j, path.Join(run, "state.json")); err != nil {
			return c, err
		}
		var said struct{ State, Error string }
		if text, err := os.ReadFile(filepath.Join(l.taskDir(j, t), "run", "state.json")); err == nil && json.Unmarshal(text, &said) == nil {
			c.Error = said.Error
		}
		if said.State == "done" {
			c.State = registry.Completed
		}
	case Merge:
		if err := l.fetch(ctx, j, path.Join(run, listFile)); err != nil {
			return c, err
		}
		if l.lists(j, t, "merged") {
			c.State = registry.Completed
		}
	default: // its end is none of the job's
		c.State = registry.Completed
	}
	return c, nil
}

// lists reports whether the list of a task's artifacts, as it is here, has one
// of a kind.
func (l *Launcher) lists(j *registry.Job, t *registry.Task, kind string) bool {
	f, err := os.Open(filepath.Join(l.taskDir(j, t), "run", listFile))
	if err != nil {
		return false
	}
	defer f.Close()
	return slices.ContainsFunc(parseArtifacts(f), func(a registry.Artifact) bool { return a.Kind == kind })
}
