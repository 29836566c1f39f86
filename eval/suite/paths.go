package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/spec"
)

// place is a path that the suite holds, and where.
type place struct {
	key string
	at  *string
}

// places are all paths of the suite. Empty ones are those that were not given.
func (s *Suite) places() []place {
	var all []place
	add := func(at *string, key string, args ...any) { all = append(all, place{fmt.Sprintf(key, args...), at}) }
	for i := range s.Subjects {
		if r := s.Subjects[i].Retrieve; r != nil {
			add(&r.Dataset, "subjects[%d].retrieve.dataset", i)
		}
	}
	for i := range s.Tasks {
		t, path := &s.Tasks[i], fmt.Sprintf("tasks[%d].", i)
		for key, at := range t.paths() {
			add(at, "%s%s", path, key)
		}
	}
	for i := range s.Judges {
		add(&s.Judges[i].Rubric, "judges[%d].rubric", i)
	}
	slices.SortStableFunc(all, func(a, b place) int { return strings.Compare(a.key, b.key) })
	return all
}

// paths are those of a task, by key.
func (t *Task) paths() map[string]*string {
	all := map[string]*string{}
	if t.Dialogue != nil {
		all["dialogue.dataset"] = &t.Dialogue.Dataset
	}
	if t.Language != nil {
		all["language.prompts"] = &t.Language.Prompts
	}
	if t.Retention != nil {
		all["retention.items"] = &t.Retention.Items
	}
	if t.Persona != nil {
		for i := range t.Persona.Personas {
			all[fmt.Sprintf("persona.personas[%d]", i)] = &t.Persona.Personas[i]
		}
	}
	if t.Mood != nil {
		all["mood.situations"] = &t.Mood.Situations
	}
	if t.Action != nil {
		all["action.situations"] = &t.Action.Situations
	}
	if t.Style != nil {
		all["style.dataset"] = &t.Style.Dataset
	}
	if t.Memorisation != nil {
		all["memorisation.dataset"], all["memorisation.canaries"] = &t.Memorisation.Dataset, &t.Memorisation.Canaries
	}
	if t.Sentiment != nil {
		all["sentiment.data"] = &t.Sentiment.Data
	}
	if t.Society != nil {
		for i := range t.Society.Runs {
			all[fmt.Sprintf("society.runs[%d]", i)] = &t.Society.Runs[i]
		}
	}
	if t.Choice != nil {
		all["choice.items"] = &t.Choice.Items
	}
	return all
}

// anchor makes the paths of the suite whole.
func (c *checker) anchor() {
	for _, p := range c.suite.places() {
		c.whole(p.at, p.key)
	}
	for i := range c.suite.Subjects {
		at := &c.suite.Subjects[i].Plugin.Plugin
		if strings.HasPrefix(*at, "./") || strings.HasPrefix(*at, "../") {
			c.whole(at, fmt.Sprintf("subjects[%d].plugin.plugin", i))
		}
	}
}

func (c *checker) whole(at *string, path string) {
	if *at == "" || filepath.IsAbs(*at) {
		return
	}
	dir := c.dir
	if c.suite.Problem(path, "", "", "").Origin != "" { // by --set: relative to where gorod runs
		dir = "."
	}
	full, err := filepath.Abs(filepath.Join(dir, *at))
	if err != nil {
		c.say(path, path+" cannot be made whole", err.Error(), "give an absolute path")
		return
	}
	*at = full
}

// Input is a file that an evaluation reads, by where the suite names it.
type Input struct {
	Key  string // such as tasks[0].dialogue.dataset
	Path string // whole
}

// Inputs are the files that the suite's paths name: of a pattern what it finds,
// of a folder the files in it that hold data. Paths that name nothing come as
// spec.Problems.
func (s *Suite) Inputs() ([]Input, error) {
	var all []Input
	var problems spec.Problems
	for _, p := range s.places() {
		if *p.at == "" {
			continue
		}
		found, err := filepath.Glob(*p.at)
		if err != nil || len(found) == 0 { // a name may hold what patterns are made of
			found = []string{*p.at}
		}
		for _, path := range found {
			files, err := data(path)
			if err != nil {
				problems = append(problems, s.Problem(p.key, p.key+" cannot be read", err.Error(), remedy(p.key)))
			}
			for _, file := range files {
				all = append(all, Input{p.key, file})
			}
		}
	}
	if len(problems) > 0 {
		return nil, problems.Sorted()
	}
	return all, nil
}

// remedy is what to do about a path that names nothing.
func remedy(key string) string {
	switch {
	case strings.HasSuffix(key, ".dataset"):
		return "build it first: gorod dataset build RECIPE; or check the path, which is relative to the file"
	case strings.Contains(key, ".society."):
		return "run the experiment first: gorod run FILE; or check the path, which is relative to the file"
	}
	return "check the path; it is relative to the file"
}

// data are the files of a folder that hold what is read of datasets and runs,
// or the file itself. Of a dataset that is its Parquet and what it says of
// itself: the other formats hold the same.
func data(path string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.Mode().IsRegular():
		return []string{path}, nil
	case !info.IsDir(): // a device or a pipe may never end
		return nil, errors.New(path + " is neither a file nor a folder")
	}
	files, err := filepath.Glob(filepath.Join(quoted(path), "data", "*.parquet"))
	if len(files) > 0 {
		if own := filepath.Join(path, "manifest.json"); exists(own) {
			files = append(files, own)
		}
		return files, err
	}
	err = filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch filepath.Ext(at) {
		case ".parquet", ".jsonl", ".json", ".yaml", ".csv", ".db":
			if d.Type().IsRegular() && d.Name() != "llm.db" { // what models said on the way
				files = append(files, at)
			}
		}
		if d.IsDir() && slices.Contains([]string{"report", "export", "figures"}, d.Name()) && at != path {
			return fs.SkipDir // made of the rest
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = errors.New(path + " holds no data")
	}
	return files, err
}

// quoted is a path that a pattern finds and nothing else.
func quoted(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
