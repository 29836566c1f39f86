package spec_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/llm-city/gorod/core/spec"
)

func TestShippedExperimentsLoad(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../experiments/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("found %v, %v", files, err)
	}
	for _, file := range files {
		study, err := spec.Load(file, spec.Options{Plugins: catalog{}})
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if study.Name+".yaml" != filepath.Base(file) || study.Description == "" {
			t.Errorf("%s is called %q and described as %q", file, study.Name, study.Description)
		}
		for _, r := range study.Residents() {
			if _, err := json.Marshal(r.Persona); err != nil || r.Persona.Occupation == "" || len(r.Persona.Traits) == 0 {
				t.Errorf("%s: %s is hardly a persona: %v", file, r.Persona.Name, err)
			}
		}
	}
}
