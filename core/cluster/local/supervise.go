package local

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// tick is how often a supervisor looks for requests and at other jobs.
const tick = 100 * time.Millisecond

// lockFD is the descriptor of the job's lock, which the supervisor is born with.
const lockFD = 3

// supervisor carries out one job.
type supervisor struct {
	dir   string
	job   cluster.Job
	state *state
	mu    sync.Mutex
	// asked is what was asked of a task since it was last looked at.
	asked map[int]string
}

// Supervise carries out the job of a folder until its tasks have ended. It is
// what Options.Supervisor runs, in a process of its own whose descriptor 3 is
// the job's lock. When the context ends, its tasks are ended.
func Supervise(ctx context.Context, dir string) error {
	syscall.CloseOnExec(lockFD) // tasks must not hold the lock after it
	s := &supervisor{dir: dir, asked: map[int]string{}}
	if err := readJSON(filepath.Join(dir, jobFile), &s.job); err != nil {
		return fmt.Errorf("supervise %s: %w", dir, err)
	}
	err := writeBeside(filepath.Join(dir, scriptFile), []byte(s.job.Body()))
	if err == nil {
		s.state, err = readState(dir)
	}
	if err != nil {
		return fmt.Errorf("supervise %s: %w", dir, err)
	}
	for {
		if err := s.round(ctx); err != nil {
			return fmt.Errorf("supervise %s: %w", dir, err)
		}
		if s.listen(); len(s.asked) == 0 || ctx.Err() != nil {
			if again := s.release(); !again || ctx.Err() != nil {
				return nil
			}
		}
	}
}

// release lets the lock go; true if something was asked for in the last moment
// and nobody else took the lock to see to it.
func (s *supervisor) release() bool {
	if syscall.Flock(lockFD, syscall.LOCK_UN) != nil {
		return false
	}
	return len(notes(s.dir, "requeue")) > 0 && syscall.Flock(lockFD, syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// round runs every task that is not over, at most Limit at a time.
func (s *supervisor) round(ctx context.Context) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	var listener sync.WaitGroup
	listener.Go(func() {
		for running.Err() == nil {
			s.listen()
			wait(running, tick)
		}
	})
	defer listener.Wait()
	defer stop()

	slots := make(chan struct{}, s.limit())
	errs := make([]error, len(s.state.Tasks))
	var tasks sync.WaitGroup
	for i := range s.state.Tasks {
		tasks.Go(func() { errs[i] = s.task(ctx, i, slots) })
	}
	tasks.Wait()
	return errors.Join(errs...)
}

func (s *supervisor) limit() int {
	if n := s.job.Array.Limit; n > 0 {
		return n
	}
	return len(s.state.Tasks)
}

// listen reads what was asked for.
func (s *supervisor) listen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, what := range []string{"requeue", "cancel"} {
		for _, task := range requests(s.dir, what) {
			for i := range s.state.Tasks {
				if task != cluster.NoTask && task != i {
					continue
				}
				if what == "requeue" || !s.state.get(i).State.Final() {
					s.asked[i] = what
				}
			}
		}
	}
}

// take gives what was asked of a task, once.
func (s *supervisor) take(i int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	what := s.asked[i]
	delete(s.asked, i)
	return what
}

// task takes one task to its end.
func (s *supervisor) task(ctx context.Context, i int, slots chan struct{}) error {
	if s.state.get(i).State.Final() || s.state.get(i).State == cluster.Running {
		// over, or left by a supervisor that died; only a request starts it again
		if s.take(i) != "requeue" {
			return s.abandon(i)
		}
		if err := s.again(i, wasAsked); err != nil {
			return err
		}
	}
	for {
		ready, err := s.await(ctx, i, slots)
		if err != nil || !ready {
			return err
		}
		gpus, err := s.gpus(ctx, i)
		if err != nil || gpus == nil {
			<-slots
			return err
		}
		repeat, err := s.run(ctx, i, gpus)
		gpus.release()
		<-slots
		if err != nil || !repeat {
			return err
		}
	}
}

// abandon closes a task that ran when its supervisor died.
func (s *supervisor) abandon(i int) error {
	if s.state.get(i).State.Final() {
		return nil
	}
	return s.end(i, cluster.NodeFail, cluster.Reason{Word: "SupervisorGone", Meaning: "the job's supervisor died", Advice: "resume it"})
}

func (s *supervisor) again(i int, why string) error {
	return s.state.change(s.dir, i, func(t *cluster.Status) { again(t, why) })
}

func (s *supervisor) end(i int, state cluster.State, reason cluster.Reason) error {
	return s.state.change(s.dir, i, func(t *cluster.Status) {
		t.State, t.Reason, t.Ended = state, reason, time.Now().UTC()
	})
}

// await waits for other jobs, then for a slot; false if the task will not run.
func (s *supervisor) await(ctx context.Context, i int, slots chan struct{}) (bool, error) {
	for {
		if s.take(i) == "cancel" || ctx.Err() != nil {
			return false, s.end(i, cluster.Cancelled, cluster.Reason{Word: "Cancelled"})
		}
		reason := s.blocked(i)
		if reason.Stuck && s.job.KillInvalid {
			return false, s.end(i, cluster.Cancelled, reason)
		}
		if reason.Word == "" {
			select {
			case slots <- struct{}{}:
				return true, nil
			default:
				reason = cluster.Reason{Word: "JobArrayTaskLimit", Meaning: "as many tasks of the array run as may at a time"}
			}
		}
		if err := s.waits(i, reason); err != nil {
			return false, err
		}
		wait(ctx, tick)
	}
}

// blocked says why a task may not start yet; the zero Reason if it may.
func (s *supervisor) blocked(i int) cluster.Reason {
	for _, d := range s.job.After {
		job, task, err := cluster.ParseID(d.ID)
		if err != nil {
			return never()
		}
		if d.When == cluster.AfterTask {
			task = i
		}
		statuses, err := current(filepath.Join(filepath.Dir(s.dir), job))
		if err != nil {
			return never()
		}
		statuses = slices.DeleteFunc(statuses, func(t cluster.Status) bool { return task != cluster.NoTask && t.Task != task })
		over := !slices.ContainsFunc(statuses, func(t cluster.Status) bool { return !t.State.Final() })
		failed := slices.ContainsFunc(statuses, func(t cluster.Status) bool { return t.State != cluster.Completed })
		switch {
		case !over:
			return cluster.Reason{Word: "Dependency", Meaning: "it waits for job " + d.ID}
		case (d.When == cluster.AfterOK || d.When == cluster.AfterTask) && failed, d.When == cluster.AfterNotOK && !failed:
			return never()
		}
	}
	return cluster.Reason{}
}

func never() cluster.Reason {
	return cluster.Reason{
		Word: "DependencyNeverSatisfied", Meaning: "a job that it waits for ended otherwise than was asked",
		Advice: "cancel it, mend the other job and submit both again", Stuck: true,
	}
}

// wait waits a while, or until the context ends.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
