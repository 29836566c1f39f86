package build

import (
	"context"
	"sync"
)

// ordered works on jobs in several goroutines and takes the results in the
// order of the jobs. produce makes jobs until it returns; each goroutine has a
// worker of its own. The first error ends everything.
func ordered[Job, Result any](
	ctx context.Context, count int, worker func() func(Job) Result,
	produce func(ctx context.Context, job func(Job) error) error, take func(Result) error,
) error {
	type task struct {
		job    Job
		result chan Result
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work, queue := make(chan task, count), make(chan task, 4*count)
	var group sync.WaitGroup
	for range count {
		group.Go(func() {
			do := worker()
			for t := range work {
				t.result <- do(t.job)
			}
		})
	}
	group.Go(func() {
		defer close(queue)
		defer close(work)
		err := produce(ctx, func(job Job) error {
			t := task{job, make(chan Result, 1)}
			for _, to := range []chan task{queue, work} {
				select {
				case to <- t:
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
			return nil
		})
		if err != nil {
			cancel(err)
		}
	})
	for t := range queue {
		if context.Cause(ctx) != nil {
			continue // let everybody end
		}
		select {
		case result := <-t.result:
			if err := take(result); err != nil {
				cancel(err)
			}
		case <-ctx.Done():
		}
	}
	group.Wait()
	return context.Cause(ctx)
}
