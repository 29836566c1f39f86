package runner

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	core "github.com/llm-city/gorod/core/runner"
)

// ErrChanged says that models, plugins, files or items are not those that an
// evaluation began with.
var ErrChanged = errors.New("cannot go on as it began")

// same refuses to go on with other models, plugins, files or items than those
// that an evaluation began with, and says which they are.
func (e *Evaluation) same(dir string, was, now Manifest) (Manifest, error) {
	wrong := slices.Concat(otherModels(was, now), otherPlugins(was, now), otherFiles(was, now), otherItems(was, now))
	if len(wrong) > 0 {
		return was, fmt.Errorf("%s %w:\n%s", dir, ErrChanged, strings.Join(wrong, "\n"))
	}
	if was.Gorod != now.Gorod {
		e.options.Log.Warn("gorod is not the build that began this evaluation; where its prompts differ it asks again", "began", was.Gorod, "now", now.Gorod)
	}
	learned := false
	for name, m := range was.Models {
		if digest := now.Models[name].Digest; m.Digest == "" && digest != "" {
			m.Digest, learned = digest, true
			was.Models[name] = m
		}
	}
	e.digests = was.Models // a server that is down tells none
	if !learned {
		return was, nil
	}
	return was, core.WriteJSON(filepath.Join(dir, ManifestFile), was)
}

func otherModels(was, now Manifest) (wrong []string) {
	for _, name := range slices.Sorted(maps.Keys(was.Models)) {
		before, after := was.Models[name].Digest, now.Models[name].Digest
		if before != "" && after != "" && before != after {
			wrong = append(wrong, fmt.Sprintf("models.%s: it began with %s of digest %.12s, the server now has %.12s; pull the old one, or start anew", name, was.Models[name].Model, before, after))
		}
	}
	return wrong
}

func otherPlugins(was, now Manifest) (wrong []string) {
	for _, ref := range slices.Sorted(maps.Keys(was.Plugins)) {
		before, after := was.Plugins[ref], now.Plugins[ref]
		if !before.Builtin && before.SHA256 != after.SHA256 { // a built-in changes with gorod itself
			wrong = append(wrong, fmt.Sprintf("plugin %s: it began with SHA-256 %.12s, %s now has %.12s; put the old one back, or start anew", ref, before.SHA256, after.Path, after.SHA256))
		}
	}
	return wrong
}

func otherFiles(was, now Manifest) (wrong []string) {
	sums := func(files []File) map[string]string {
		out := map[string]string{}
		for _, f := range files {
			out[f.Key+": "+f.Path] = f.SHA256
		}
		return out
	}
	before, after := sums(was.Inputs), sums(now.Inputs)
	for _, name := range slices.Sorted(maps.Keys(before)) {
		switch sum, there := after[name]; {
		case !there:
			wrong = append(wrong, name+" is gone; put it back, or start anew")
		case sum != before[name]:
			wrong = append(wrong, fmt.Sprintf("%s has changed: it began with SHA-256 %.12s, now it has %.12s; put the old one back, or start anew", name, before[name], sum))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if _, there := before[name]; !there {
			wrong = append(wrong, name+" was not there when it began; take it away, or start anew")
		}
	}
	return wrong
}

func otherItems(was, now Manifest) (wrong []string) {
	for i, before := range was.Tasks {
		if i < len(now.Tasks) && now.Tasks[i].Digest != before.Digest {
			wrong = append(wrong, fmt.Sprintf("tasks[%d] (%s): its items have changed: it began with %d, now there are %d; take the gorod that began it (%s), or start anew", i, before.Name, before.Items, now.Tasks[i].Items, was.Gorod))
		}
	}
	return wrong
}
