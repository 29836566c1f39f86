package runner

import (
	"maps"
	"reflect"
	"slices"

	"github.com/llm-city/gorod/core/spec"
)

// served are the models of all cells of a study. Cells may differ in what an
// entry of models means; every meaning has a name and a provider of its own.
type served struct {
	models map[string]spec.Model        // by name
	names  map[string]map[string]string // by cell and entry
}

// modelsOf gathers the models of runs. An entry is named as the study names it,
// and for cells where it means something else "entry@cell".
func modelsOf(runs []Planned) served {
	s := served{models: map[string]spec.Model{}, names: map[string]map[string]string{}}
	meanings := map[string][]string{} // names of an entry
	for _, run := range runs {
		cell := run.Cell.Name
		if s.names[cell] != nil {
			continue
		}
		s.names[cell] = map[string]string{}
		for _, entry := range slices.Sorted(maps.Keys(run.Cell.Study.Models)) {
			m := run.Cell.Study.Models[entry]
			at := slices.IndexFunc(meanings[entry], func(name string) bool { return reflect.DeepEqual(s.models[name], m) })
			if at < 0 {
				name := entry
				if len(meanings[entry]) > 0 {
					name += "@" + cell
				}
				s.models[name] = m
				at, meanings[entry] = len(meanings[entry]), append(meanings[entry], name)
			}
			s.names[cell][entry] = meanings[entry][at]
		}
	}
	return s
}
