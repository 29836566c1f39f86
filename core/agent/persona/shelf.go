package persona

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// shelf is a folder of personas: 0001-anna-belova.yaml is the first of a plan.
type shelf struct {
	dir     string
	total   int
	people  map[int]sdk.Persona // by index
	names   *namer
	stories map[string]string // name by likeness
}

// openShelf reads what is there. Other YAML files beside the plan's are no part
// of the population, but their names are taken.
func openShelf(dir string, plan *Plan) (*shelf, error) {
	s := &shelf{
		dir: dir, total: len(plan.Points), people: map[int]sdk.Persona{},
		names: &namer{taken: map[string]bool{}}, stories: map[string]string{},
	}
	files, err := filepath.Glob(filepath.Join(escaped(dir), "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("list the personas: %w", err)
	}
	var wrong spec.Problems
	for _, file := range files {
		p, problems := spec.LoadPersona(file)
		if len(problems) > 0 {
			wrong = append(wrong, problems...)
			continue
		}
		s.keep(s.indexOf(file), &p)
	}
	if len(wrong) > 0 {
		return nil, wrong.Sorted()
	}
	return s, nil
}

// escaped is a folder as a pattern means it literally.
func escaped(dir string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(dir)
}

// indexOf is which of the plan a file is; -1 for none.
func (s *shelf) indexOf(file string) int {
	number, _, ok := strings.Cut(filepath.Base(file), "-")
	i, err := strconv.Atoi(number)
	if !ok || err != nil || i < 1 || i > s.total || len(number) < 4 {
		return -1
	}
	return i - 1
}

func (s *shelf) keep(index int, p *sdk.Persona) {
	s.names.take(p.Name)
	if story := likeness(p); story != "" {
		s.stories[story] = p.Name
	}
	if index >= 0 {
		s.people[index] = *p
	}
}

// missing are the personas to be written.
func (s *shelf) missing() []job {
	var out []job
	for i := range s.total {
		if _, is := s.people[i]; !is {
			out = append(out, job{index: i})
		}
	}
	return out
}

// put writes a persona under a comment.
func (s *shelf) put(index int, p *sdk.Persona, comment string) (string, error) {
	data, err := spec.MarshalPersona(p)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("%04d-%s.yaml", index+1, slug(p.Name))
	if err := writeFile(filepath.Join(s.dir, name), append([]byte(comment), data...)); err != nil {
		return "", err
	}
	s.keep(index, p)
	return name, nil
}

// writeFile writes a file whole or not at all.
func writeFile(path string, data []byte) error {
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, data, 0o644); err != nil {
		os.Remove(temporary)
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
