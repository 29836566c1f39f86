package persona

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
	"github.com/llm-city/gorod/plugins/sdk"
)

// resident is somebody whom the subject speaks as.
type resident struct {
	id        string
	self      string // system message
	opposite  string // system message of who is the contrary of it
	form      form
	statement string // the questionnaire as it is put
}

// residents reads the personas of a task, in the order of their files' names
// within each pattern.
func residents(s task.Setup, t *texts) ([]*resident, error) {
	var (
		out      []*resident
		problems spec.Problems
		seen     = map[string]string{}
	)
	named, found := personas(s)
	problems = append(problems, found...)
	for _, n := range named {
		if first, twice := seen[n.id]; twice {
			problems = append(problems, items.Problem(s, "persona.personas", fmt.Sprintf("persona %q twice", n.id), first+" and "+n.file, "results are told apart by the files' names: rename one"))
			continue
		}
		seen[n.id] = n.file
		r, err := newResident(n, t)
		if err != nil {
			problems = append(problems, spec.Problem{File: n.file, Line: 1, Column: 1, What: "the persona cannot be asked who it is", Why: err.Error(), Do: "add traits: or beliefs:, from -1 to 1"})
			continue
		}
		out = append(out, r)
	}
	if len(problems) > 0 {
		return nil, problems.Sorted()
	}
	return out, nil
}

// named is a persona with its file.
type named struct {
	id, file string
	persona  sdk.Persona
}

func personas(s task.Setup) ([]named, spec.Problems) {
	if len(s.Task.Persona.Personas) == 0 {
		return shipped(s.Suite.Language)
	}
	var (
		out      []named
		problems spec.Problems
	)
	for i, pattern := range s.Task.Persona.Personas {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			problems = append(problems, items.Problem(s, fmt.Sprintf("persona.personas[%d]", i), fmt.Sprintf("no persona file %q", pattern), "nothing matches", "the path is relative to this file; gorod brings experiments/personas"))
		}
		slices.Sort(found)
		for _, file := range found {
			p, bad := spec.LoadPersona(file)
			if problems = append(problems, bad...); len(bad) == 0 {
				out = append(out, named{idOf(file), file, p})
			}
		}
	}
	return out, problems
}

func idOf(file string) string {
	base := filepath.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// shipped are the personas that come with the task.
func shipped(language string) ([]named, spec.Problems) {
	found, err := fs.Glob(files, "data/"+language+"/*.yaml")
	if err != nil {
		return nil, spec.Problems{{File: "shipped personas", What: "cannot be read", Why: err.Error()}}
	}
	var (
		out      []named
		problems spec.Problems
	)
	for _, file := range found {
		text, err := files.ReadFile(file)
		if err != nil {
			return nil, spec.Problems{{File: file, What: "cannot be read", Why: err.Error()}}
		}
		n := named{id: idOf(file), file: file}
		_, bad := spec.Decode(file, text, &n.persona)
		problems = append(problems, bad...)
		out = append(out, n)
	}
	return out, problems
}

func newResident(n named, t *texts) (*resident, error) {
	r := &resident{id: n.id, form: t.form(&n.persona)}
	if len(r.form.dimensions) == 0 {
		return nil, fmt.Errorf("%s has neither traits nor views", n.persona.Name)
	}
	if len(r.form.questions) > mostQuestions {
		return nil, fmt.Errorf("%s has %d traits and views, too many for one questionnaire", n.persona.Name, len(r.form.dimensions))
	}
	var err error
	if r.self, err = t.portrait(&n.persona); err != nil {
		return nil, err
	}
	contrary := contraryOf(&n.persona)
	if r.opposite, err = t.portrait(&contrary); err != nil {
		return nil, err
	}
	r.statement, err = t.ask(r.form)
	return r, err
}

// mostQuestions of a questionnaire: it is answered in one reply.
const mostQuestions = 60

// contraryOf is who has the same name and life, and the contrary traits and
// views. What would give the person away is left out.
func contraryOf(p *sdk.Persona) sdk.Persona {
	out := *p
	out.Bio, out.Style, out.Goals = "", "", nil
	out.Traits, out.Beliefs = turned(p.Traits), turned(p.Beliefs)
	return out
}

func turned(scale map[string]float64) map[string]float64 {
	out := maps.Clone(scale)
	for name, x := range out {
		out[name] = -x
	}
	return out
}
