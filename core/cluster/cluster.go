// Package cluster runs jobs elsewhere or here: what a job is, what becomes of
// it, and how its files come and go. Packages below it are the places: local, a
// process of this machine, and slurm. Another scheduler is another Scheduler
// and FS put together by Compose.
package cluster

import (
	"context"
	"io"
	"iter"
	"time"
)

// Scheduler starts jobs and says what became of them. An id is "12", which for
// an array means all its tasks, or "12_3", one task. Every error is an *Error.
// Methods are called from many goroutines.
type Scheduler interface {
	// Submit queues a job that Job.Validate accepts. Where a job with the same
	// Key is already there, backends that can tell return that one.
	Submit(ctx context.Context, job Job) (Handle, error)
	// Status is one entry for each task of the jobs, in order of ids and tasks.
	// A job that the scheduler knows no more gives an error of kind NotFound,
	// together with the statuses of the others.
	Status(ctx context.Context, ids ...string) ([]Status, error)
	// Cancel ends jobs; one that has ended already is no error.
	Cancel(ctx context.Context, ids ...string) error
	// Requeue stops jobs that run and queues them again under the same id, and
	// releases those that the scheduler holds.
	Requeue(ctx context.Context, ids ...string) error
	// Account says what jobs took so far.
	Account(ctx context.Context, ids ...string) ([]Usage, error)
}

// Cluster is a scheduler with the files that its jobs see.
type Cluster interface {
	Scheduler
	// Check tells whether a job is sure to be refused, before anything is staged.
	// What a scheduler only says when it is asked to queue the job is not known
	// yet.
	Check(ctx context.Context, job Job) error
	// Find is the id of the job that was submitted with a key, whose answer may
	// have been lost. It is empty where there is none, or none that the scheduler
	// remembers.
	Find(ctx context.Context, key string) (id string, err error)
	// Watch gives the status of every task at once and then at each change,
	// until all have ended. A cluster that cannot be reached gives an error of
	// kind Unreachable, after which it is asked again. A job that the cluster
	// does not know, or has forgotten before its end was seen, gives one of kind
	// NotFound, after which the others are watched on. Any other error is the
	// last.
	Watch(ctx context.Context, ids ...string) iter.Seq2[Status, error]
	// Logs writes what a task printed; with Follow until the task has ended.
	Logs(ctx context.Context, w io.Writer, log Log) error
	// Read reads at most limit bytes of a file there from an offset on, and says
	// how large the file is. One that is not there yet is empty.
	Read(ctx context.Context, name string, offset int64, limit int) (data []byte, size int64, err error)
	// Stage uploads files into a folder there: only what changed, resuming what
	// was cut.
	Stage(ctx context.Context, dir string, files []File) (Transfer, error)
	// Fetch downloads paths of a folder there, each a file or a whole folder,
	// into a folder here: only what changed, resuming what was cut.
	Fetch(ctx context.Context, dir string, paths []string, to string) (Transfer, error)
	// Close lets go of connections. Jobs run on.
	Close() error
}

// Handle is what is remembered of a submitted job: enough to find it after
// gorod has been restarted.
type Handle struct {
	ID     string `json:"id"`
	Output string `json:"output"` // absolute path of its output there, with Slurm's %-patterns
}

// Log asks for the output of a task.
type Log struct {
	Handle
	Task   int   // NoTask for a job that is no array
	Follow bool  // go on until the task has ended
	Tail   int64 // start this many bytes before the end; 0 is from the beginning
}

// Usage is what a task took.
type Usage struct {
	ID      string        `json:"id"`
	Task    int           `json:"task"`
	State   State         `json:"state"`
	Elapsed time.Duration `json:"elapsed"` // of its last run
	CPUs    int           `json:"cpus"`
	GPUs    int           `json:"gpus"`
	Nodes   int           `json:"nodes"`
	CPUTime time.Duration `json:"cpu_time,omitempty"` // 0: not known
	Memory  int64         `json:"memory,omitempty"`   // most bytes it had; 0: not known
}
