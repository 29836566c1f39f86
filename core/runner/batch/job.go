package batch

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/runner"
)

// listDir holds, for each submission, which run each of its tasks computes.
const listDir = ".cluster"

// maxWarning is how long before the time limit a run is told to stop at a tick,
// at most.
const maxWarning = 5 * time.Minute

// job is a submission as the cluster runs it. Its own files are staged with it.
func (b *Batch) job(ctx context.Context, sub *Submission) (cluster.Job, error) {
	list, err := b.writeList(sub)
	if err != nil {
		return cluster.Job{}, err
	}
	files, env, err := b.needs(ctx)
	if err != nil {
		return cluster.Job{}, err
	}
	if !b.state.Shared {
		files = append(files, cluster.File{From: filepath.Join(b.Runner.Dir, filepath.FromSlash(list)), To: list})
	}
	gorod, err := b.gorod(ctx)
	if err != nil {
		return cluster.Job{}, err
	}
	maps.Copy(env, b.Env)
	return cluster.Job{
		Name: "gorod-" + b.Runner.Study.Name, Key: sub.Key, Dir: b.state.Dir, Script: b.script(gorod, list), Env: env, Files: files,
		Resources: b.Resources, Array: cluster.Array{Size: len(sub.Runs), Limit: b.Parallel},
		Requeue: true, WarnBefore: min(b.Resources.Time/4, maxWarning),
	}, nil
}

// script computes the run that stands in the task's line of the list. gorod
// itself says by its exit code whether it wants to be queued again.
func (b *Batch) script(gorod, list string) []string {
	command := cluster.Quote(gorod) + ` run --resume . --only "$ONLY" --json`
	for _, set := range b.Set {
		command += " --set " + cluster.Quote(set)
	}
	return append(append([]string{}, b.Setup...),
		fmt.Sprintf(`ONLY=$(sed -n "$(($%s + 1))p" %s)`, cluster.EnvTask, cluster.Quote(list)),
		"code=0",
		command+" || code=$?",
		`if [ "$code" = 126 ] || [ "$code" = 127 ]; then echo "gorod: this node ($(uname -sm)) cannot run "`+cluster.Quote(gorod)+`": set cluster.gorod to one that is built for it" >&2; fi`,
		"kill $(jobs -p) 2>/dev/null || true", // servers that the setup has started
		"exit $code",
	)
}

// writeList writes the runs of a submission, a line each, and gives the file's
// path in the study's folder.
func (b *Batch) writeList(sub *Submission) (string, error) {
	list := path.Join(listDir, sub.Key)
	file := filepath.Join(b.Runner.Dir, filepath.FromSlash(list))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", fmt.Errorf("write the list of runs: %w", err)
	}
	return list, runner.WriteFile(file, []byte(strings.Join(sub.Runs, "\n")+"\n"))
}

// gorod is its path there. Each build has a folder of its own: what runs is never
// replaced.
func (b *Batch) gorod(ctx context.Context) (string, error) {
	if b.Gorod != "" {
		return b.Gorod, nil
	}
	sum, err := cluster.Disk{}.Hash(ctx, filepath.ToSlash(b.Self))
	if err != nil {
		return "", fmt.Errorf("find gorod itself: %w", err)
	}
	return path.Join(b.Root, ".gorod", "bin", sum[:16], "gorod"), nil
}

// stageSelf uploads gorod, unless it is there.
func (b *Batch) stageSelf(ctx context.Context) error {
	if b.Gorod != "" {
		return nil
	}
	there, err := b.gorod(ctx)
	if err != nil {
		return err
	}
	if _, err := b.Cluster.Stage(ctx, path.Dir(there), []cluster.File{{From: b.Self, To: path.Base(there)}}); err != nil {
		return fmt.Errorf("stage gorod: %w", err)
	}
	return nil
}
