package runner

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task"
)

// result is what came of an item for a subject in a repeat.
type result struct {
	planned *planned
	item    task.Item
	subject string
	repeat  int
	at      int // among those of the task
	watch   *watch
	outcome task.Outcome
}

// ask has every subject answer every item of every task in every repeat, and
// judges judge. Results are kept in the order of the suite: tasks, items,
// repeats, subjects.
func (s *session) ask(ctx context.Context) error {
	var all []*job
	for _, p := range s.tasks {
		if _, measured := p.task.(task.Measured); measured {
			continue
		}
		from := len(s.results)
		jobs := s.questions(p)
		watch, err := s.watching(p, s.results[from:])
		if err != nil {
			return err
		}
		for i, r := range s.results[from:] {
			r.at, r.watch = i, watch
		}
		for i, j := range jobs {
			j.order = len(all) + i
		}
		all = append(all, jobs...)
		all = append(all, s.judging(p, s.results[from:], jobs, len(all))...)
	}
	s.total = len(all)
	s.tell()
	return run(ctx, all, s.roomOf, s.options.stopped, calm)
}

// questions are the jobs of a task, one for each of its results.
func (s *session) questions(p *planned) (jobs []*job) {
	for _, item := range p.items {
		for repeat := range s.options.Suite.Repeats {
			for _, name := range p.suite.Subjects {
				r := &result{planned: p, item: item, subject: name, repeat: repeat}
				s.results = append(s.results, r)
				jobs = append(jobs, &job{lane: s.subjects[name].lane, weight: asksOf(item, scores(s.options.Suite, s.subjects[name].of)), do: s.told(func(ctx context.Context) error { return s.askOne(ctx, r) })})
			}
		}
	}
	return jobs
}

// judging are the jobs of a task's judges, which wait for the replies.
func (s *session) judging(p *planned, results []*result, questions []*job, order int) (jobs []*job) {
	at := map[*result]*job{}
	for i, r := range results {
		at[r] = questions[i]
	}
	for _, name := range p.suite.Judges {
		judge := s.options.Suite.Judge(name)
		for _, v := range s.trials(p, judge, results) {
			s.verdicts = append(s.verdicts, v)
			j := &job{lane: s.laneOf(judge.Model), weight: asksOfVerdict(v.a.item, judge), order: order + len(jobs), do: s.told(func(ctx context.Context) error { return s.judgeOne(ctx, v) })}
			at[v.a].before(j)
			if v.b != nil {
				at[v.b].before(j)
			}
			jobs = append(jobs, j)
		}
	}
	return jobs
}

// told tells the observer when a job is done.
func (s *session) told(do func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := do(ctx); err != nil {
			return err
		}
		s.finished.Add(1)
		s.tell()
		return nil
	}
}

func (s *session) tell() {
	if s.options.Observer == nil {
		return
	}
	u := &s.usage
	s.options.Observer.Progress(Progress{
		Done: int(s.finished.Load()), Total: s.total, Replies: u.replies.Load(), Hits: u.hits.Load(), Unusable: u.unusable.Load(),
		PromptTokens: u.prompt.Load(), ReplyTokens: u.reply.Load(),
	})
}

func (s *session) askOne(ctx context.Context, r *result) (err error) {
	if r.watch.over(r.at) {
		return nil
	}
	who := &asker{subject: s.subjects[r.subject], session: s, task: r.planned.suite.Name, item: r.item.ID, repeat: r.repeat}
	if r.outcome, err = r.planned.task.Ask(ctx, who, r.item); err != nil {
		return fmt.Errorf("task %s, item %s: %w", r.planned.suite.Name, r.item.ID, err)
	}
	if err := r.fill(); err != nil {
		return err
	}
	return r.watch.answered(r.at)
}

// fill names the rows of an outcome.
func (r *result) fill() error {
	name := r.planned.suite.Name
	for i := range r.outcome.Samples {
		x := &r.outcome.Samples[i]
		x.Task, x.Subject, x.Item, x.Cluster, x.Repeat = name, r.subject, r.item.ID, clusterOf(r.item), int32(r.repeat)
		x.ID = fmt.Sprintf("%s/%s/%s/%d/%d", name, r.subject, r.item.ID, r.repeat, i)
	}
	for i := range r.outcome.Scores {
		x := &r.outcome.Scores[i]
		if x.Sample == "" {
			x.Task, x.Subject, x.Item, x.Cluster, x.Repeat = name, r.subject, r.item.ID, clusterOf(r.item), int32(r.repeat)
			continue
		}
		of, err := indexed(x.Sample, r.outcome.Samples)
		if err != nil {
			return fmt.Errorf("task %s, item %s: %w", name, r.item.ID, err)
		}
		about(x, of)
	}
	for _, at := range r.outcome.Judged {
		if at < 0 || at >= len(r.outcome.Samples) {
			return fmt.Errorf("task %s, item %s: judges are to see sample %d of %d", name, r.item.ID, at, len(r.outcome.Samples))
		}
	}
	finite(r.outcome.Scores)
	return nil
}

// indexed is the sample that a score names by its index, or by its id.
func indexed(name string, samples []sample.Sample) (*sample.Sample, error) {
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(samples) {
		return &samples[i], nil
	}
	if i := slices.IndexFunc(samples, func(x sample.Sample) bool { return x.ID == name }); i >= 0 {
		return &samples[i], nil
	}
	return nil, fmt.Errorf("a score is of sample %q of %d", name, len(samples))
}

// about names what a score is about.
func about(x *sample.Score, of *sample.Sample) {
	x.Sample, x.Task, x.Subject, x.Item, x.Cluster, x.Repeat, x.Turn = of.ID, of.Task, of.Subject, of.Item, of.Cluster, of.Repeat, of.Turn
	if x.Length == 0 && x.Other == "" {
		x.Length = int32(min(utf8.RuneCountInString(of.Reply), math.MaxInt32))
	}
}

// finite makes reasons of values that are no numbers.
func finite(scores []sample.Score) {
	for i := range scores {
		x := &scores[i]
		if math.IsNaN(x.Value) || math.IsInf(x.Value, 0) {
			x.Value = 0
			if x.Missing == "" {
				x.Missing = "the value is no number"
			}
		}
		if x.Missing != "" {
			x.Value = 0
		}
	}
}
