package society

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/runner"
)

// separator of models in a row.
const separator = "; "

// modelsOf are the models of the study that a run belongs to, as "provider
// model", each once, in order; empty where its manifest is gone. The manifest
// stands in the folder of the study, a few above the run's.
func modelsOf(file string) string {
	dir := filepath.Dir(file)
	for range deepest {
		m, err := runner.ReadManifest(dir)
		if err == nil {
			var names []string
			for _, model := range m.Models {
				names = append(names, strings.TrimSpace(model.Provider+" "+model.Model))
			}
			slices.Sort(names)
			return strings.Join(slices.Compact(names), separator)
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// StandIn reports whether a row is of a run in which the built-in stand-in for
// models took part.
func StandIn(models string) bool {
	return slices.Contains(strings.Split(models, separator), "reference")
}
