package local

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// Files of a job's folder.
const (
	jobFile   = "job.json"
	stateFile = "state.json"
	lockFile  = "lock" // held by the supervisor for as long as it lives
	logFile   = "supervisor.log"
	// scriptFile is what tasks run: their environment may hold keys, and what is on
	// a command line everybody sees.
	scriptFile = "script.sh"
)

// state is where the tasks of a job stand.
type state struct {
	mu    sync.Mutex
	Tasks []cluster.Status `json:"tasks"`
}

func newState(id string, job cluster.Job, now time.Time) *state {
	s := &state{Tasks: make([]cluster.Status, max(1, job.Array.Size))}
	for i := range s.Tasks {
		s.Tasks[i] = cluster.Status{ID: id, Task: i, State: cluster.Pending, Submitted: now.UTC()}
	}
	if job.Array.Size == 0 {
		s.Tasks[0].Task = cluster.NoTask
	}
	return s
}

func readState(dir string) (*state, error) {
	s := &state{}
	return s, readJSON(filepath.Join(dir, stateFile), s)
}

func (s *state) save(dir string) error { return writeJSON(filepath.Join(dir, stateFile), s) }

// change changes one task and stores it.
func (s *state) change(dir string, i int, by func(*cluster.Status)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	by(&s.Tasks[i])
	return s.save(dir)
}

func (s *state) get(i int) cluster.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Tasks[i]
}

// current is what the state says, unless the supervisor died over it.
func current(dir string) ([]cluster.Status, error) {
	alive := supervised(dir) // before the state is read: one that ends saves first
	s, err := readState(dir)
	if err != nil {
		return nil, err
	}
	for i, t := range s.Tasks {
		if !alive && !t.State.Final() {
			s.Tasks[i].State = cluster.NodeFail
			s.Tasks[i].Reason = cluster.Reason{
				Word: "SupervisorGone", Meaning: "the machine was restarted, or the job's supervisor was killed",
				Advice: "resume it: it goes on from its last checkpoint",
			}
		}
	}
	return s.Tasks, nil
}

// again puts a task back.
func again(t *cluster.Status, why string) {
	t.State, t.Reason = cluster.Requeued, cluster.Reason{Word: "Requeued", Meaning: why}
	t.ExitCode, t.Signal, t.Ended = 0, 0, time.Time{}
	t.Restarts++
}

const wasAsked = "it was asked to be started again"

// reopen puts the tasks back that it was asked for, where no supervisor lives.
func reopen(dir string) error {
	s, err := readState(dir)
	if err != nil {
		return err
	}
	asked := requests(dir, "requeue")
	for i := range s.Tasks {
		if slices.Contains(asked, i) || slices.Contains(asked, cluster.NoTask) {
			again(&s.Tasks[i], wasAsked)
		}
	}
	return s.save(dir)
}

// request leaves a note for the supervisor.
func request(dir, what string, task int) error {
	return os.WriteFile(filepath.Join(dir, what+"-"+strconv.Itoa(task)), nil, 0o600)
}

// requests takes the notes: the tasks that something was asked for, with
// cluster.NoTask for all.
func requests(dir, what string) []int {
	var tasks []int
	for _, name := range notes(dir, what) {
		n, err := strconv.Atoi(strings.TrimPrefix(name, what+"-"))
		if os.Remove(filepath.Join(dir, name)) == nil && err == nil {
			tasks = append(tasks, n)
		}
	}
	return tasks
}

// notes are the names of the notes about something. It is no pattern: the folder
// may hold anything in its name.
func notes(dir, what string) []string {
	entries, _ := os.ReadDir(dir)
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), what+"-") {
			names = append(names, e.Name())
		}
	}
	return names
}

func readJSON(name string, into any) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func writeJSON(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeBeside(name, data)
}

// writeBeside replaces a file: who reads the old one reads on in it.
func writeBeside(name string, data []byte) error {
	part := name + ".part"
	if err := os.WriteFile(part, data, 0o600); err != nil {
		return err
	}
	return os.Rename(part, name)
}
