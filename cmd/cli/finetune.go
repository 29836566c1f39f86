package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/finetune/estimate"
	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/launch"
	"github.com/llm-city/gorod/finetune/registry"
)

func finetuneCommand(s *State) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "finetune",
		Short: "Fine-tune a model on a cluster, and bring it home to Ollama",
		Long: `Fine-tune a model on this machine or on a Slurm cluster, and bring it home to Ollama.
Where an ID is wanted, its beginning will do, or the NAME of the job: that is the
newest one of the name.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		finetuneEstimateCommand(s), finetuneSubmitCommand(s), finetuneLsCommand(s), finetuneWatchCommand(s), finetuneLogsCommand(s),
		finetuneShowCommand(s), finetuneCancelCommand(s), finetuneResumeCommand(s), finetuneImportCommand(s), finetuneChatCommand(s), finetuneSuperviseCommand(s),
	)
	return cmd
}

type finetuneOptions struct {
	file   string
	set    []string
	card   string
	config string
	watch  bool
	force  bool
}

func finetuneEstimateCommand(s *State) *cobra.Command {
	var opts finetuneOptions
	cmd := &cobra.Command{
		Use:   "estimate JOB",
		Short: "Tell the memory, time and cost of a fine-tuning before anything is queued",
		Long: `Tell what a fine-tuning takes: memory of each GPU by part, time, cost, the smallest
card that does. Exit 1 where it cannot fit, with the knobs to turn.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			opts.file = args[0]
			return s.finetuneEstimate(opts)
		},
	}
	cmd.Flags().StringArrayVar(&opts.set, "set", nil, "override a value of the job: `path=value`, may be repeated")
	cmd.Flags().StringVar(&opts.config, "config", "", "config.json of the base model, a `file`, where the model is not here and not known")
	cmd.Flags().StringVar(&opts.card, "card", "", "`card` that times are told for, such as t4 or a100-40")
	return cmd
}

func (s *State) finetuneEstimate(opts finetuneOptions) error {
	j, err := job.Load(opts.file, opts.set...)
	if err != nil {
		return err
	}
	s.warn(j)
	r, err := estimate.Estimate(j, estimate.Options{Card: opts.card, Config: opts.config})
	if err != nil {
		return fmt.Errorf("finetune estimate: %w", err)
	}
	if s.json {
		s.printJSON(r)
	} else if err := r.Write(s.Stdout); err != nil {
		return err
	}
	if err := r.Err(); err != nil {
		return fmt.Errorf("finetune estimate: %w", err)
	}
	return nil
}

// warn tells what is odd about a job.
func (s *State) warn(j *job.Job) {
	for _, w := range j.Warnings() {
		fmt.Fprintln(s.Stderr, "warning: "+printable(w.String()))
	}
}

func finetuneSubmitCommand(s *State) *cobra.Command {
	var opts finetuneOptions
	cmd := &cobra.Command{
		Use:   "submit JOB",
		Short: "Queue a fine-tuning: training, the merge of the adapter into its base, and the notice of its end",
		Example: `  gorod finetune submit experiments/finetune-tiny.yaml --watch
  gorod finetune submit mine.yaml --set training.lr=1e-4`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.file = args[0]
			return finetuneSubmit(cmd.Context(), s, opts)
		},
	}
	cmd.Flags().StringArrayVar(&opts.set, "set", nil, "override a value of the job: `path=value`, may be repeated")
	cmd.Flags().BoolVar(&opts.watch, "watch", false, "follow it until it has ended")
	cmd.Flags().BoolVar(&opts.force, "force", false, "queue a job that the estimate says cannot fit")
	return cmd
}

func finetuneSubmit(ctx context.Context, s *State, opts finetuneOptions) error {
	text, err := job.Read(opts.file)
	if err != nil {
		return err
	}
	j, err := job.Parse(opts.file, text, opts.set...)
	if err != nil {
		return err
	}
	if err := j.Ready(); err != nil {
		return err
	}
	s.warn(j)
	request := launch.Request{Job: j, YAML: string(text), File: absolute(opts.file), Set: opts.set, Dataset: datasetDigest(j.Dataset.Path)}
	if request.Estimate, err = s.fits(j, opts.force); err != nil {
		return err
	}
	if request.Webhook, err = launch.Webhook(j, s.Getenv); err != nil {
		return err
	}
	ctx, done := s.interruptible(ctx)
	defer done()
	l, closeAll, err := s.launcher(ctx, j.Cluster)
	if err != nil {
		return err
	}
	defer closeAll()
	known, err := l.Submit(ctx, request)
	if known != nil {
		s.submitted(known, err == nil)
	}
	if cluster.IsKind(err, cluster.Rejected) { // the file asks for what is not to be had
		return usagef("finetune submit: %w", err)
	}
	if err != nil {
		if known != nil && ctx.Err() != nil {
			return stopped{"stopped", "gorod finetune resume " + known.ID}
		}
		return fmt.Errorf("finetune submit: %w", err)
	}
	if opts.watch {
		return s.follow(ctx, l, known.ID)
	}
	return nil
}

func (s *State) submitted(j *registry.Job, ok bool) {
	id, dir := j.ID, j.Cluster.Dir
	switch {
	case s.json:
		s.printJSON(map[string]any{"event": "submitted", "id": id, "dir": dir, "queued": ok})
	case ok:
		fmt.Fprintf(s.Stdout, "%s queued in %s\nfollow it: gorod finetune watch %s\n", id, dir, id)
	case j.Done():
		fmt.Fprintf(s.Stdout, "%s was not queued: mend the file and submit it again\n", id)
	default:
		fmt.Fprintf(s.Stdout, "%s was written down but not wholly queued; go on with: gorod finetune resume %s\n", id, id)
	}
}

// fits estimates a job and refuses one that cannot fit. It returns what each GPU
// needs in GB; 0 where that is not known.
func (s *State) fits(j *job.Job, force bool) (float64, error) {
	r, err := estimate.Estimate(j, estimate.Options{})
	if err != nil {
		fmt.Fprintf(s.Stderr, "warning: it is not known whether it fits: %v (gorod finetune estimate has --config)\n", err)
		return 0, nil
	}
	var large *estimate.TooLarge
	if err := r.Err(); errors.As(err, &large) && !force {
		return 0, fmt.Errorf("finetune submit: %w (--force queues it all the same)", err)
	}
	return float64(r.Needed) / 1e9, nil
}
