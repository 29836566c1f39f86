package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
)

// ErrElsewhere says that a study needs something that is on this machine and
// that the nodes of the cluster would not find.
var ErrElsewhere = errors.New("the cluster would not find it")

// needs are the files that runs need in the study's folder there, and the
// environment that tells where they are. Personas are in study.yaml.
func (b *Batch) needs(ctx context.Context) ([]cluster.File, map[string]string, error) {
	if err := b.checkPaths(ctx); err != nil {
		return nil, nil, err
	}
	if b.state.Shared {
		var folders []string
		for _, dir := range b.Plugins {
			full, err := filepath.Abs(dir)
			if err != nil {
				return nil, nil, fmt.Errorf("find the plugin folders: %w", err)
			}
			folders = append(folders, full)
		}
		return nil, map[string]string{"GOROD_PLUGINS": strings.Join(folders, ",")}, nil
	}
	files, err := b.pluginFiles()
	for _, name := range []string{runner.StudyFile, runner.ManifestFile} {
		files = append(files, cluster.File{From: filepath.Join(b.Runner.Dir, name), To: name})
	}
	return files, map[string]string{"GOROD_PLUGINS": path.Join(b.state.Dir, "plugins")}, err
}

// pluginFiles are the executables of external plugins. They are found by their
// id there; a path of this machine means nothing there.
func (b *Batch) pluginFiles() ([]cluster.File, error) {
	manifest, err := runner.ReadManifest(b.Runner.Dir)
	if err != nil {
		return nil, err
	}
	var files []cluster.File
	for _, ref := range slices.Sorted(maps.Keys(manifest.Plugins)) {
		p := manifest.Plugins[ref]
		if p.Builtin {
			continue
		}
		if filepath.IsAbs(ref) || strings.HasPrefix(ref, ".") {
			return nil, fmt.Errorf("plugin %s: %w: it is named by a path of this machine; put it into a plugin folder (plugins.d) and name it by kind/name, and it is staged", ref, ErrElsewhere)
		}
		files = append(files, cluster.File{From: p.Path, To: path.Join("plugins", filepath.Base(p.Path))})
	}
	return files, nil
}

// carry uploads the folders of runs that were begun here before the cluster got
// the study: once, for afterwards what is there is the newer.
func (b *Batch) carry(ctx context.Context) error {
	if b.state.Shared || b.state.Carried {
		return nil
	}
	var files []cluster.File
	for _, p := range b.runs {
		standing, err := runner.StandingOf(ctx, p)
		if err != nil {
			return err
		}
		if p.Begun() && standing.Status != journal.Done {
			files = append(files, cluster.File{From: p.Dir, To: p.Key()})
		}
	}
	if _, err := b.Cluster.Stage(ctx, b.state.Dir, files); err != nil {
		return fmt.Errorf("stage the runs that began here: %w", err)
	}
	b.state.Carried = true
	return b.save()
}

// checkPaths refuses files that configs of plugins name and nodes would not
// find: a relative path, for a run's folder is another one there, or one that
// is not there.
func (b *Batch) checkPaths(ctx context.Context) error {
	checked := map[string]bool{}
	for _, p := range b.runs {
		for _, named := range pathsOf(p.Cell.Study) {
			if checked[named.path] {
				continue
			}
			checked[named.path] = true
			if _, err := os.Stat(named.path); err != nil {
				continue // no file, or one of the cluster
			}
			if !filepath.IsAbs(named.path) {
				return fmt.Errorf("%s: %s: %w: the path is relative to a folder of this machine; write it as the nodes see it, from / on", named.plugin, named.path, ErrElsewhere)
			}
			there, err := b.Exists(ctx, named.path)
			if err != nil {
				return fmt.Errorf("look for %s: %w", named.path, err)
			}
			if !there {
				return fmt.Errorf("%s: %s: %w: copy it to the cluster and write the path that it has there", named.plugin, named.path, ErrElsewhere)
			}
		}
	}
	return nil
}

// named is a text in a plugin's config that may be a path.
type named struct{ plugin, path string }

func pathsOf(s *spec.Study) []named {
	plugins := []spec.Plugin{s.Agents.Memory, s.Agents.Planner, s.Agents.Sentiment}
	plugins = append(plugins, s.Metrics...)
	if s.Environment.Town != nil {
		plugins = append(plugins, s.Environment.Town.Mayor.Plugin)
	}
	for _, v := range s.Interventions {
		if v.When.Metric != nil {
			plugins = append(plugins, spec.Plugin{Plugin: v.When.Metric.Plugin, Config: v.When.Metric.Config})
		}
	}
	var out []named
	for _, p := range plugins {
		var config any
		if json.Unmarshal(p.Config, &config) != nil {
			continue // it has none
		}
		walk(config, func(text string) {
			if strings.ContainsRune(text, '/') && len(text) < 4096 && !strings.ContainsAny(text, "\n\x00") {
				out = append(out, named{p.Plugin, text})
			}
		})
	}
	return out
}

// walk visits the texts of a value as YAML or JSON gives it.
func walk(v any, visit func(string)) {
	switch x := v.(type) {
	case string:
		visit(x)
	case []any:
		for _, item := range x {
			walk(item, visit)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(x)) {
			walk(x[key], visit)
		}
	}
}
