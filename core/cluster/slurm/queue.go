package slurm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// queueFormat of squeue: each field ends with a bar, and the one that may hold
// anything is the last.
const queueFormat = "JobArrayID:200|,State:40|,exit_code:20|,RestartCnt:12|,SubmitTime:24|,StartTime:24|,EndTime:24|,NodeList:400|,tres-alloc:400|,Reason:400|"

const queueFields = 10

// accountFormat of sacct, which separates by bars too.
const accountFormat = "JobID,State,ExitCode,Submit,Start,End,NodeList,AllocTRES,TotalCPU,MaxRSS,Reason"

const accountFields = 11

// inUnixTime has the times printed as numbers that need no time zone.
func inUnixTime(argv ...string) []string {
	return append([]string{"env", "LC_ALL=C", "SLURM_TIME_FORMAT=%s"}, argv...)
}

// Status asks squeue, and sacct about the jobs that it has forgotten.
func (c *Commands) Status(ctx context.Context, ids ...string) ([]cluster.Status, error) {
	records, err := c.records(ctx, "status", ids)
	statuses := make([]cluster.Status, len(records))
	for i, r := range records {
		statuses[i] = r.status()
	}
	return statuses, err
}

// Account asks sacct, and squeue where the cluster keeps no accounts.
func (c *Commands) Account(ctx context.Context, ids ...string) ([]cluster.Usage, error) {
	if err := checkIDs(ids); err != nil {
		return nil, err
	}
	records, err := c.accounted(ctx, "account", ids)
	if err == nil && len(missing(ids, records)) > 0 || err != nil && !cluster.IsKind(err, cluster.Unreachable) {
		records, err = c.records(ctx, "account", ids)
	}
	usages := make([]cluster.Usage, len(records))
	for i, r := range records {
		usages[i] = r.usage(time.Now())
	}
	return usages, err
}

func (c *Commands) records(ctx context.Context, op string, ids []string) ([]record, error) {
	if err := checkIDs(ids); err != nil {
		return nil, err
	}
	// Only this user's: a Slurm that was set up anew counts from 1, and others have the ids then.
	out, err := c.run(ctx, op, inUnixTime("squeue", "--me", "-h", "-a", "-r", "-t", "all", "-j", strings.Join(ids, ","), "-O", queueFormat), nil)
	if err != nil && !cluster.IsKind(err, cluster.NotFound) {
		return nil, err
	}
	records := only(ids, parseQueue(out))
	if gone := missing(ids, records); len(gone) > 0 {
		old, err := c.accounted(ctx, op, gone)
		if cluster.IsKind(err, cluster.Unreachable) || ctx.Err() != nil {
			return nil, err
		}
		records = append(records, old...) // a cluster without accounts has none
	}
	sortRecords(ids, records)
	if gone := missing(ids, records); len(gone) > 0 {
		return records, &cluster.Error{
			Kind: cluster.NotFound, Op: op, Where: c.Where, Err: fmt.Errorf("no job %s is known to Slurm", strings.Join(gone, ", ")),
			Hint: "Slurm forgets jobs minutes after their end unless it keeps accounts; look into the job's folder",
		}
	}
	return records, nil
}

func (c *Commands) accounted(ctx context.Context, op string, ids []string) ([]record, error) {
	out, err := c.run(ctx, op, inUnixTime("sacct", "-n", "-P", "-j", strings.Join(ids, ","), "-o", accountFormat), nil)
	if err != nil {
		return nil, err
	}
	return only(ids, parseAccounts(out)), nil
}

// parseQueue reads what squeue prints in queueFormat; lines that are something
// else are left out.
func parseQueue(out string) []record {
	var records []record
	for line := range strings.Lines(out) {
		f := strings.SplitN(strings.TrimRight(line, "\n"), "|", queueFields)
		if len(f) != queueFields {
			continue
		}
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		r := record{
			state: strings.Split(f[1], ","), submitted: epoch(f[4]), started: epoch(f[5]), ended: epoch(f[6]), node: f[7], tres: f[8],
			reason: strings.TrimSpace(strings.TrimSuffix(f[9], "|")),
		}
		r.code, r.signal = exitOf(f[2])
		r.restarts, _ = strconv.Atoi(f[3])
		if records = append(records, each(r, f[0])...); len(records) > maxTasks {
			break
		}
	}
	return records
}

// parseAccounts reads what sacct prints; the steps of a job add what they used.
func parseAccounts(out string) []record {
	var records []record
	for line := range strings.Lines(out) {
		f := strings.SplitN(strings.TrimRight(line, "\n"), "|", accountFields)
		if len(f) != accountFields {
			continue
		}
		if id, _, step := strings.Cut(f[0], "."); step {
			if n := len(records); n > 0 && id == records[n-1].status().Name() {
				records[n-1].memory = max(records[n-1].memory, bytesOf(f[9]))
			}
			continue
		}
		r := record{
			state: []string{f[1]}, submitted: epoch(f[3]), started: epoch(f[4]), ended: epoch(f[5]), node: f[6], tres: f[7],
			cpuSeconds: cpuSeconds(f[8]), memory: bytesOf(f[9]), reason: f[10],
		}
		r.code, r.signal = exitOf(f[2])
		if records = append(records, each(r, f[0])...); len(records) > maxTasks {
			break
		}
	}
	return records
}

// each makes a record for every task that an id stands for.
func each(r record, id string) []record {
	job, tasks, ok := tasksOf(id)
	if !ok {
		return nil
	}
	if r.node == "None assigned" {
		r.node = ""
	}
	records := make([]record, len(tasks))
	for i, task := range tasks {
		r.job, r.task = job, task
		records[i] = r
	}
	return records
}

// asked are the ids that were asked for, by job and task, with their places.
type asked map[[2]string]int

func askedFor(ids []string) asked {
	a := make(asked, len(ids))
	for i, id := range ids {
		if job, task, err := cluster.ParseID(id); err == nil {
			key := [2]string{job, strconv.Itoa(task)}
			if _, twice := a[key]; !twice {
				a[key] = i
			}
		}
	}
	return a
}

// place of a record: that of its task, or of its job as a whole.
func (a asked) place(r record) (place int, ok bool) {
	of, ok := a[[2]string{r.job, strconv.Itoa(cluster.NoTask)}]
	task, single := a[[2]string{r.job, strconv.Itoa(r.task)}]
	if single && (!ok || task < of) {
		return task, true
	}
	return of, ok
}

// only leaves what was asked for out of it.
func only(ids []string, records []record) []record {
	a := askedFor(ids)
	return slices.DeleteFunc(records, func(r record) bool {
		_, ok := a.place(r)
		return !ok
	})
}

// missing are the ids that no record belongs to.
func missing(ids []string, records []record) []string {
	found := map[[2]string]bool{}
	for _, r := range records {
		found[[2]string{r.job, strconv.Itoa(r.task)}] = true
		found[[2]string{r.job, strconv.Itoa(cluster.NoTask)}] = true
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		job, task, err := cluster.ParseID(id)
		return err == nil && found[[2]string{job, strconv.Itoa(task)}]
	})
}

// sortRecords by the order of ids, then by task.
func sortRecords(ids []string, records []record) {
	a := askedFor(ids)
	place := func(r record) int { n, _ := a.place(r); return n }
	slices.SortStableFunc(records, func(a, b record) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.task, b.task))
	})
}
