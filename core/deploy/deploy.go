// Package deploy writes a folder to start from: a first experiment with
// settings, and what it takes to run gorod in containers, as a service and on a
// cluster.
package deploy

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed templates
var templates embed.FS

// Parts of a folder, by the name under which they are asked for.
const (
	Experiment = "experiment"
	Docker     = "docker"
	Compose    = "compose" // with Docker, whose image it builds
	Systemd    = "systemd"
	Slurm      = "slurm"
)

// Parts are all of them.
func Parts() []string { return []string{Experiment, Docker, Compose, Systemd, Slurm} }

// Languages are those that the experiment and the README can be written in.
func Languages() []string { return []string{"ru", "en"} }

// Options say what to write.
type Options struct {
	Dir      string
	Only     []string // parts; all where empty
	Force    bool     // overwrite what is there, but for secrets
	Language string
	Go       string // version of Go that builds the image: 1.26.0
	Version  string // of gorod, as Go modules name it: v1.2.3
}

// Made is what was written.
type Made struct {
	Dir     string   `json:"dir"`
	Written []string `json:"written"`
	Kept    []string `json:"kept"` // they were there, and are as they were
	// Warnings are what somebody should do about what was kept.
	Warnings []string `json:"warnings,omitempty"`
}

// ErrOptions says that options make no sense.
var ErrOptions = errors.New("cannot be written")

// Write writes the folder. A file that is there is kept, unless Force says
// otherwise; secrets are kept in any case.
func Write(o Options) (Made, error) {
	made := Made{Dir: o.Dir, Written: []string{}, Kept: []string{}}
	if err := o.check(); err != nil {
		return made, err
	}
	v, err := newValues(o)
	if err != nil {
		return made, err
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return made, fmt.Errorf("%s cannot be made: %w; choose another folder", o.Dir, inner(err))
	}
	for _, f := range files(o.Language) {
		if f.part != "" && !v.Has(f.part) {
			continue
		}
		text, err := v.render(f.template)
		if err != nil {
			return made, fmt.Errorf("%s: %w", f.name, err)
		}
		written, err := f.write(o.Dir, text, o.Force && !f.secret())
		if err != nil {
			return made, fmt.Errorf("%s cannot be written into %s: %w; what is there is whole, and a second try goes on", f.name, o.Dir, inner(err))
		}
		if written {
			made.Written = append(made.Written, f.name)
		} else {
			made.Kept = append(made.Kept, f.name)
		}
	}
	made.Warnings = made.warnings()
	return made, nil
}

// warnings are of secrets that a repository would take in.
func (m *Made) warnings() []string {
	if !slices.Contains(m.Kept, ignored) || !slices.Contains(slices.Concat(m.Written, m.Kept), secrets) {
		return nil
	}
	text, _ := os.ReadFile(filepath.Join(m.Dir, ignored)) // what cannot be read names nothing
	for line := range strings.Lines(string(text)) {
		if found, err := path.Match(strings.TrimPrefix(strings.TrimSpace(line), "/"), secrets); found && err == nil {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s was there and does not name %s, which holds passwords: add a line /%[2]s to it before you commit", ignored, secrets)}
}

func (o Options) check() error {
	for _, part := range o.Only {
		if !slices.Contains(Parts(), part) {
			return fmt.Errorf("%q %w; choose among %s", part, ErrOptions, strings.Join(Parts(), ", "))
		}
	}
	if !slices.Contains(Languages(), o.Language) {
		return fmt.Errorf("language %q %w; choose among %s", o.Language, ErrOptions, strings.Join(Languages(), ", "))
	}
	return nil
}
