package cluster

import "context"

// Checker is a Scheduler that can tell beforehand that it would refuse a job.
type Checker interface {
	Check(ctx context.Context, job Job) error
}

// Finder is a Scheduler that knows jobs by their keys. The id is empty where no
// job has the key.
type Finder interface {
	Find(ctx context.Context, key string) (id string, err error)
}

// Check tells whether a job is sure to be refused, before anything is staged.
// What a scheduler only says when it is asked to queue the job is not known yet.
func Check(ctx context.Context, c Cluster, job Job) error {
	if err := job.Validate(); err != nil {
		return err
	}
	if k, ok := scheduler(c).(Checker); ok {
		return k.Check(ctx, job)
	}
	return nil
}

// Find is the id of the job that was submitted with a key: that of one whose
// answer was lost. It is empty where there is none, or where the scheduler cannot
// tell.
func Find(ctx context.Context, c Cluster, key string) (string, error) {
	if f, ok := scheduler(c).(Finder); ok {
		return f.Find(ctx, key)
	}
	return "", nil
}

func scheduler(c Cluster) Scheduler {
	if made, ok := c.(*composed); ok {
		return made.Scheduler
	}
	return c
}
