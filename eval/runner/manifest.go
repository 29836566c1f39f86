package runner

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"time"

	core "github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
)

// Manifest says what an evaluation was done with: enough to do it again, and to
// refuse to go on with something else.
type Manifest struct {
	Gorod   string                      `json:"gorod"` // version
	Name    string                      `json:"name"`
	Suite   string                      `json:"suite"` // SHA-256 of suite.yaml
	Created time.Time                   `json:"created"`
	Ended   *time.Time                  `json:"ended,omitempty"` // absent until all rows are written
	Machine core.Machine                `json:"machine"`
	Models  map[string]core.ModelRecord `json:"models"` // by entry of the suite
	Plugins map[string]core.PluginUsed  `json:"plugins,omitempty"`
	Inputs  []File                      `json:"inputs,omitempty"` // data files of the suite
	Tasks   []TaskRecord                `json:"tasks"`

	Subjects []Count `json:"subjects,omitempty"`
	Samples  int     `json:"samples"`
	Scores   int     `json:"scores"`
	Missing  int     `json:"missing"`           // scores that are a reason and no value
	Outputs  []File  `json:"outputs,omitempty"` // the rows
}

// TaskRecord is a task as it was asked.
type TaskRecord struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Items  int    `json:"items"`
	Asked  int    `json:"asked,omitempty"` // of these: fewer where its comparisons were decided before
	Digest string `json:"digest"`          // SHA-256 of ids, clusters and criteria of the items
}

// Count is what a subject answered.
type Count struct {
	Subject      string `json:"subject"`
	Samples      int    `json:"samples"`
	Unusable     int    `json:"unusable"`      // of these: refused, broken, empty
	Why          string `json:"why,omitempty"` // the first of them is
	PromptTokens int64  `json:"prompt_tokens"`
	ReplyTokens  int64  `json:"reply_tokens"`
}

// Done reports whether all rows are written.
func (m *Manifest) Done() bool { return m.Ended != nil }

// ErrNoEvaluation says that a folder is not one of an evaluation.
var ErrNoEvaluation = errors.New("not the folder of an evaluation")

// ReadManifest reads an evaluation's manifest.
func ReadManifest(dir string) (m Manifest, err error) {
	path := filepath.Join(dir, ManifestFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s: %w: it has no %s (`gorod eval ls` lists them)", dir, ErrNoEvaluation, ManifestFile)
	}
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		return m, fmt.Errorf("read %s: %w", path, err)
	}
	return m, nil
}

// changeable are the parts of a suite that say what it may cost and where its
// models are served. All else decides what is asked.
const changeable = `^(budget|models\.[^.\[]+\.(endpoints|parallel|timeout|retries|api_key_env))(\.|\[|=|$)`

// Load reads the suite of an evaluation's folder. set may hold only what does
// not change what is asked.
func Load(dir string, set ...string) (*suite.Suite, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	may, err := regexp.Compile(changeable)
	if err != nil {
		return nil, fmt.Errorf("what may change: %w", err)
	}
	var problems spec.Problems
	for _, one := range set {
		if !may.MatchString(one) {
			problems = append(problems, spec.Problem{
				Origin: "--set " + one, What: "cannot change any more", Why: "the evaluation goes on as it began, or its replies could not be compared",
				Do: "start anew without --resume; budget and a model's endpoints, parallel, timeout, retries and api_key_env can change",
			})
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	path := filepath.Join(dir, SuiteFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the suite that began: %w", err)
	}
	if digest := suite.Digest(text); digest != m.Suite {
		return nil, fmt.Errorf("%s is not as the evaluation began: its SHA-256 is %.12s, the manifest has %.12s; put it back, or start anew with the edited file", path, digest, m.Suite)
	}
	return suite.Parse(path, text, set...)
}

// record writes the suite and the manifest, or on resuming checks that all is
// as it began.
func (e *Evaluation) record(dir string) (Manifest, error) {
	now := e.manifest()
	was, err := ReadManifest(dir)
	if err == nil {
		return e.same(dir, was, now)
	}
	if !errors.Is(err, ErrNoEvaluation) {
		return now, err
	}
	text, err := e.options.Suite.Marshal()
	if err != nil {
		return now, err
	}
	now.Suite = suite.Digest(text)
	if err := core.WriteFile(filepath.Join(dir, SuiteFile), text); err != nil {
		return now, err
	}
	return now, core.WriteJSON(filepath.Join(dir, ManifestFile), now)
}

func (e *Evaluation) manifest() Manifest {
	m := Manifest{
		Gorod: e.options.Version, Name: e.options.Suite.Name, Created: e.options.Now().UTC().Truncate(time.Second),
		Machine: core.Machine{OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), Go: runtime.Version()},
		Models:  e.digests, Plugins: map[string]core.PluginUsed{}, Inputs: e.inputs,
	}
	for ref, entry := range e.plugins {
		m.Plugins[ref] = core.PluginUsed{Path: entry.Path, Version: entry.Info.Version, SHA256: entry.SHA256, Builtin: entry.Builtin}
	}
	for _, p := range e.tasks {
		m.Tasks = append(m.Tasks, TaskRecord{Name: p.suite.Name, Kind: p.kind.Name(), Items: len(p.items), Digest: p.digest()})
	}
	return m
}

// finish writes the rows and what they come to.
func (m *Manifest) finish(dir string, all *rows, now time.Time) error {
	if err := all.write(dir, m.Suite); err != nil {
		return err
	}
	m.count(all)
	m.Outputs = nil
	for _, name := range []string{sample.SamplesFile, sample.ScoresFile} {
		f, err := sumOf(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		f.Path = name
		m.Outputs = append(m.Outputs, f)
	}
	if m.Ended == nil {
		ended := now.UTC().Truncate(time.Second)
		m.Ended = &ended
	}
	return core.WriteJSON(filepath.Join(dir, ManifestFile), *m)
}

func (m *Manifest) count(all *rows) {
	m.Samples, m.Scores, m.Missing, m.Subjects = len(all.samples), len(all.scores), 0, nil
	at := map[string]int{}
	for i := range all.samples {
		x := &all.samples[i]
		k, known := at[x.Subject]
		if !known {
			k = len(m.Subjects)
			at[x.Subject] = k
			m.Subjects = append(m.Subjects, Count{Subject: x.Subject})
		}
		c := &m.Subjects[k]
		c.Samples++
		c.PromptTokens += x.PromptTokens
		c.ReplyTokens += x.ReplyTokens
		if x.Error == "" {
			continue
		}
		if c.Unusable++; c.Unusable == 1 {
			c.Why = x.Error
		}
	}
	for i := range m.Tasks {
		m.Tasks[i].Asked = all.asked[m.Tasks[i].Name]
	}
	for i := range all.scores {
		if all.scores[i].Missing != "" {
			m.Missing++
		}
	}
}
