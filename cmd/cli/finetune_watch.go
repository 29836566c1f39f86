package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/finetune/launch"
	"github.com/llm-city/gorod/finetune/registry"
)

func finetuneLsCommand(s *State) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "ls", Short: "List fine-tunings, the newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.finetuneLs(cmd.Context(), all) },
	}
	cmd.Flags().BoolVar(&all, "all", false, "all of them and not the last twenty")
	return cmd
}

func (s *State) finetuneLs(ctx context.Context, all bool) error {
	r, err := s.registry(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it was read from
	filter := registry.Filter{Limit: 20}
	if all {
		filter.Limit = 0
	}
	jobs, err := r.List(ctx, filter)
	if err != nil {
		return err
	}
	table := newTable("id", "name", "made", "cluster", "state", "step", "loss", "held out")
	for _, j := range jobs {
		if s.json {
			s.printJSON(j)
			continue
		}
		p, err := r.Tail(j.ID, 0).Progress(ctx)
		if err != nil {
			return err
		}
		table.row(j.ID, flat(j.Name), j.Created.Local().Format("2006-01-02 15:04"), where(j.Cluster), string(j.State()),
			steps(p), figure(p.Loss), figure(p.EvalLoss))
	}
	switch {
	case s.json:
	case len(jobs) == 0:
		fmt.Fprintln(s.Stdout, "no fine-tunings yet; begin with: gorod finetune estimate experiments/finetune-tiny.yaml")
	default:
		table.write(s.Stdout)
	}
	return nil
}

func where(c registry.Cluster) string {
	if c.Kind == "local" {
		return "here"
	}
	if c.Host == "" {
		return c.Kind
	}
	return c.Kind + " " + flat(c.Host)
}

func steps(p registry.Progress) string {
	if p.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", p.Step, p.Of)
}

func figure(x *float64) string {
	if x == nil {
		return ""
	}
	return fmt.Sprintf("%.3f", *x)
}

// ofJob runs what is done with a fine-tuning named by its id or name, until
// somebody interrupts it.
func (s *State) ofJob(do func(ctx context.Context, l *launch.Launcher, known *registry.Job) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ctx, done := s.interruptible(cmd.Context())
		defer done()
		l, known, closeAll, err := s.launcherOf(ctx, args[0])
		if err != nil {
			return err
		}
		defer closeAll()
		return do(ctx, l, known)
	}
}

func finetuneWatchCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use: "watch ID|NAME", Short: "Follow a fine-tuning until it has ended: states, the queue's reason, the loss", Args: cobra.ExactArgs(1),
		RunE: s.ofJob(func(ctx context.Context, l *launch.Launcher, known *registry.Job) error {
			return s.follow(ctx, l, known.ID)
		}),
	}
}

// watchEvery is how often the cluster is asked.
const watchEvery = 2 * time.Second

// follow shows a job until it has ended. A cluster that cannot be reached is
// asked again.
func (s *State) follow(ctx context.Context, l *launch.Launcher, id string) error {
	w, tail := &watcher{s: s}, l.Registry.Tail(id, 0)
	for {
		j, err := l.Registry.Get(ctx, id)
		if err == nil {
			err = l.Sync(ctx, j)
		}
		away := cluster.IsKind(err, cluster.Unreachable)
		switch {
		case ctx.Err() != nil:
			return stopped{"no longer followed; the job goes on", "gorod finetune watch " + id}
		case away:
			w.say(fmt.Sprintf("the cluster cannot be reached (%v); asking again", err))
		case err != nil:
			return fmt.Errorf("finetune watch: %w", err)
		}
		if j, err = l.Registry.Get(ctx, id); err != nil {
			return fmt.Errorf("finetune watch: %w", err)
		}
		p, err := tail.Progress(ctx)
		if err != nil {
			return fmt.Errorf("finetune watch: %w", err)
		}
		w.show(j, p)
		if j.Done() {
			points, err := l.Registry.Metrics(ctx, id, 0)
			if err != nil {
				return fmt.Errorf("finetune watch: %w", err)
			}
			return w.ended(ctx, l, j, points)
		}
		if !away && launch.Unqueued(j) { // else it may be queued and not written down
			return fmt.Errorf("%s is not wholly queued, and nothing of it is at work; if no gorod is at it now, go on with: gorod finetune resume %s", id, id)
		}
		select {
		case <-ctx.Done():
		case <-time.After(watchEvery):
		}
	}
}

// watcher shows what is new.
type watcher struct {
	s    *State
	last string
}

func (w *watcher) say(line string) {
	if line == w.last {
		return
	}
	w.last = line
	if !w.s.json {
		fmt.Fprintln(w.s.Stderr, printable(line))
	}
}

func (w *watcher) show(j *registry.Job, p registry.Progress) {
	if w.s.json {
		if line := fmt.Sprint(j.Revision, p.Step); line != w.last {
			w.last = line
			w.s.printJSON(map[string]any{"event": "finetune", "id": j.ID, "state": j.State(), "tasks": j.Tasks, "progress": p})
		}
		return
	}
	line := string(j.State()) + waits(j)
	switch {
	case p.Of > 0:
		line += "; "
		if label := j.Tasks[0].Label; label != "" {
			line += flat(label) + ": "
		}
		line += measured(&p)
	case j.State() == registry.Running:
		line += "; no step yet: what it does meanwhile: gorod finetune logs " + j.ID + " --follow"
	}
	w.say(line)
}

// waits is why the first stage that has not ended is not at work. Those after it
// wait for it, which goes without saying.
func waits(j *registry.Job) string {
	for i := range j.Tasks {
		t := &j.Tasks[i]
		switch {
		case t.Status.State.Final():
		case t.Status.State != registry.Running && t.Status.Reason != "":
			return "; " + t.Stage + " waits: " + t.Status.Reason
		default:
			return ""
		}
	}
	return ""
}

// measured is how far a training is, as far as it has measured it.
func measured(p *registry.Progress) string {
	line := fmt.Sprintf("step %d of %d", p.Step, p.Of)
	if p.Loss != nil {
		line += ", loss " + figure(p.Loss)
	}
	if p.EvalLoss != nil {
		line += ", held out " + figure(p.EvalLoss)
	}
	if p.TokensPerSecond > 0 {
		line += fmt.Sprintf(", %.0f tokens/s", p.TokensPerSecond)
	}
	if p.Left > 0 {
		line += ", " + p.Left.Round(time.Second).String() + " left"
	}
	return line
}

// ended draws the loss and says how it ended.
func (w *watcher) ended(ctx context.Context, l *launch.Launcher, j *registry.Job, points []registry.Point) error {
	if !w.s.json {
		fmt.Fprint(w.s.Stdout, lossCurve(points, max(40, min(w.s.Width, 100))))
		for i := range j.Tasks {
			t := &j.Tasks[i]
			fmt.Fprintln(w.s.Stdout, outcome(t))
		}
		w.s.left(j)
	}
	if state := j.State(); state != registry.Completed {
		why := string(state)
		if e := reason(ctx, l, j); e != "" {
			why += ": " + e
		}
		return fmt.Errorf("%s ended as %s; look at it: gorod finetune logs %s; go on with: gorod finetune resume %s", j.ID, why, j.ID, j.ID)
	}
	if !w.s.json {
		which := ""
		if j.Tasks[0].Label != "" { // a sweep: one of its tasks
			which = " --task N"
		}
		fmt.Fprintf(w.s.Stdout, "bring it home: gorod finetune import %s%s\n", j.ID, which)
	}
	return nil
}

// reason is what the first task that failed says of itself, or the last line that
// it printed.
func reason(ctx context.Context, l *launch.Launcher, j *registry.Job) string {
	for i := range j.Tasks {
		if e := j.Tasks[i].Status.Error; e != "" {
			return flat(e)
		}
	}
	for i := range j.Tasks {
		t := &j.Tasks[i]
		if t.Status.State != registry.Failed {
			continue
		}
		var text strings.Builder
		if l.Logs(ctx, &text, j, t.Stage, t.Index, false) != nil {
			return "" // there is none, or it cannot be had now
		}
		lines := strings.Split(strings.TrimSpace(text.String()), "\n")
		return flat(lines[len(lines)-1])
	}
	return ""
}

// outcome is how a task ended, in a line.
func outcome(t *registry.Task) string {
	line := t.Stage
	if t.Label != "" {
		line += " " + flat(t.Label)
	}
	line += ": " + string(t.Status.State)
	if t.Status.Reason != "" {
		line += ": " + printable(t.Status.Reason)
	}
	return line
}

// lossCurve draws the loss by steps, that of the held-out examples as marks.
func lossCurve(points []registry.Point, width int) string {
	line, marks := registry.Curves(points)
	return registry.Plot(width, 10, line, marks)
}

type finetuneLogOptions struct {
	stage  string
	task   int
	follow bool
}

func finetuneLogsCommand(s *State) *cobra.Command {
	var opts finetuneLogOptions
	cmd := &cobra.Command{
		Use: "logs ID|NAME", Short: "Print what a task of a fine-tuning printed", Args: cobra.ExactArgs(1),
		RunE: s.ofJob(func(ctx context.Context, l *launch.Launcher, known *registry.Job) error {
			err := l.Logs(ctx, s.Stdout, known, opts.stage, opts.task, opts.follow)
			switch {
			case errors.Is(err, launch.ErrNoTask):
				return usageError{err}
			case ctx.Err() != nil:
				return nil
			case cluster.IsKind(err, cluster.NotFound):
				return fmt.Errorf("finetune logs: the stage %s of %s printed nothing yet, or never ran: gorod finetune watch %s says how it stands", opts.stage, known.ID, known.ID)
			}
			return err
		}),
	}
	cmd.Flags().StringVar(&opts.stage, "stage", launch.Train, "stage: train, merge or notify")
	cmd.Flags().IntVar(&opts.task, "task", 0, "task of a sweep")
	cmd.Flags().BoolVar(&opts.follow, "follow", false, "go on until the task has ended")
	return cmd
}

func finetuneCancelCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use: "cancel ID|NAME", Short: "End a fine-tuning; its checkpoints stay", Args: cobra.ExactArgs(1),
		RunE: s.ofJob(func(ctx context.Context, l *launch.Launcher, known *registry.Job) error {
			if err := l.Sync(ctx, known); err != nil {
				return fmt.Errorf("finetune cancel: %w", err)
			}
			ended := known.Done()
			if err := l.Cancel(ctx, known); err != nil {
				return fmt.Errorf("finetune cancel: %w", err)
			}
			s.cancelled(known, ended)
			return nil
		}),
	}
}

// cancelled says what came of it; ended, that there was nothing to cancel.
func (s *State) cancelled(j *registry.Job, ended bool) {
	switch {
	case s.json:
		s.printJSON(map[string]any{"event": "cancelled", "id": j.ID, "state": j.State(), "ended_before": ended})
	case ended:
		fmt.Fprintf(s.Stdout, "%s had ended already: %s\n", j.ID, j.State())
	default:
		fmt.Fprintf(s.Stdout, "%s is cancelled; go on with: gorod finetune resume %s\n", j.ID, j.ID)
	}
}

func finetuneResumeCommand(s *State) *cobra.Command {
	var watch bool
	var from string
	cmd := &cobra.Command{
		Use: "resume ID|NAME", Short: "Queue a fine-tuning again that ended early: it goes on from its last checkpoint", Args: cobra.ExactArgs(1),
		RunE: s.ofJob(func(ctx context.Context, l *launch.Launcher, known *registry.Job) error {
			if err := l.Sync(ctx, known); err != nil {
				return fmt.Errorf("finetune resume: %w", err)
			}
			request, err := l.Request(known)
			if err == nil {
				request.Webhook, err = launch.Webhook(request.Job, s.Getenv)
			}
			if err == nil {
				err = l.Resume(ctx, known, request, from)
			}
			if errors.Is(err, launch.ErrNoTask) {
				return usageError{err}
			}
			if err != nil {
				return fmt.Errorf("finetune resume: %w", err)
			}
			s.submitted(known, true)
			if watch {
				return s.follow(ctx, l, known.ID)
			}
			return nil
		}),
	}
	cmd.Flags().BoolVar(&watch, "watch", false, "follow it until it has ended")
	cmd.Flags().StringVar(&from, "from", "", "`stage` to do again, and those after it, though it is done: train, merge or notify")
	return cmd
}
