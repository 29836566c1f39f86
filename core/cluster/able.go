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

func (c *composed) Check(ctx context.Context, job Job) error {
	if err := job.Validate(); err != nil {
		return err
	}
	if k, ok := c.Scheduler.(Checker); ok {
		return k.Check(ctx, job)
	}
	return nil
}

func (c *composed) Find(ctx context.Context, key string) (string, error) {
	if f, ok := c.Scheduler.(Finder); ok {
		return f.Find(ctx, key)
	}
	return "", nil
}
