package runner

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/spec"
)

// Manifest says what a study ran with: enough to run it again, and to see what
// was different when a digest is.
type Manifest struct {
	Gorod   string                 `json:"gorod"` // version
	Study   string                 `json:"study"` // SHA-256 of study.yaml
	Created time.Time              `json:"created"`
	Machine Machine                `json:"machine"`
	Plugins map[string]PluginUsed  `json:"plugins"`
	Models  map[string]ModelRecord `json:"models"`
}

// Machine is where a study ran.
type Machine struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"`
	Go   string `json:"go"`
}

// PluginUsed pins a plugin: a study is resumed only with the same executable,
// but for one that measures what has happened.
type PluginUsed struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
	Builtin bool   `json:"builtin,omitempty"`
	After   bool   `json:"after,omitempty"` // it measures whole runs and decides nothing in them
}

// ModelRecord is an entry of models as the server knew it. Digest is empty
// where the server tells none.
type ModelRecord struct {
	Provider  string   `json:"provider"`
	Model     string   `json:"model,omitempty"`
	Endpoints []string `json:"endpoints,omitempty"`
	Digest    string   `json:"digest,omitempty"`
}

// ReadManifest reads a study's manifest.
func ReadManifest(dir string) (Manifest, error) {
	var m Manifest
	data, err := os.ReadFile(filepath.Join(dir, ManifestFile))
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		return m, fmt.Errorf("read %s: %w", filepath.Join(dir, ManifestFile), err)
	}
	return m, nil
}

func newManifest(version, digest string, now time.Time) Manifest {
	return Manifest{
		Gorod: version, Study: digest, Created: now.UTC().Truncate(time.Second),
		Machine: thisMachine(),
		Plugins: map[string]PluginUsed{}, Models: map[string]ModelRecord{},
	}
}

// pluginsOf finds every plugin that a study's cells use.
func pluginsOf(catalog *host.Catalog, runs []Planned) (map[string]PluginUsed, error) {
	used := map[string]PluginUsed{}
	for _, run := range runs {
		for _, p := range decisive(run.Cell.Study) {
			if err := pin(catalog, used, p, false); err != nil {
				return nil, err
			}
		}
	}
	for _, run := range runs {
		for _, p := range run.Cell.Study.Metrics {
			if err := pin(catalog, used, p.Plugin, true); err != nil {
				return nil, err
			}
		}
	}
	return used, nil
}

// decisive are the plugins that decide what happens in a run.
func decisive(s *spec.Study) []string {
	all := []string{s.Agents.Memory.Plugin, s.Agents.Planner.Plugin, s.Agents.Sentiment.Plugin}
	if town := s.Environment.Town; town != nil && town.Mayor.Plugin.Plugin != "" {
		all = append(all, town.Mayor.Plugin.Plugin)
	}
	for _, v := range s.Interventions {
		if m := v.When.Metric; m != nil {
			all = append(all, m.Plugin)
		}
	}
	return all
}

func pin(catalog *host.Catalog, used map[string]PluginUsed, ref string, after bool) error {
	if _, ok := used[ref]; ok {
		return nil
	}
	entry, err := catalog.Find(ref)
	if err != nil {
		return err
	}
	used[ref] = PluginUsed{entry.Path, entry.Info.Version, entry.SHA256, entry.Builtin, after}
	return nil
}

// learn notes the digests of models that a server tells now and did not tell
// before.
func (m Manifest) learn(now map[string]ModelRecord) (learned bool) {
	for name, was := range m.Models {
		if digest := now[name].Digest; was.Digest == "" && digest != "" {
			was.Digest = digest
			m.Models[name], learned = was, true
		}
	}
	return learned
}

// changes are the plugins that are not those of a manifest. A built-in changes
// with gorod itself.
type changes struct {
	decisive []string // external ones that decide what happens in a run
	after    []string // external ones that only measure
	builtins bool
}

func (m Manifest) changed(now map[string]PluginUsed) (c changes) {
	for _, id := range slices.Sorted(maps.Keys(m.Plugins)) {
		was := m.Plugins[id]
		is, ok := now[id]
		what := fmt.Sprintf("%s (%s was %.12s, is %.12s)", id, is.Path, was.SHA256, is.SHA256)
		switch {
		case !ok || is.SHA256 == was.SHA256:
		case was.Builtin:
			c.builtins = true
		case was.After:
			c.after = append(c.after, what)
		default:
			c.decisive = append(c.decisive, what)
		}
	}
	return c
}
