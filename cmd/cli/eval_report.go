package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/eval/report/evaluation"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/task/all"
)

func evalReportCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use:   "report DIR",
		Short: "Write the report of an evaluation again: HTML, Markdown, LaTeX, figures, CSV",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			defer s.soon("writing the report")()
			file, err := s.writeEvaluation(cmd.Context(), filepath.Clean(args[0]))
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

// writeEvaluation writes the report of an evaluation and gives the path of its
// page.
func (s *State) writeEvaluation(ctx context.Context, dir string) (string, error) {
	in, err := s.openEvaluation(ctx, dir)
	if err != nil {
		return "", err
	}
	in.Generated, in.GorodVersion = s.Now(), s.Version
	return evaluation.Write(dir, in)
}

func (s *State) openEvaluation(ctx context.Context, dir string) (evaluation.Evaluation, error) {
	in, err := evaluation.Open(ctx, dir, all.Kinds())
	if errors.Is(err, runner.ErrNoEvaluation) || errors.Is(err, evaluation.ErrNotDone) {
		return in, usageError{err}
	}
	return in, err
}

// notDone says that an evaluation's rows are not there yet, and how to get them.
func notDone(dir string) error {
	return fmt.Errorf("%s: %w; go on with: gorod eval run --resume %[1]s", dir, evaluation.ErrNotDone)
}

// soon says what is being done if it takes longer than a moment, on a terminal or
// in a log; the function that it returns ends it.
func (s *State) soon(what string) func() {
	if s.json {
		return func() {}
	}
	timer := time.AfterFunc(2*time.Second, func() { fmt.Fprintln(s.Stderr, what+"…") })
	return func() { timer.Stop() }
}

func evalVerifyCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use:   "verify DIR",
		Short: "Compute every number of an evaluation's report again from its rows, and say which differ",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.evalVerify(cmd.Context(), filepath.Clean(args[0]))
		},
	}
}

func (s *State) evalVerify(ctx context.Context, dir string) error {
	if m, err := runner.ReadManifest(dir); err != nil {
		return usageError{err}
	} else if !m.Done() {
		return usageError{notDone(dir)}
	}
	defer s.soon("computing every number again")()
	stamp, err := evaluation.ReadStamp(dir)
	if errors.Is(err, evaluation.ErrNoReport) {
		return usagef("%s has no report to verify: write it with: gorod eval report %[1]s", dir)
	}
	if err != nil {
		return err
	}
	changed, err := changedRows(dir)
	if err != nil {
		return err
	}
	in, err := s.openEvaluation(ctx, dir)
	if err != nil {
		return err
	}
	in.Generated, in.GorodVersion, in.Models = stamp.Generated, stamp.GorodVersion, stamp.Models
	found, err := evaluation.Verify(dir, in)
	if err != nil {
		return err
	}
	s.verifiedEvaluation(dir, found, changed)
	if n := len(found.Differences) + found.More; n > 0 || len(changed) > 0 {
		return fmt.Errorf("%s: the report is not what the rows say (%s, %s changed)", dir, plural(n, "difference", "differences"), plural(len(changed), "file of rows", "files of rows"))
	}
	return nil
}

// changedRows are the files of rows that are not those that the evaluation wrote.
func changedRows(dir string) ([]string, error) {
	m, err := runner.ReadManifest(dir)
	if err != nil {
		return nil, usageError{err}
	}
	return m.Changed(dir)
}

func (s *State) verifiedEvaluation(dir string, found evaluation.Checked, changed []string) {
	if s.json {
		s.printJSON(map[string]any{
			"evaluation": dir, "files": found.Files, "numbers": found.Numbers, "differences": listed(found.Differences), "more": found.More, "changed_rows": listed(changed),
		})
		return
	}
	for _, name := range changed {
		fmt.Fprintf(s.Stdout, "%s: not the file that the evaluation wrote: its SHA-256 is another than in %s\n", filepath.Join(dir, name), runner.ManifestFile)
	}
	table := newTable("where", "printed", "by the rows", "line")
	for _, d := range found.Differences {
		table.row(fmt.Sprintf("%s:%d", d.File, d.Line), flat(orDash(d.Printed)), flat(orDash(d.Rows)), flat(cutTo(d.Context, 70)))
	}
	if len(found.Differences) > 0 {
		table.write(s.Stdout)
	}
	if found.More > 0 {
		fmt.Fprintf(s.Stdout, "and %d more\n", found.More)
	}
	word := "all as the rows give them"
	if n := len(found.Differences) + found.More; n > 0 {
		word = plural(n, "differs", "differ")
	}
	fmt.Fprintf(s.Stdout, "%s: %s in %s: %s\n", dir, plural(found.Numbers, "number", "numbers"), plural(found.Files, "file", "files"), word)
}

// listed is a list in JSON where there is nothing, too.
func listed[T any](all []T) []T { return append([]T{}, all...) }

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func cutTo(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
