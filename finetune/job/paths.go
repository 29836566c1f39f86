package job

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/llm-city/gorod/core/spec"
)

// Local reports whether the base model is a folder and not an id.
func (b *Base) Local() bool { return isPath(b.Model) }

func isPath(s string) bool {
	return filepath.IsAbs(s) || s == "." || s == ".." || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../")
}

// validID reports whether a model may be an id of Hugging Face.
func validID(s string) bool {
	return len(s) <= 200 && regexp.MustCompile(`^([A-Za-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*$`).MatchString(s) && !strings.Contains(s, "..")
}

// Remote reports whether the job runs on a machine that is reached over a
// network, whose files are not seen from here.
func (c *Cluster) Remote() bool { return c.Kind == "slurm" && c.Via != "commands" }

// anchor makes the paths of a job whole.
func (c *checker) anchor(j *Job) {
	if !j.Base.Local() && !j.Cluster.Remote() { // a folder may be written as an id is: models/mine
		at := j.Base.Model
		c.whole(&at, "base.model")
		if _, err := os.Stat(filepath.Join(at, "config.json")); err == nil && j.Base.Model != "" {
			j.Base.Model = at
		}
	}
	if j.Base.Local() && !filepath.IsAbs(j.Base.Model) {
		c.whole(&j.Base.Model, "base.model")
	}
	c.whole(&j.Base.Template, "base.template")
	c.whole(&j.Dataset.Path, "dataset.path")
	if !j.Cluster.Remote() {
		c.whole(&j.Cluster.Dir, "cluster.dir")
	}
}

func (c *checker) whole(at *string, path string) {
	if *at == "" || filepath.IsAbs(*at) {
		return
	}
	dir := c.dir
	if _, swept := c.swept[path]; !swept && c.source.Problem(path, "", "", "").Origin != "" { // by --set: relative to where gorod runs
		dir = "."
	}
	full, err := filepath.Abs(filepath.Join(dir, *at))
	if err != nil {
		c.say(path, path+" cannot be made whole", err.Error(), "give an absolute path")
		return
	}
	*at = full
}

// Ready checks that what the job reads is there, which it need not be when the
// file is only checked. What is missing comes as spec.Problems.
func (j *Job) Ready() error {
	var problems spec.Problems
	for _, at := range j.inputs() {
		if _, err := os.Stat(at.path); err != nil {
			problems = append(problems, j.Problem(at.key, at.key+" cannot be read", at.path+": "+reason(err), at.do))
		}
	}
	if j.Base.Local() && !j.Cluster.Remote() && len(problems) == 0 {
		if _, err := os.Stat(filepath.Join(j.Base.Model, "config.json")); errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, j.Problem("base.model", "base.model is no model", j.Base.Model+" has no config.json", "name the folder that holds config.json, the safetensors and the tokenizer"))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return problems.Sorted()
}

type input struct{ key, path, do string }

// inputs are the files that a job reads on this machine.
func (j *Job) inputs() []input {
	all := []input{{"dataset.path", j.Dataset.Path, "build it first: gorod dataset build RECIPE"}}
	if j.Base.Template != "" {
		all = append(all, input{"base.template", j.Base.Template, "check the path; it is relative to the file"})
	}
	if j.Base.Local() && !j.Cluster.Remote() {
		all = append(all, input{"base.model", j.Base.Model, "check the path, or give an id of Hugging Face"})
	}
	return all
}

// missing warns of inputs that are not there yet.
func (c *checker) missing(j *Job) {
	for _, at := range j.inputs() {
		if _, err := os.Stat(at.path); errors.Is(err, fs.ErrNotExist) {
			c.warn(at.key, at.key+" is not there yet", at.path, at.do)
		}
	}
}
