package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/llm-city/gorod/core/spec"
)

// Load reads a suite; set holds overrides, each "path=value". What is wrong with
// it comes as spec.Problems, all at once. Paths in it are relative to its
// folder, those of overrides to the current one; those of the result are whole.
func Load(file string, set ...string) (*Suite, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, spec.Problems{{File: file, What: "cannot be read", Why: err.Error(), Do: "check the path; experiments/eval-models-ru.yaml is one to start from"}}
	}
	return Parse(file, text, set...)
}

// Parse reads a suite from its text; file is what problems call it, and its
// folder is what paths are relative to.
func Parse(file string, text []byte, set ...string) (*Suite, error) {
	s := &Suite{}
	source, problems := spec.Decode(file, text, s, set...)
	s.source = source
	c := &checker{suite: s, dir: filepath.Dir(file), problems: problems}
	if len(problems) == 0 {
		c.anchor()
		c.check()
	}
	if len(c.problems) > 0 {
		return nil, c.problems.Sorted()
	}
	return s, nil
}

// JSONSchema is the JSON Schema of a suite, for editors.
func JSONSchema() []byte { return spec.SchemaFor("gorod evaluation", Suite{}) }

// Marshal is the suite as YAML, with every default filled in and paths whole.
func (s *Suite) Marshal() ([]byte, error) {
	out, err := spec.Marshal(*s)
	if err != nil {
		return nil, fmt.Errorf("write the suite %s: %w", s.Name, err)
	}
	return out, nil
}

// Digest is the SHA-256 of a suite's YAML, hexadecimal.
func Digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
