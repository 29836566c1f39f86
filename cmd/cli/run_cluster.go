package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/config"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/runner/batch"
	"github.com/llm-city/gorod/core/spec"
)

// clusterFlags are the settings that --cluster gives.
func clusterFlags(cmd *cobra.Command, flags map[string]string) error {
	if cmd.Flags().Lookup("cluster") == nil {
		return nil
	}
	given, err := cmd.Flags().GetStringArray("cluster")
	if err != nil {
		return usageError{err}
	}
	for _, pair := range given {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" || value == "" {
			return usagef("--cluster %s: write --cluster KEY=VALUE, such as partition=gpu or time=4h", pair)
		}
		flags["cluster."+key] = value
	}
	return nil
}

// onCluster finds out where a study is run: as the flag says, or where the study
// to resume was queued. The place of a study that runs here is empty.
func onCluster(s *State, opts runOptions) (batch.Where, error) {
	c := s.settings.Cluster
	asked := batch.Where{On: opts.on}
	if opts.on == "slurm" {
		asked.Via, asked.Host = c.Via, c.Host
	}
	if opts.resume != "" {
		known, found, err := batch.ReadState(opts.resume)
		if err != nil {
			return asked, err
		}
		if found && opts.on != "" && opts.on != known.On {
			return asked, usagef("run: %s is on %s; it cannot go on on %s", opts.resume, known.On, opts.on)
		}
		if found {
			return known.Where, nil
		}
	}
	return asked, forCluster(s, opts)
}

// forCluster refuses what is for studies on a cluster where the study is on none.
func forCluster(s *State, opts runOptions) error {
	switch {
	case opts.cancel && opts.resume != "" && opts.on == "":
		if _, err := runner.Load(opts.resume, spec.Options{Plugins: s.catalog()}); err != nil {
			return err
		}
		return usagef("run: %s is not on a cluster: there is nothing to cancel", opts.resume)
	case opts.on == "" && (opts.detach || opts.cancel || len(opts.cluster) > 0):
		return usagef("run: --cluster, --detach and --cancel are for a study on a cluster: add --on slurm")
	case opts.cancel:
		return usagef("run: --cancel needs --resume DIR, a study that was queued")
	}
	return nil
}

// checkPlace refuses settings that name no place.
func checkPlace(w batch.Where, c config.Cluster) error {
	switch {
	case w.On != "slurm" && w.On != "local":
		return usagef("run: --on %s: there are slurm and local", w.On)
	case w.On == "local":
		return nil
	case !slices.Contains([]string{"commands", "ssh", "rest"}, w.Via):
		return usagef("settings: cluster.via is %q: write commands, ssh or rest", w.Via)
	case w.Via != "commands" && w.Host == "":
		return usagef("settings: cluster.host is missing, and cluster.via is %s: write user@host for ssh, https://host:6820 for rest", w.Via)
	case w.Via == "ssh" && c.Dir == "":
		return usagef("settings: cluster.dir is missing: name a folder there that all nodes see, such as /scratch/me/gorod")
	case runtime.GOOS != "linux" && c.Gorod == "":
		return usagef("this gorod is built for %s: put one for Linux on the cluster and name it by cluster.gorod", runtime.GOOS)
	}
	return checkJob(c)
}

// checkJob refuses settings that no job can have.
func checkJob(c config.Cluster) error {
	if min(c.CPUs, c.GPUs, c.Memory, c.Parallel) < 0 || c.Time < 0 {
		return usagef("settings: a number of cluster is negative")
	}
	for key, path := range map[string]string{"dir": c.Dir, "gorod": c.Gorod} {
		if path != "" && !strings.HasPrefix(path, "/") {
			return usagef("settings: cluster.%s is %q: write the whole path, as nodes see it", key, path)
		}
	}
	return nil
}

// runOnCluster queues a study's runs and follows them.
func runOnCluster(ctx context.Context, s *State, opts runOptions, where batch.Where) error {
	if err := checkPlace(where, s.settings.Cluster); err != nil {
		return err
	}
	study, dir, err := openStudy(s, opts, func(name string) string {
		if key := s.Getenv(name); key != "" || where.On == "local" {
			return key
		}
		return "there" // keys are in the environment of the nodes
	})
	if err != nil {
		return err
	}
	env, err := jobEnv(s.settings.Cluster.Env, keysOf(study))
	if err != nil {
		return err
	}
	unlock, err := runner.Lock(dir)
	if err != nil {
		return err
	}
	defer unlock() //nolint:errcheck // the system lets go of it in any case
	ctx, done := s.interruptible(ctx)
	defer done()
	b, closeAll, err := s.batch(ctx, study, dir, opts, where, env)
	if err != nil {
		return err
	}
	defer closeAll()
	if opts.cancel {
		return s.cancelStudy(ctx, b, dir)
	}
	if keys := keysOf(study); len(keys) > 0 && where.On != "local" {
		fmt.Fprintf(s.Stderr, "note: runs need %s in their environment there; let a line of cluster.setup read it, such as `. ~/.gorod-keys`\n", strings.Join(keys, ", "))
	}
	queued, err := b.Submit(ctx)
	if err != nil {
		return s.notQueued(ctx, dir, err)
	}
	s.printQueued(dir, queued)
	if opts.detach {
		return nil
	}
	return s.followStudy(ctx, b, dir, !opts.noReport)
}

// notQueued says what to do about a submission that failed.
func (s *State) notQueued(ctx context.Context, dir string, err error) error {
	next := "gorod run --resume " + dir
	switch {
	case ctx.Err() != nil:
		return stopped{"stopped before it was queued", next}
	case errors.Is(err, batch.ErrElsewhere):
		return fmt.Errorf("nothing was queued: %w", err)
	case cluster.IsKind(err, cluster.Rejected):
		return usagef("nothing was queued: %w\nmend it and go on with: %s --cluster KEY=VALUE", err, next)
	default:
		return fmt.Errorf("%w\ngo on with: %s", err, next)
	}
}

func (s *State) printQueued(dir string, q batch.Queued) {
	if s.json {
		s.printJSON(map[string]any{"event": "queued", "study": dir, "job": q.Job, "queued": q.Runs, "going": q.Going, "done": q.Done})
		return
	}
	if q.Runs > 0 {
		fmt.Fprintf(s.Stdout, "%s queued as job %s\n", plural(q.Runs, "run", "runs"), q.Job)
	}
	fmt.Fprintf(s.Stdout, "runs:   %s\nfollow them, or queue again what failed: gorod run --resume %s\n", dir, dir)
}

// followStudy waits for the end, and ends as a study does that ran here.
func (s *State) followStudy(ctx context.Context, b *batch.Batch, dir string, withReport bool) error {
	shown := newTasks(s, len(b.Runs()))
	results, err := b.Follow(ctx, shown)
	shown.close()
	if ctx.Err() != nil {
		return stopped{"no longer followed; its jobs run on", "gorod run --resume " + dir}
	}
	if len(results) == 0 {
		return err
	}
	return errors.Join(s.finishStudy(ctx, dir, results, withReport), err)
}

func (s *State) cancelStudy(ctx context.Context, b *batch.Batch, dir string) error {
	n, err := b.Cancel(ctx)
	if err != nil {
		return err
	}
	switch {
	case s.json:
		s.printJSON(map[string]any{"event": "cancelled", "study": dir, "runs": n})
	case n == 0:
		fmt.Fprintf(s.Stdout, "no run of %s is queued or at work: there is nothing to cancel\n", dir)
	default:
		fmt.Fprintf(s.Stdout, "%s cancelled; what was committed is kept: gorod run --resume %s\n", plural(n, "run", "runs"), dir)
	}
	return nil
}

// batch connects to the cluster of a study.
func (s *State) batch(ctx context.Context, study *spec.Study, dir string, opts runOptions, where batch.Where, env map[string]string) (*batch.Batch, func(), error) {
	c := s.settings.Cluster
	on, err := s.connect(place{on: where.On, via: where.Via, host: where.Host, jobs: s.settings.Runs})
	if err != nil {
		return nil, nil, err
	}
	closeAll := func() {
		if err := on.Close(); err != nil {
			s.log.Warn("close the cluster", "error", err)
		}
	}
	o := batch.Options{
		Runner:  runner.Options{Study: study, Dir: dir, Catalog: s.catalog(), Version: s.Version, Now: s.Now, Log: s.log},
		Cluster: on, Where: where, Root: c.Dir, Shared: where.On == "local" || c.Dir == "", Self: s.Self, Gorod: c.Gorod,
		Plugins: s.settings.Plugins, Exists: on.exists,
		Resources: cluster.Resources{
			Nodes: 1, CPUs: c.CPUs, GPUs: c.GPUs, MemoryMB: c.Memory * 1000, Time: c.Time,
			Partition: c.Partition, Account: c.Account, Constraint: c.Constraint,
		},
		Parallel: c.Parallel, Setup: c.Setup, Env: env,
	}
	if opts.resume != "" {
		o.Set = opts.set
	}
	if o.Shared {
		o.Root = filepath.ToSlash(filepath.Dir(absolute(dir)))
	}
	if opts.parallel > 0 {
		o.Parallel = opts.parallel
	}
	b, err := batch.Open(ctx, o)
	if err != nil {
		closeAll()
	}
	return b, closeAll, err
}

// keysOf are the variables that hold the keys of a study's models.
func keysOf(study *spec.Study) []string {
	names := map[string]bool{}
	cells, _ := study.Cells() // it was planned before
	for _, cell := range cells {
		for _, m := range cell.Study.Models {
			if m.APIKeyEnv != "" {
				names[m.APIKeyEnv] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// jobEnv reads NAME=value, and refuses keys: a job's script is no place for them.
func jobEnv(pairs, keys []string) (map[string]string, error) {
	env := map[string]string{}
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		switch {
		case !ok:
			return nil, usagef("settings: cluster.env holds NAME=value, not %.40q", pair)
		case slices.Contains(keys, name):
			return nil, usagef("settings: cluster.env sets %s, the key of a model, which would stand in the job's script: let a line of cluster.setup read it on the cluster, such as `. ~/.gorod-keys`", name)
		}
		env[name] = value
	}
	return env, nil
}
