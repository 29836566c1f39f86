package job

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/llm-city/gorod/core/spec"
)

// Load reads a job; set holds overrides, each "path=value". What is wrong with
// it comes as spec.Problems. Paths in it are relative to its folder, those of
// overrides to the current one; those of the result are whole.
func Load(file string, set ...string) (*Job, error) {
	text, err := Read(file)
	if err != nil {
		return nil, err
	}
	return Parse(file, text, set...)
}

// Read reads the text of a job's file, or says as spec.Problems why it cannot.
func Read(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, spec.Problems{{File: file, What: "cannot be read", Why: reason(err), Do: "check the path; experiments/finetune-tiny.yaml is one to start from"}}
	}
	return text, nil
}

// reason is why a file cannot be read, without its name, which is told already.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// Parse reads a job from its text; file is what problems call it, and its folder
// is what paths are relative to.
func Parse(file string, text []byte, set ...string) (*Job, error) {
	j, c := decode(file, text, set, nil)
	if len(c.problems) == 0 {
		c.check(j)
		j.tasks = c.sweep(file, text, set, j)
		c.notice(j)
	}
	if len(c.problems) > 0 {
		return nil, c.problems.Sorted()
	}
	j.warnings = c.warnings.Sorted()
	return j, nil
}

// JSONSchema is the JSON Schema of a job, for editors.
func JSONSchema() []byte { return spec.SchemaFor("gorod fine-tuning", Job{}) }

// decode fills a job, and makes its paths whole. What is swept was set, too, but
// stands in the file.
func decode(file string, text []byte, set []string, swept map[string]any) (*Job, *checker) {
	j := &Job{}
	source, problems := spec.Decode(file, text, j, set...)
	j.source = source
	c := &checker{source: source, dir: filepath.Dir(file), swept: swept, problems: problems}
	if len(problems) == 0 {
		c.anchor(j)
	}
	return j, c
}

// Problem is something wrong with a value at a path such as training.batch, of a
// job that was loaded; elsewhere it has no place.
func (j *Job) Problem(path, what, why, do string) spec.Problem {
	if j.source == nil {
		return spec.Problem{File: j.Name, What: what, Why: why, Do: do}
	}
	return j.source.Problem(path, what, why, do)
}

// Warnings are what is odd about a job and does not keep it from running.
func (j *Job) Warnings() spec.Problems { return j.warnings }
