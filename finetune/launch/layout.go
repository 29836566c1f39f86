package launch

import (
	"context"
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
func (l *Launcher) layOut(ctx context.Context, id string, r Request) ([]cluster.File, error) {
	dir := filepath.Join(l.Local, folder(r.Job.Name, id))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("lay the job out: %w", err)
	}
	if err := trainer.Extract(filepath.Join(dir, "trainer")); err != nil {
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
	data, err := inputFiles(r.Job)
	if err != nil {
		return nil, err
	}
	return append(files, data...), writeOrigin(ctx, dir, r, data)
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

func writeTask(at, id string, t *job.Task, r Request) error {
	own := t.Job
	own.Sweep, own.Cluster.Env = nil, nil // others may read the file, and the environment may hold keys
	own.Dataset.Path = "data"             // where it is staged
	if own.Base.Template != "" {
		own.Base.Template = templateFile
		if ownInputs(t, r.Job) {
			own.Base.Template = inTask(t, templateFile)
		}
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

const templateFile = "template.jinja"

// dataFiles are the files of the dataset that a job reads, as they are staged:
// its JSON Lines where it has them, and else its Parquet.
func dataFiles(j *job.Job) ([]cluster.File, error) {
	var files []cluster.File
	if j.Base.Template != "" {
		files = append(files, cluster.File{From: j.Base.Template, To: templateFile})
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
