package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
)

type showOptions struct {
	path   string
	events bool
	agent  string
	kinds  []string
	tick   int64
}

func showCommand(s *State) *cobra.Command {
	var opts showOptions
	cmd := &cobra.Command{
		Use:   "show RUN",
		Short: "Say how a study's runs stand, or print the events of a run",
		Example: `  gorod show runs/quickstart-20260302-080000
  gorod show --events --agent Анна --kind action runs/quickstart-20260302-080000/base/42`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.path = args[0]
			return show(cmd.Context(), s, opts)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&opts.events, "events", false, "print events, a line of JSON each")
	f.StringVar(&opts.agent, "agent", "", "only this resident's events: an id or a name")
	f.StringSliceVar(&opts.kinds, "kind", nil, "only events of these kinds: told, heard, exposure, mood, plan, action, invalid")
	f.Int64Var(&opts.tick, "tick", -1, "only events of this tick")
	return cmd
}

func show(ctx context.Context, s *State, opts showOptions) error {
	if !opts.events && (opts.agent != "" || len(opts.kinds) > 0 || opts.tick >= 0) {
		return usagef("show: --agent, --kind and --tick choose among --events")
	}
	study, runs, err := s.findRuns(opts.path)
	if err != nil {
		return err
	}
	if opts.events {
		for _, run := range runs {
			if err := s.printEvents(ctx, run, opts); err != nil {
				return err
			}
		}
		return nil
	}
	return s.printStanding(ctx, study, filepath.Dir(filepath.Dir(runs[0].Dir)))
}

func (s *State) printStanding(ctx context.Context, study *spec.Study, dir string) error {
	standing, err := runner.Standing(ctx, study, dir)
	if err != nil {
		return err
	}
	manifest, err := runner.ReadManifest(dir)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"study": study.Name, "dir": dir, "manifest": manifest, "runs": standing})
		return nil
	}
	fmt.Fprintf(s.Stdout, "%s: %s\n", study.Name, describe(study))
	if study.Description != "" {
		fmt.Fprintln(s.Stdout, strings.TrimSpace(study.Description))
	}
	for _, name := range sortedKeys(manifest.Models) {
		m := manifest.Models[name]
		fmt.Fprintf(s.Stdout, "model %s: %s\n", name, strings.TrimSpace(m.Provider+" "+m.Model+" "+short(m.Digest)))
	}
	s.printResults(dir, "", standing)
	return nil
}

// printEvents prints what a run's journal holds, with the agent's name.
func (s *State) printEvents(ctx context.Context, run runner.Planned, opts showOptions) error {
	book, err := journal.OpenReadOnly(ctx, filepath.Join(run.Dir, runner.JournalFile))
	if err != nil {
		return err
	}
	defer book.Close() // read only: nothing to lose
	filter, err := filterOf(book.Meta(), opts)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, r := range book.Meta().Residents {
		names[r.ID] = r.Name
	}
	for e, err := range book.Events(ctx, filter) {
		if err != nil {
			return err
		}
		s.printJSON(struct {
			Cell string `json:"cell"`
			Seed uint64 `json:"seed"`
			event.Event
			Name string          `json:"name,omitempty"`
			Data json.RawMessage `json:"data"`
		}{run.Cell.Name, run.Seed, e, names[e.Agent], e.Data})
	}
	return nil
}

func filterOf(meta journal.Meta, opts showOptions) (journal.Filter, error) {
	var f journal.Filter
	if opts.tick >= 0 {
		f.From, f.To = opts.tick, opts.tick+1
	}
	for _, k := range opts.kinds {
		f.Kinds = append(f.Kinds, event.Kind(k))
	}
	if opts.agent == "" {
		return f, nil
	}
	for _, r := range meta.Residents {
		if r.ID == opts.agent || strings.EqualFold(r.Name, opts.agent) {
			f.Agent = r.ID
			return f, nil
		}
	}
	return f, usagef("no resident %q in this run", opts.agent)
}
