package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/eval/annotate"
	"github.com/llm-city/gorod/eval/report/evaluation"
	"github.com/llm-city/gorod/eval/runner"
	"github.com/llm-city/gorod/eval/task/all"
)

type evalAnnotateOptions struct {
	annotate.Options
	ask    []string
	listen string
}

func evalAnnotateCommand(s *State) *cobra.Command {
	var opts evalAnnotateOptions
	cmd := &cobra.Command{
		Use:   "annotate DIR",
		Short: "Have people judge replies on a local page, without being told who wrote them",
		Long: `Have people judge replies on a local page, without being told who wrote them:
pairs (which of two replies is better), own (which of two the person really
wrote), marks (by the rubrics of the suite's judges, 1 to 5). Every answer is kept
at once in DIR/annotations.jsonl and counted in the report by: gorod eval report DIR`,
		Example: `  gorod eval annotate evals/eval-finetune-20260302-080000 --limit 100
  gorod eval annotate evals/eval-finetune-20260302-080000 --task dialogue --ask marks --as Анна`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Dir = filepath.Clean(args[0])
			return s.evalAnnotate(cmd.Context(), opts)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.Task, "task", "", "`name` of the only task to annotate")
	f.IntVar(&opts.Limit, "limit", 0, "most questions, drawn at random; 0 is all")
	f.StringSliceVar(&opts.ask, "ask", []string{"pairs", "own"}, "questions: pairs, own, marks")
	f.StringVar(&opts.As, "as", "", "`name` of who annotates; without it the page asks each")
	f.StringVar(&opts.listen, "listen", "127.0.0.1:0", "`address` of the page; port 0 is any that is free")
	return cmd
}

func (s *State) evalAnnotate(ctx context.Context, opts evalAnnotateOptions) (err error) {
	if opts.Limit < 0 {
		return usagef("eval annotate: --limit %d: write how many questions, or 0 for all", opts.Limit)
	}
	for _, word := range opts.ask {
		if !slices.Contains(annotate.Asks(), annotate.Ask(word)) {
			return usagef("eval annotate: --ask %q: it is one of %v", word, annotate.Asks())
		}
		opts.Ask = append(opts.Ask, annotate.Ask(word))
	}
	opts.Now, opts.Log, opts.Kinds = s.Now, s.log, all.Kinds()
	session, err := annotate.Open(ctx, opts.Options)
	if nothing, known := errors.AsType[annotate.NoQuestions](err); known {
		return usageError{nothing}
	}
	if errors.Is(err, runner.ErrNoEvaluation) || errors.Is(err, evaluation.ErrNotDone) || errors.Is(err, annotate.ErrBusy) || errors.Is(err, annotate.ErrName) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	ctx, done := s.interruptible(ctx)
	defer done()
	if err := s.serveAnnotation(ctx, session, opts.listen); err != nil {
		return err
	}
	s.annotated(opts.Dir, session.Summary())
	return nil
}

// serveAnnotation shows the page until it is interrupted.
func (s *State) serveAnnotation(ctx context.Context, session *annotate.Session, address string) error {
	server, err := annotate.NewServer(session)
	if err != nil {
		return err
	}
	listener, local, err := annotate.Listen(ctx, address)
	if err != nil {
		return usageError{err}
	}
	if !local {
		s.log.Warn("the page is not only for this machine: whoever has its address with the key can read the replies and answer, and it is not encrypted", "address", listener.Addr().String())
	}
	at := "http://" + listener.Addr().String() + server.Path()
	if s.json {
		s.printJSON(map[string]any{"event": "listening", "url": at, "questions": session.Questions()})
	} else {
		fmt.Fprintf(s.Stdout, "%s; open: %s\nCtrl-C ends it; every answer is kept at once\n", plural(session.Questions(), "question", "questions"), at)
	}
	return server.Serve(ctx, listener)
}

func (s *State) annotated(dir string, sum annotate.Summary) {
	if s.json {
		s.printJSON(map[string]any{"event": "done", "evaluation": dir, "annotators": sum.Annotators, "agreement": sum.Agreement})
		return
	}
	if len(sum.Annotators) == 0 {
		fmt.Fprintln(s.Stdout, "nobody has answered anything")
		return
	}
	table := newTable("annotator", "answered", "of")
	for _, a := range sum.Annotators {
		table.row(flat(a.Name), fmt.Sprint(a.Answered), fmt.Sprint(a.Of))
	}
	table.write(s.Stdout)
	for _, g := range sum.Agreement {
		alpha := "not computed: " + strings.ReplaceAll(string(g.Alpha.Why), "-", " ")
		if g.Alpha.Why == "" {
			alpha = fmt.Sprintf("%.2f of %s", g.Alpha.Value, plural(g.Alpha.N, "question", "questions"))
		}
		fmt.Fprintf(s.Stdout, "agreement of annotators on %s, %s (Krippendorff's alpha): %s\n", flat(g.Task), flat(g.Measure), alpha)
	}
	fmt.Fprintf(s.Stdout, "count them in the report: gorod eval report %s\n", dir)
}
