package encoder

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

// folder is a model on disk, read.
type folder struct {
	path      string // absolute
	onnx      []byte
	tokenizer []byte
	settings  settings
}

// settings are what config.json says that matters here.
type settings struct {
	Labels      map[string]string `json:"id2label"`
	ProblemType string            `json:"problem_type"`
	Positions   int               `json:"max_position_embeddings"`
}

// Most bytes of a file.
const (
	maxONNX     = 2 << 30 // as much as a protobuf message can hold
	maxSettings = 64 << 20
)

// refuse is an error of the config that says what to do.
func refuse(format string, args ...any) error {
	return sdk.Errorf(sdk.ErrInvalidConfig, format, args...)
}

func openFolder(c config) (*folder, error) {
	path, err := filepath.Abs(c.Model)
	if c.Model == "" || err != nil {
		return nil, refuse("model: name the folder of an exported ONNX model")
	}
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return nil, refuse("model: there is no folder %s: export a model into it with optimum-cli export onnx --task text-classification --model NAME %s", path, path)
	}
	f := &folder{path: path}
	if f.onnx, err = f.read(c.ONNX, maxONNX); err != nil {
		return nil, err
	}
	if f.tokenizer, err = f.read("tokenizer.json", maxSettings); err != nil {
		return nil, err
	}
	data, err := f.read("config.json", maxSettings)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &f.settings); err != nil {
		return nil, refuse("%s is not a model's config: %v", filepath.Join(path, "config.json"), err)
	}
	return f, nil
}

func (f *folder) read(name string, most int64) ([]byte, error) {
	if !filepath.IsLocal(name) {
		return nil, refuse("%q is not a file within the folder of the model", name)
	}
	path := filepath.Join(f.path, name)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, refuse("%s has no %s%s; optimum-cli export onnx writes all that is needed", f.path, name, f.instead(name))
	case err != nil:
		return nil, refuse("read the model: %v", err)
	case !info.Mode().IsRegular() || info.Size() > most:
		return nil, refuse("%s is not a file of at most %d bytes", path, most)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, refuse("read the model: %v", err)
	}
	return data, nil
}

// instead names the ONNX files that are there.
func (f *folder) instead(name string) string {
	found, err := filepath.Glob(filepath.Join(f.path, "*.onnx"))
	if filepath.Ext(name) != ".onnx" || err != nil || len(found) == 0 {
		return ""
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return " but " + strings.Join(found[:min(len(found), 10)], ", ") + `: name one in the config as "onnx"`
}

// limit is the most tokens of a text.
func (f *folder) limit(wanted int) int {
	if f.settings.Positions > enclosing {
		return min(wanted, f.settings.Positions)
	}
	return min(wanted, 512)
}

// labels are the model's in order of their ids, with what they stand for: as
// the study says, else as their names say.
func (f *folder) labels(given map[string]labelEntry) ([]label, error) {
	byID := f.settings.Labels
	if len(byID) < 2 {
		return nil, refuse("%s/config.json names %d labels in id2label, a classifier has two or more: export it with --task text-classification", f.path, len(byID))
	}
	var labels []label
	var unknown, all []string
	for id := range len(byID) {
		name, ok := byID[strconv.Itoa(id)]
		if !ok {
			return nil, refuse("%s/config.json: id2label has no label %d", f.path, id)
		}
		l, known := knownLabel(name)
		if entry, ok := given[name]; ok {
			l, known = entry.label(name), true
		}
		if !known {
			unknown = append(unknown, name)
		}
		labels, all = append(labels, l), append(all, name)
	}
	if len(unknown) > 0 {
		return nil, refuse("what do the model's labels %s stand for? Say it in the config: %s", strings.Join(unknown, ", "), example(unknown))
	}
	for name := range given {
		if !slices.Contains(all, name) {
			return nil, refuse("labels: the model has no label %q; it has %s", name, strings.Join(all, ", "))
		}
	}
	return labels, nil
}

// example is how labels are explained.
func example(names []string) string {
	var b strings.Builder
	b.WriteString("labels: {")
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(name) + ": {valence: …, emotion: …}")
	}
	return b.String() + "}, with a valence from -1 (bad) to 1 (good) and, where it is one, an emotion such as joy"
}
