package runner

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
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

// PluginUsed pins a plugin: a study is resumed only with the same executable.
type PluginUsed struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
	Builtin bool   `json:"builtin,omitempty"`
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
		Machine: Machine{runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version()},
		Plugins: map[string]PluginUsed{}, Models: map[string]ModelRecord{},
	}
}

// pluginsOf finds every plugin that a study's cells use.
func pluginsOf(catalog *host.Catalog, runs []Planned) (map[string]PluginUsed, error) {
	used := map[string]PluginUsed{}
	for _, run := range runs {
		a := run.Cell.Study.Agents
		for _, p := range []spec.Plugin{a.Memory, a.Planner, a.Sentiment} {
			if _, ok := used[p.Plugin]; ok {
				continue
			}
			entry, err := catalog.Find(p.Plugin)
			if err != nil {
				return nil, err
			}
			used[p.Plugin] = PluginUsed{entry.Path, entry.Info.Version, entry.SHA256, entry.Builtin}
		}
	}
	return used, nil
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

// changed says which plugins are not those of the manifest. A built-in changes
// with gorod itself.
func (m Manifest) changed(now map[string]PluginUsed) (externals []string, builtins bool) {
	for id, was := range m.Plugins {
		is, ok := now[id]
		switch {
		case !ok || is.SHA256 == was.SHA256:
		case was.Builtin:
			builtins = true
		default:
			externals = append(externals, fmt.Sprintf("%s (%s was %.12s, is %.12s)", id, is.Path, was.SHA256, is.SHA256))
		}
	}
	return externals, builtins
}
