package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/llm-city/gorod/plugins/sdk"
)

// goLine is the version of Go that projects ask for: gorod's own.
const goLine = "1.26.0"

// Versions of the tools of projects in Python: those of plugins/python.
const (
	pytest = "9.2.0"
	ruff   = "0.17.5"
)

// values are what templates are filled in with.
type values struct {
	Kind, Name, Lang string
	Study            string // name of the experiment
	Setting          string // the config in it, where that depends on the kind alone
	Plugin           string // the executable
	Module           string // of Go or Python, without an ending
	BuiltIn          string // of the same kind, to compare with
	Command          string // how gorod is started
	Next             []string

	GoLine, Gorod string    // versions of Go and gorod
	Replace       string    // folder of gorod, as go.mod writes it, or empty
	Requires      []Require // of modules that gorod's SDK needs
	goSum         []byte

	Shebang      string
	SDK          string // the Python SDK, as pip takes it
	Pytest, Ruff string
}

// maxStudy is the length of the longest name of a study, in bytes.
const maxStudy = 63

// Require is a line of a go.mod.
type Require struct{ Path, Version string }

func newValues(o Options, dir string) (*values, error) {
	v := &values{
		Kind: o.Kind, Name: o.Name, Lang: o.Lang, BuiltIn: builtIn(o.Kind), Setting: setting(o.Kind), Command: o.Command,
		Study:  strings.TrimRight(o.Name[:min(len(o.Name), maxStudy)], "-"),
		GoLine: goLine, Pytest: pytest, Ruff: ruff,
	}
	folder := ""
	if o.Checkout == "" && o.Version == "" {
		return nil, refuse("this gorod was built from a working copy and has no version that a plugin could require: " +
			"run it inside its checkout, or install a release")
	}
	if o.Checkout != "" {
		var err error
		if folder, err = between(dir, o.Checkout); err != nil {
			return nil, err
		}
	}
	if o.Lang == Go {
		return v, v.forGo(o, folder)
	}
	v.forPython(o, folder)
	return v, nil
}

// builtIn is the plugin that experiments compare a new one with.
func builtIn(kind string) string {
	switch kind {
	case sdk.KindMemory:
		return "memory/longshort"
	case sdk.KindPlanner:
		return "planner/justplan"
	case sdk.KindSentiment:
		return "sentiment/lexicon"
	case sdk.KindMayor:
		return "mayor/greedy"
	default:
		return "metric/activity"
	}
}

// setting is the config that the experiment gives the plugin.
func setting(kind string) string {
	switch kind {
	case sdk.KindMemory:
		return "{size: 40}"
	case sdk.KindPlanner:
		return "{talkative: 0.4}"
	case sdk.KindSentiment:
		return "{threshold: 0.2}"
	case sdk.KindMayor:
		return "{reserve: 20000}"
	default:
		return "{within: 3}"
	}
}

// between is the path from a project to gorod: relative where the project is a
// part of the checkout, so that both can be moved.
func between(dir, checkout string) (string, error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	relative, err := filepath.Rel(checkout, full)
	if err != nil || !filepath.IsLocal(relative) {
		return checkout, nil
	}
	back, err := filepath.Rel(full, checkout)
	if err != nil {
		return "", err
	}
	return filepath.ToSlash(back), nil
}

func (v *values) forGo(o Options, folder string) error {
	v.Plugin, v.Module = v.Name, v.Kind+"-"+v.Name
	v.Gorod, v.Replace = o.Version, folder
	build := "go build -o " + v.Name + " ."
	if folder == "" {
		build = "go mod tidy && " + build
	} else {
		if strings.ContainsFunc(folder, func(r rune) bool { return unicode.IsSpace(r) || r == '"' }) {
			v.Replace = strconv.Quote(folder)
		}
		if v.Gorod == "" {
			v.Gorod = "v0.0.0"
		}
		if err := v.pin(o.Checkout); err != nil {
			return err
		}
	}
	v.Next = []string{
		"cd " + Quoted(filepath.Join(o.Dir, v.Name)) + " && " + build,
		v.Command + " plugin check ./" + v.Plugin, v.Command + " run experiment.yaml",
	}
	return nil
}

// pin takes over from a checkout which versions its SDK is built with.
func (v *values) pin(checkout string) error {
	mod, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	if err != nil {
		return fmt.Errorf("read gorod's dependencies: %w", err)
	}
	versions := required(string(mod))
	for _, path := range sdkModules() {
		if version := versions[path]; version != "" {
			v.Requires = append(v.Requires, Require{path, version})
		}
	}
	v.goSum, err = os.ReadFile(filepath.Join(checkout, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the checksums of gorod's dependencies: %w", err)
	}
	return nil
}

// sdkModules are those that plugins/sdk and plugintest are built with.
func sdkModules() []string {
	return []string{
		"github.com/fatih/color",
		"github.com/golang/protobuf",
		"github.com/hashicorp/go-hclog",
		"github.com/hashicorp/go-plugin",
		"github.com/hashicorp/yamux",
		"github.com/mattn/go-colorable",
		"github.com/mattn/go-isatty",
		"github.com/oklog/run",
		"github.com/planetscale/vtprotobuf",
		"golang.org/x/net",
		"golang.org/x/sync",
		"golang.org/x/sys",
		"golang.org/x/text",
		"google.golang.org/genproto/googleapis/rpc",
		"google.golang.org/grpc",
		"google.golang.org/protobuf",
	}
}

// shebang starts a script with the environment beside it, wherever it is called
// from, also by a link. So the script itself is the executable, and its checksum
// that of the plugin.
const shebang = `#!/usr/bin/env -S sh -c 'exec "$(dirname "$(readlink -f "$0")")/.venv/bin/python" "$0"'`

func (v *values) forPython(o Options, folder string) {
	v.Module = strings.ReplaceAll(v.Name, "-", "_") + "_" + v.Kind
	v.Plugin, v.Shebang = v.Module+".py", shebang
	v.SDK = "gorod-plugin @ git+https://" + module + "@" + revision(o.Version) + "#subdirectory=plugins/python"
	if folder != "" {
		v.SDK = filepath.ToSlash(filepath.Join(folder, "plugins", "python"))
	}
	v.Next = []string{
		"cd " + Quoted(filepath.Join(o.Dir, v.Name)) + " && python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
		v.Command + " plugin check ./" + v.Plugin, v.Command + " run experiment.yaml",
	}
}

// fileName is what a template's file is called in a project.
func (v *values) fileName(name string) string {
	switch name {
	case "gitignore":
		return ".gitignore"
	case "plugin.go":
		return v.Name + ".go"
	case "plugin_test.go":
		return v.Name + "_test.go"
	case "plugin.py":
		return v.Plugin
	case "test_plugin.py":
		return "test_" + v.Plugin
	default:
		return name
	}
}

// Quoted is a word as a shell reads it.
func Quoted(word string) string {
	if !strings.ContainsFunc(word, func(r rune) bool {
		return !strings.ContainsRune("/._-+=:@%,", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
