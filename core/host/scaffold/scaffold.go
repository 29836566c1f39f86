// Package scaffold writes new plugins: projects that build, keep to the
// contract of their kind and run in an experiment at once.
package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// Options say what to make.
type Options struct {
	Kind, Name string
	Lang       string // Go or Python
	Dir        string // folder in which the project's own folder is made
	// Checkout is the root of a checkout of gorod that the project builds against,
	// or empty: then it takes the release Version.
	Checkout string
	Version  string // of gorod, as Go modules name it: v1.2.3
	Command  string // how gorod is started, for what the project says of itself
}

// Made is a new project.
type Made struct {
	ID     string   `json:"id"`     // kind/name, as a study names the plugin
	Dir    string   `json:"dir"`    // its folder
	Files  []string `json:"files"`  // in it, sorted
	Plugin string   `json:"plugin"` // the executable in it, which for Go is yet to be built
	Next   []string `json:"next"`   // commands to run now, in order
}

// Write makes a project in a folder of its own, whole or not at all. A *Refusal
// says what is wrong with the options.
func Write(o Options) (Made, error) {
	if err := check(o); err != nil {
		return Made{}, err
	}
	made := Made{ID: o.Kind + "/" + o.Name, Dir: filepath.Join(o.Dir, o.Name)}
	v, err := newValues(o, made.Dir)
	if err != nil {
		return Made{}, err
	}
	made.Plugin, made.Next = v.Plugin, v.Next
	files, err := render(v)
	if err != nil {
		return Made{}, err
	}
	for _, f := range files {
		made.Files = append(made.Files, f.name)
	}
	return made, store(made.Dir, files)
}

// file is one of a project.
type file struct {
	name string
	text []byte
	mode fs.FileMode
}

// render makes the files of a project, sorted by name.
func render(v *values) ([]file, error) {
	var files []file
	for _, source := range []string{"common", v.Lang, v.Lang + "/" + v.Kind} {
		names, err := fs.Glob(templates, path.Join("templates", source, "*.tmpl"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			f, err := v.render(name)
			if err != nil {
				return nil, fmt.Errorf("write %s: %w", name, err)
			}
			files = append(files, f)
		}
	}
	if v.goSum != nil {
		files = append(files, file{"go.sum", v.goSum, plain})
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return files, nil
}

// Modes of files.
const (
	plain      fs.FileMode = 0o644
	executable fs.FileMode = 0o755
)

func (v *values) render(name string) (file, error) {
	t, err := template.New(path.Base(name)).Delims("{%", "%}").Option("missingkey=error").ParseFS(templates, name)
	if err != nil {
		return file{}, err
	}
	var text bytes.Buffer
	if err := t.Execute(&text, v); err != nil {
		return file{}, err
	}
	f := file{v.fileName(strings.TrimSuffix(path.Base(name), ".tmpl")), text.Bytes(), plain}
	if f.name == v.Plugin {
		f.mode = executable
	}
	if strings.HasSuffix(f.name, ".go") {
		f.text, err = format.Source(f.text)
	}
	return f, err
}

// store writes files into a folder that is new or empty.
func store(dir string, files []file) (err error) {
	_, err = os.Lstat(dir)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return refuse("make a folder: %v", err)
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look into %s: %w", dir, err)
	}
	if len(there) > 0 {
		return refuse("%s is not empty: it holds %s; choose another name or --dir", dir, there[0].Name())
	}
	var written []string
	defer func() {
		if err == nil {
			return
		}
		for _, name := range written {
			os.Remove(name)
		}
		if fresh {
			os.Remove(dir)
		}
	}()
	for _, f := range files {
		name := filepath.Join(dir, f.name)
		written = append(written, name)
		if err := os.WriteFile(name, f.text, f.mode); err != nil {
			return fmt.Errorf("write a plugin: %w", err)
		}
	}
	return nil
}
