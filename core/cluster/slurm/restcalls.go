package slurm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// Submit queues a job.
func (r *REST) Submit(ctx context.Context, job cluster.Job) (cluster.Handle, error) {
	if err := job.Validate(); err != nil {
		return cluster.Handle{}, err
	}
	v, err := r.probe(ctx, "submit")
	if err != nil {
		return cluster.Handle{}, err
	}
	handle := cluster.Handle{Output: job.OutputPattern()}
	if handle.ID, err = r.Find(ctx, job.Key); err != nil || handle.ID != "" {
		return handle, err
	}
	if err := checkDependencies(ctx, r, job.After); err != nil {
		return cluster.Handle{}, err
	}
	a, err := r.call(ctx, "submit", http.MethodPost, v.path("job/submit"), map[string]any{
		"script": script(job, v < listing), "job": description(v, job),
	})
	if err != nil {
		return cluster.Handle{}, err
	}
	id := max(a.JobID.Number, a.Result.JobID.Number)
	if id <= 0 {
		return cluster.Handle{}, r.fail("submit", cluster.Failed, "", errors.New("the answer has no job_id"))
	}
	handle.ID = strconv.FormatInt(id, 10)
	return handle, nil
}

// Find looks for a job that was submitted with the key, whose answer was lost.
func (r *REST) Find(ctx context.Context, key string) (string, error) {
	if key == "" {
		return "", nil
	}
	v, err := r.probe(ctx, "submit")
	if err != nil {
		return "", err
	}
	a, err := r.call(ctx, "submit", http.MethodGet, v.path("jobs"), nil)
	if err != nil {
		return "", err
	}
	for _, j := range a.Jobs {
		mine := r.options.User == "" || j.User == "" || j.User == r.options.User // others may write any comment
		if mine && j.Comment == commentOf(key) {
			id, _, _ := strings.Cut(j.id(), "_")
			return id, nil
		}
	}
	return "", nil
}

// records asks for each job by itself: the list of all may be long.
func (r *REST) records(ctx context.Context, op string, ids []string) ([]record, error) {
	if err := checkIDs(ids); err != nil {
		return nil, err
	}
	v, err := r.probe(ctx, op)
	if err != nil {
		return nil, err
	}
	var records []record
	asked := map[string]bool{}
	for _, id := range ids {
		job, _, _ := strings.Cut(id, "_")
		if asked[job] {
			continue
		}
		asked[job] = true
		a, err := r.call(ctx, op, http.MethodGet, v.path("job/"+job), nil)
		if err != nil && !cluster.IsKind(err, cluster.NotFound) {
			return nil, err
		}
		for _, j := range a.Jobs {
			if len(records) <= maxTasks {
				records = append(records, j.records()...)
			}
		}
	}
	records = only(ids, records)
	sortRecords(ids, records)
	if gone := missing(ids, records); len(gone) > 0 {
		return records, r.fail(op, cluster.NotFound, "Slurm forgets jobs minutes after their end; look into the job's folder",
			fmt.Errorf("no job %s is known to Slurm", strings.Join(gone, ", ")))
	}
	return records, nil
}

// Status says where tasks stand.
func (r *REST) Status(ctx context.Context, ids ...string) ([]cluster.Status, error) {
	records, err := r.records(ctx, "status", ids)
	statuses := make([]cluster.Status, len(records))
	for i, rec := range records {
		statuses[i] = rec.status()
	}
	return statuses, err
}

// Account says what tasks took, as long as slurmctld remembers them.
func (r *REST) Account(ctx context.Context, ids ...string) ([]cluster.Usage, error) {
	records, err := r.records(ctx, "account", ids)
	usages := make([]cluster.Usage, len(records))
	for i, rec := range records {
		usages[i] = rec.usage(time.Now())
	}
	return usages, err
}

// Cancel ends jobs.
func (r *REST) Cancel(ctx context.Context, ids ...string) error {
	if err := checkIDs(ids); err != nil {
		return err
	}
	v, err := r.probe(ctx, "cancel")
	if err != nil {
		return err
	}
	for _, id := range slices.Compact(slices.Clone(ids)) {
		_, err := r.call(ctx, "cancel", http.MethodDelete, v.path("job/"+id), nil)
		if err != nil && !strings.Contains(err.Error(), "already completing or completed") {
			return err
		}
	}
	return nil
}

// Requeue is nothing that slurmrestd can do.
func (r *REST) Requeue(context.Context, ...string) error {
	return r.fail("requeue", cluster.Rejected, "reach the cluster by commands or ssh for this, or cancel the job and submit it again: it goes on from its last checkpoint",
		errors.New("slurmrestd queues, changes and cancels jobs, and has no call that requeues one"))
}
