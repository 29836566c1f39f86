package cli

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/journal/export"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/runner"
)

func exportCommand(s *State) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "export RUN",
		Short: "Write events, messages, answers, scores, model calls and more as Parquet, for DuckDB, pandas and R",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return exportRuns(cmd.Context(), s, args[0], out) },
	}
	cmd.Flags().StringVar(&out, "out", "", "folder to write to (default RUN/export)")
	return cmd
}

func exportRuns(ctx context.Context, s *State, path, out string) error {
	_, runs, err := s.findRuns(path)
	if err != nil {
		return err
	}
	if out == "" {
		out = filepath.Join(path, runner.ExportDir)
	}
	sources := make([]export.Source, len(runs))
	for i, run := range runs {
		sources[i] = export.Source{Journal: filepath.Join(run.Dir, runner.JournalFile)}
		for _, e := range run.Cell.Study.Extract {
			sources[i].Extracts = append(sources[i].Extracts, export.Extraction{Name: e.Name, Schema: e.Schema})
		}
		if run.Cell.Study.Cassette != string(cassette.Off) {
			sources[i].Calls = recordedCalls(filepath.Join(run.Dir, runner.CassetteFile))
		}
	}
	told := s.Now()
	err = export.Run(ctx, sources, out, func(p export.Progress) {
		if s.json || s.Now().Sub(told) < 2*time.Second {
			return
		}
		told = s.Now()
		fmt.Fprintf(s.Stderr, "run %d of %d: %d of %d events\n", p.Run, p.Runs, p.Events, p.Total)
	})
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"export": out, "runs": len(runs)})
	} else {
		fmt.Fprintf(s.Stdout, "export: %s (%s)\n", out, plural(len(runs), "run", "runs"))
	}
	return nil
}

// recordedCalls are the calls of a cassette with their prompts.
func recordedCalls(path string) func(context.Context) iter.Seq2[export.Call, error] {
	return func(ctx context.Context) iter.Seq2[export.Call, error] {
		return func(yield func(export.Call, error) bool) {
			calls, err := cassette.Open(ctx, path, cassette.Replay)
			if err != nil {
				yield(export.Call{}, err)
				return
			}
			defer calls.Close() // read only: nothing to lose
			for c, err := range calls.Calls(ctx) {
				if !yield(export.Call{
					Tick: c.Tick, Agent: c.Agent, Purpose: c.Purpose, Index: c.Index, Attempt: c.Attempt, Model: c.Model,
					Endpoint: c.Endpoint, PromptTokens: c.PromptTokens, ReplyTokens: c.ReplyTokens, Latency: c.Latency,
					Key: c.Key, Prompt: c.Prompt, Reply: c.Reply,
				}, err) || err != nil {
					return
				}
			}
		}
	}
}
