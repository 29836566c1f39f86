package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/registry"
)

// origin is what a job was made of; it stays on this machine.
type origin struct {
	File     string   `json:"file"`
	Set      []string `json:"set,omitempty"`
	Estimate float64  `json:"estimate,omitempty"`
	// Inputs are the SHA-256 of what was staged for the training, by where it is
	// staged to.
	Inputs map[string]string `json:"inputs,omitempty"`
}

const originFile = "origin.json"

func writeOrigin(ctx context.Context, dir string, r Request, inputs []cluster.File) error {
	from := origin{File: r.File, Set: anchored(r), Estimate: r.Estimate, Inputs: map[string]string{}}
	for _, f := range inputs {
		sum, err := cluster.Disk{}.Hash(ctx, f.From)
		if err != nil {
			return fmt.Errorf("lay the job out: %w", err)
		}
		from.Inputs[f.To] = sum
	}
	text, err := json.Marshal(from)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, originFile), text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("lay the job out: %w", err)
	}
	return nil
}

// anchored are the values that were set, with whole paths: a job that is resumed
// from another folder is to read the same files.
func anchored(r Request) []string {
	whole := map[string]string{
		"base.model": r.Job.Base.Model, "base.template": r.Job.Base.Template, "dataset.path": r.Job.Dataset.Path, "cluster.dir": r.Job.Cluster.Dir,
	}
	out := slices.Clone(r.Set)
	for i, set := range out {
		name, _, _ := strings.Cut(set, "=")
		if at := whole[strings.TrimSpace(name)]; filepath.IsAbs(at) {
			out[i] = name + "=" + strconv.Quote(at)
		}
	}
	return out
}

func (l *Launcher) origin(j *registry.Job) (from origin, err error) {
	text, err := os.ReadFile(filepath.Join(l.Local, folder(j.Name, j.ID), originFile))
	if err != nil {
		return from, fmt.Errorf("what %s was made of is not on this machine: %w", j.ID, err)
	}
	if err := json.Unmarshal(text, &from); err != nil {
		return from, fmt.Errorf("read where %s came from: %w", j.ID, err)
	}
	return from, nil
}

// Request is the request that a job was made of, for Resume.
func (l *Launcher) Request(j *registry.Job) (Request, error) {
	from, err := l.origin(j)
	if err != nil {
		return Request{}, err
	}
	parsed, err := job.Parse(from.File, []byte(j.YAML), from.Set...)
	return Request{Job: parsed, YAML: j.YAML, File: from.File, Set: from.Set, Dataset: j.Dataset, Estimate: from.Estimate}, err
}

// ErrChanged says that a job cannot go on because what it was made of has
// changed.
var ErrChanged = errors.New("it changed since the job was submitted")

// unchanged refuses to go on with other examples, or another template, than a
// job was submitted with: its checkpoints and its loss are of those.
func (l *Launcher) unchanged(ctx context.Context, j *registry.Job, r Request) error {
	from, err := l.origin(j)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	files, err := inputFiles(r.Job)
	if err != nil {
		return err
	}
	now := map[string]string{}
	for _, f := range files {
		now[f.To] = f.From
	}
	for _, to := range slices.Sorted(maps.Keys(from.Inputs)) {
		was, at := from.Inputs[to], now[to]
		sum := ""
		if at != "" {
			if sum, err = (cluster.Disk{}).Hash(ctx, at); err != nil {
				return fmt.Errorf("look whether %s has changed: %w", at, err)
			}
		}
		if sum != was {
			return fmt.Errorf("%s (%s) is not what %s was submitted with: %w: put the old one back, or submit a job anew", to, at, j.ID, ErrChanged)
		}
	}
	return nil
}

// inputFiles are what tasks read. A task of a sweep over datasets, splits or
// templates has its own, which the trainer finds before those of the job.
func inputFiles(j *job.Job) ([]cluster.File, error) {
	files, err := dataFiles(j)
	for _, t := range j.Tasks() {
		if err != nil || !ownInputs(&t, j) {
			continue
		}
		var own []cluster.File
		own, err = dataFiles(&t.Job)
		for _, f := range own {
			files = append(files, cluster.File{From: f.From, To: inTask(&t, f.To)})
		}
	}
	return files, err
}

// ownInputs reports whether a task reads other files than its job.
func ownInputs(t *job.Task, j *job.Job) bool {
	a, b := t.Job.Dataset, j.Dataset
	return a.Path != b.Path || a.Train != b.Train || a.Validation != b.Validation || a.Retrieved != b.Retrieved || t.Job.Base.Template != j.Base.Template
}
