package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/report"
)

func reportCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use:   "report DIR",
		Short: "Write the report of a study again: report.html, report.md, data/*.csv",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := writeReport(cmd.Context(), s, filepath.Clean(args[0]))
			if err != nil {
				return err
			}
			if s.json {
				s.printJSON(map[string]string{"report": file})
			} else {
				fmt.Fprintln(s.Stdout, "report:", file)
			}
			return nil
		},
	}
}

// writeReport writes the report of a study and gives the path of its page.
func writeReport(ctx context.Context, s *State, dir string) (string, error) {
	study, err := runner.Load(dir, spec.Options{Plugins: s.catalog()})
	if err != nil {
		return "", err
	}
	runs, err := runner.Plan(study, dir)
	if err != nil {
		return "", err
	}
	in, err := s.reportOf(study, dir)
	if err != nil {
		return "", err
	}
	for _, planned := range runs {
		if !planned.Begun() {
			continue
		}
		run, closeRun, err := reportRun(ctx, planned)
		if errors.Is(err, journal.ErrNoRun) {
			continue
		}
		if err != nil {
			return "", err
		}
		defer closeRun()
		in.Runs = append(in.Runs, run)
	}
	files, err := report.Write(ctx, dir, in)
	return files.HTML, err
}

// reportOf is what a report says of the study as a whole.
func (s *State) reportOf(study *spec.Study, dir string) (report.Study, error) {
	manifest, err := runner.ReadManifest(dir)
	if err != nil {
		return report.Study{}, err
	}
	in := report.Study{
		Name: study.Name, Title: study.Report.Title, Description: strings.TrimSpace(study.Description), Language: study.Language,
		Generated: s.Now(), GorodVersion: s.Version, Measures: study.Measures,
		Questions: questionsOf(study), Propositions: propositionsOf(study),
	}
	if in.Metrics, err = metricsOf(study, s.catalog()); err != nil {
		return report.Study{}, err
	}
	for _, name := range sortedKeys(manifest.Models) {
		m := manifest.Models[name]
		if name == spec.BuiltinEmbedding {
			continue // it answers nobody; texts are compared with it
		}
		in.Providers = append(in.Providers, report.Provider{Entry: name, Provider: m.Provider, Model: m.Model, Digest: m.Digest})
	}
	return in, nil
}

// reportRun opens a run for its report. The function that it returns closes it.
func reportRun(ctx context.Context, p runner.Planned) (report.Run, func(), error) {
	book, err := journal.OpenReadOnly(ctx, filepath.Join(p.Dir, runner.JournalFile))
	if err != nil {
		return report.Run{}, nil, err
	}
	closeBook := func() { book.Close() } // read only: nothing to lose
	run, err := describeRun(ctx, p, book)
	if err != nil {
		closeBook()
		return report.Run{}, nil, err
	}
	return run, closeBook, nil
}

func describeRun(ctx context.Context, p runner.Planned, book *journal.Journal) (report.Run, error) {
	standing, err := runner.StandingOf(ctx, p)
	if err != nil {
		return report.Run{}, err
	}
	incidents, err := book.Incidents(ctx)
	if err != nil {
		return report.Run{}, err
	}
	calls, err := callStats(ctx, p)
	if err != nil {
		return report.Run{}, err
	}
	clock := p.Cell.Study.Clock
	run := report.Run{
		Cell: p.Cell.Name, Values: p.Cell.Values, Seed: p.Seed, Digest: standing.Digest, Status: string(standing.Status),
		Error: standing.Error, Ticks: standing.Ticks, Clock: report.Clock{Start: clock.Start, Step: clock.Step, Ticks: int64(clock.Ticks)},
		Events: book.Events(ctx, journal.Filter{}), Calls: calls, Incidents: incidents,
		Answers: book.Answers(ctx), Scores: book.Scores(ctx), Extracts: book.Extracts(ctx),
	}
	if town := p.Cell.Study.Environment.Town; town != nil {
		run.Goal = town.Goal.Measurable()
	}
	for _, r := range book.Meta().Residents {
		run.Residents = append(run.Residents, report.Resident{ID: r.ID, Name: r.Name, Group: r.Group})
	}
	return run, nil
}

// callStats adds up the calls in a run's cassette.
func callStats(ctx context.Context, p runner.Planned) ([]report.CallStat, error) {
	if p.Cell.Study.Cassette == string(cassette.Off) {
		return nil, nil
	}
	calls, err := cassette.Open(ctx, filepath.Join(p.Dir, runner.CassetteFile), cassette.Replay)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // it was stopped before its first call
	}
	if err != nil {
		return nil, err
	}
	defer calls.Close() // read only: nothing to lose
	type key struct {
		model, purpose string
		tick           int64
	}
	sums := map[key]*report.CallStat{}
	var order []*report.CallStat
	for c, err := range calls.Calls(ctx) {
		if err != nil {
			return nil, err
		}
		k := key{c.Model, c.Purpose, c.Tick}
		if sums[k] == nil {
			sums[k] = &report.CallStat{Model: c.Model, Purpose: c.Purpose, Tick: c.Tick}
			order = append(order, sums[k])
		}
		sum := sums[k]
		sum.Calls++
		sum.PromptTokens += int64(c.PromptTokens)
		sum.ReplyTokens += int64(c.ReplyTokens)
		sum.Latency += c.Latency
	}
	stats := make([]report.CallStat, len(order))
	for i, sum := range order {
		stats[i] = *sum
	}
	slices.SortStableFunc(stats, func(a, b report.CallStat) int { return int(a.Tick - b.Tick) })
	return stats, nil
}
