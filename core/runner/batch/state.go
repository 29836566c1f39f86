package batch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/runner"
)

// StateFile is in the folder of a study that is run on a cluster.
const StateFile = "cluster.json"

// Where is how a cluster is reached.
type Where struct {
	On   string `json:"on"`             // slurm or local
	Via  string `json:"via,omitempty"`  // commands, ssh or rest
	Host string `json:"host,omitempty"` // user@host[:port], or a URL
}

// State is what is remembered of a study on a cluster.
type State struct {
	Where
	Dir         string       `json:"dir"`               // of the study there
	Shared      bool         `json:"shared"`            // and that is its folder here
	Carried     bool         `json:"carried,omitempty"` // runs that had begun here were brought there
	Submissions []Submission `json:"submissions"`
}

// Submission is an array that was queued.
type Submission struct {
	Key     string    `json:"key"`
	Job     string    `json:"job,omitempty"`    // id; empty until the cluster has answered
	Output  string    `json:"output,omitempty"` // of its tasks
	Queued  time.Time `json:"queued"`
	Runs    []string  `json:"runs"`              // CELL/SEED by task
	Fetched []string  `json:"fetched,omitempty"` // runs that ended and are here
}

// ReadState reads what is remembered; found is false for a study that no
// cluster has.
func ReadState(dir string) (s State, found bool, err error) {
	data, err := os.ReadFile(filepath.Join(dir, StateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return s, false, fmt.Errorf("read %s: %w", filepath.Join(dir, StateFile), err)
	}
	return s, true, nil
}

func (b *Batch) save() error {
	return runner.WriteJSON(filepath.Join(b.Runner.Dir, StateFile), b.state)
}

// jobs are the ids of all submissions.
func (s *State) jobs() []string {
	var ids []string
	for _, sub := range s.Submissions {
		if sub.Job != "" {
			ids = append(ids, sub.Job)
		}
	}
	return ids
}

// last is the submission that a run was queued with last, and its task there.
func (s *State) last(run string) (sub *Submission, task int) {
	for i := len(s.Submissions) - 1; i >= 0; i-- {
		if task := slices.Index(s.Submissions[i].Runs, run); task >= 0 {
			return &s.Submissions[i], task
		}
	}
	return nil, cluster.NoTask
}

// run is the run that a status is about; false where it was queued again since.
func (s *State) run(status cluster.Status) (string, bool) {
	for i := range s.Submissions {
		sub := &s.Submissions[i]
		if sub.Job != status.ID || status.Task < 0 || status.Task >= len(sub.Runs) {
			continue
		}
		run := sub.Runs[status.Task]
		last, _ := s.last(run)
		return run, last == sub
	}
	return "", false
}
