package launch

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/registry"
	"github.com/llm-city/gorod/finetune/trainer"
)

// taskFile is job.json as the trainer reads it.
type taskFile struct {
	job.Job
	ID       string  `json:"id"`
	Task     int     `json:"task"`
	Estimate float64 `json:"estimate,omitempty"` // GB on each GPU
}

// layOut writes what a job needs into a folder here, and tells what is to be
// staged.
func (l *Launcher) layOut(id string, r Request) ([]cluster.File, error) {
	dir := filepath.Join(l.Local, folder(r.Job.Name, id))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("lay the job out: %w", err)
	}
	if err := trainer.Extract(filepath.Join(dir, "trainer")); err != nil {
		return nil, err
	}
	if err := writeOrigin(dir, r); err != nil {
		return nil, err
	}
	files := []cluster.File{{From: filepath.Join(dir, "trainer"), To: "trainer"}}
	for _, t := range r.Job.Tasks() {
		name := inTask(&t, "job.json")
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := writeTask(at, id, &t, r); err != nil {
			return nil, err
		}
		files = append(files, cluster.File{From: at, To: name})
	}
	if r.Job.Notify.Stage() {
		told, err := layOutNotice(dir, id, r.Job, l.where(r.Job, id), r.Webhook)
		if err != nil {
			return nil, err
		}
		files = append(files, told...)
	}
	data, err := dataFiles(r.Job)
	return append(files, data...), err
}

// where is the folder of a job as a person would name it.
func (l *Launcher) where(j *job.Job, id string) string {
	dir := path.Join(l.Dir, folder(j.Name, id))
	if u, err := url.Parse(j.Cluster.Host); err == nil && u.Host != "" {
		return u.Host + ":" + dir
	}
	if j.Cluster.Host != "" && j.Cluster.Via == "ssh" {
		return j.Cluster.Host + ":" + dir
	}
	return dir
}

// origin is where a job's YAML came from; it stays on this machine.
type origin struct {
	File string   `json:"file"`
	Set  []string `json:"set,omitempty"`
}

const originFile = "origin.json"

func writeOrigin(dir string, r Request) error {
	text, err := json.Marshal(origin{r.File, r.Set})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, originFile), text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("lay the job out: %w", err)
	}
	return nil
}

// Request is the request that a job was made of, for Resume.
func (l *Launcher) Request(j *registry.Job) (Request, error) {
	text, err := os.ReadFile(filepath.Join(l.Local, folder(j.Name, j.ID), originFile))
	if err != nil {
		return Request{}, fmt.Errorf("what %s was made of is not on this machine: %w", j.ID, err)
	}
	var from origin
	if err := json.Unmarshal(text, &from); err != nil {
		return Request{}, fmt.Errorf("read where %s came from: %w", j.ID, err)
	}
	parsed, err := job.Parse(from.File, []byte(j.YAML), from.Set...)
	return Request{Job: parsed, YAML: j.YAML, File: from.File, Set: from.Set, Dataset: j.Dataset}, err
}

func writeTask(at, id string, t *job.Task, r Request) error {
	own := t.Job
	own.Sweep = nil
	own.Dataset.Path = "data" // where it is staged
	if own.Base.Template != "" {
		own.Base.Template = "template.jinja"
	}
	text, err := json.MarshalIndent(taskFile{own, id, t.Index, r.Estimate}, "", "  ")
	if err != nil {
		return fmt.Errorf("write job.json: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return fmt.Errorf("lay the job out: %w", err)
	}
	if err := os.WriteFile(at, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("lay the job out: %w", err)
	}
	return nil
}

// dataFiles are the files of the dataset that a job reads, as they are staged:
// its JSON Lines where it has them, and else its Parquet.
func dataFiles(j *job.Job) ([]cluster.File, error) {
	var files []cluster.File
	if j.Base.Template != "" {
		files = append(files, cluster.File{From: j.Base.Template, To: "template.jinja"})
	}
	for split, needed := range map[string]bool{j.Dataset.Train: true, j.Dataset.Validation: false} {
		if split == "" {
			continue
		}
		from, to := splitFile(j, split)
		if from == "" && needed {
			return nil, spec.Problems{j.Problem("dataset.path", fmt.Sprintf("the dataset has no split %q", split), j.Dataset.Path, "gorod dataset build writes data/train.parquet and messages/train.jsonl")}
		}
		if from != "" {
			files = append(files, cluster.File{From: from, To: to})
		}
		if table := filepath.Join(j.Dataset.Path, "data", split+".parquet"); j.Dataset.Retrieved && from != "" && table != from {
			if _, err := os.Stat(table); err == nil { // JSON Lines of messages do not hold what was retrieved
				files = append(files, cluster.File{From: table, To: strings.TrimSuffix(to, filepath.Ext(to)) + ".parquet"})
			}
		}
	}
	return files, nil
}

// splitFile is the file of a split here, and where it goes.
func splitFile(j *job.Job, split string) (from, to string) {
	name := "train"
	if split == j.Dataset.Validation {
		name = "validation"
	}
	at := j.Dataset.Path
	if info, err := os.Stat(at); err == nil && !info.IsDir() {
		if name == "validation" {
			return "", ""
		}
		return at, "data/" + name + filepath.Ext(at)
	}
	for _, candidate := range []string{
		filepath.Join("messages", split+".jsonl"), split + ".jsonl", filepath.Join("data", split+".parquet"), split + ".parquet",
	} {
		if _, err := os.Stat(filepath.Join(at, candidate)); err == nil {
			return filepath.Join(at, candidate), "data/" + name + filepath.Ext(candidate)
		}
	}
	return "", ""
}
