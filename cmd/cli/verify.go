package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
)

func verifyCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use:   "verify RUN",
		Short: "Replay runs from their cassettes, with no model, and compare digests",
		Long: `Replay a run from its cassette, with no model at all, and compare the digest of
its events, and of those that its journal holds. RUN is a study's run directory
(every run in it is verified) or the folder of one run in it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return verify(cmd.Context(), s, args[0]) },
	}
}

func verify(ctx context.Context, s *State, path string) error {
	study, planned, err := s.findRuns(path)
	if err != nil {
		return err
	}
	bad := 0
	var unread []error
	for _, p := range planned {
		v, err := runner.Verify(ctx, runner.Options{
			Study: study, Catalog: s.catalog(), Getenv: s.Getenv, Version: s.Version, Now: s.Now, Log: s.log,
			Observer: silent{},
		}, p)
		if err != nil {
			unread = append(unread, fmt.Errorf("verify %s: %w", p.Dir, err))
			continue
		}
		if !v.OK {
			bad++
		}
		s.verified(v)
	}
	if bad > 0 {
		unread = append(unread, fmt.Errorf("%d of %s did not replay to the same digest: gorod, a plugin or a file of the run was changed since",
			bad, plural(len(planned), "run", "runs")))
	}
	return errors.Join(unread...)
}

func (s *State) verified(v runner.Verdict) {
	if s.json {
		s.printJSON(v)
		return
	}
	word := "ok"
	switch {
	case v.OK:
	case v.Digest == v.Want:
		word = "replayed, but the events in the journal are OTHERS: they were changed since"
	default:
		word = "DIFFERS, the run's is " + short(v.Want)
	}
	fmt.Fprintf(s.Stdout, "%s: %s %s (%d ticks, %s)\n", v.Dir, short(v.Digest), word, v.Ticks,
		plural(int(v.ModelCalls), "model call", "model calls"))
}

// findRuns reads the study of a run directory, or of the folder of one run in
// one, and lists the runs that path means and that have begun.
func (s *State) findRuns(path string) (*spec.Study, []runner.Planned, error) {
	path = filepath.Clean(path)
	load := spec.Options{Plugins: s.catalog()}
	dir := path
	study, err := runner.Load(dir, load)
	if errors.Is(err, runner.ErrNoStudy) {
		dir = filepath.Dir(filepath.Dir(path))
		study, err = runner.Load(dir, load)
	}
	if errors.Is(err, runner.ErrNoStudy) {
		return nil, nil, usagef("%s is neither a run directory nor a run in one (`gorod ls` lists them)", path)
	}
	if err != nil {
		return nil, nil, err
	}
	planned, err := runner.Plan(study, dir)
	if err != nil {
		return nil, nil, err
	}
	var begun []runner.Planned
	for _, p := range planned {
		if (path == dir || p.Dir == path) && p.Begun() {
			begun = append(begun, p)
		}
	}
	if len(begun) == 0 {
		return nil, nil, usagef("%s: no run has begun there", path)
	}
	return study, begun, nil
}

// silent tells nobody anything.
type silent struct{}

var _ runner.Observer = silent{}

func (silent) Started(runner.Planned, int)                       {}
func (silent) Ticked(runner.Planned, sim.Progress, runner.Usage) {}
func (silent) Ended(runner.Planned, runner.Result)               {}
