// Package host runs plugins: it finds and verifies their executables, starts
// them through go-plugin, gives them the host's services, and keeps them
// running. It is the only place that knows go-plugin's client.
package host

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Catalog knows the built-in plugins and finds external ones. It may be used
// by several goroutines.
type Catalog struct {
	self     string
	builtins []sdk.Plugin
	dirs     []string
	log      *slog.Logger

	mu    sync.Mutex
	known map[string]Entry // by path: what was asked of an executable before
}

// NewCatalog makes a catalog. Self is the executable that serves the built-ins
// when started with "plugin serve KIND/NAME"; dirs are folders of external
// plugins, the first taking precedence, and need not exist.
func NewCatalog(self string, builtins []sdk.Plugin, dirs []string, log *slog.Logger) *Catalog {
	return &Catalog{self: self, builtins: builtins, dirs: dirs, log: log, known: map[string]Entry{}}
}

// isID tells kind/name from a path.
func isID(ref string) bool {
	kind, name, ok := strings.Cut(ref, "/")
	return ok && served()[kind] != nil && nameIs(name)
}

func nameIs(name string) bool {
	ok, err := regexp.MatchString(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`, name)
	return ok && err == nil
}

// Lookup is what a study's validation needs of a plugin: what it is, and the
// JSON Schema of its config.
func (c *Catalog) Lookup(ref string) (sdk.Info, json.RawMessage, error) {
	e, err := c.Find(ref)
	return e.Info, e.Schema, err
}

// Find finds a plugin by its id (kind/name) among the built-ins, then among the
// executables of the plugin folders, or by the path of its executable. To learn
// what an executable is, it is started, asked and stopped; it is not configured.
func (c *Catalog) Find(ref string) (Entry, error) {
	if !isID(ref) {
		return c.byPath(ref)
	}
	for _, p := range c.builtins {
		if p.Info().ID() == ref {
			return c.builtin(p)
		}
	}
	_, name, _ := strings.Cut(ref, "/")
	files := c.executables()
	// Those named after the plugin come first: that spares starting the others.
	named := func(file string) int {
		if strings.Contains(filepath.Base(file), name) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(files, func(a, b string) int { return cmp.Compare(named(a), named(b)) })
	for _, file := range files {
		e, err := c.inspect(file)
		if err != nil {
			c.log.Warn("not a plugin", "path", file, "error", err)
		} else if e.ID == ref {
			return e, nil
		}
	}
	return Entry{}, c.notFound(ref)
}

// List lists the built-in plugins and those in the plugin folders, by id. The
// error tells of executables there that are no plugins; the list is good all
// the same.
func (c *Catalog) List() ([]Entry, error) {
	var entries []Entry
	var problems []error
	seen := map[string]bool{}
	add := func(e Entry, err error) {
		if err != nil {
			problems = append(problems, err)
		} else if !seen[e.ID] {
			seen[e.ID] = true
			entries = append(entries, e)
		}
	}
	for _, p := range c.builtins {
		add(c.builtin(p))
	}
	for _, file := range c.executables() {
		add(c.inspect(file))
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	return entries, errors.Join(problems...)
}

func (c *Catalog) builtin(p sdk.Plugin) (Entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	self, ok := c.known[c.self]
	if !ok {
		var err error
		if self, err = hashed(c.self); err != nil {
			return Entry{}, fmt.Errorf("find gorod itself: %w", err)
		}
		c.known[c.self] = self
	}
	info := p.Info()
	return Entry{
		ID: info.ID(), Path: c.self, Args: []string{"plugin", "serve", info.ID()}, SHA256: self.SHA256, Builtin: true,
		Info: info, Schema: p.ConfigSchema(), stamp: self.stamp,
	}, nil
}

func hashed(path string) (Entry, error) {
	s, err := stampOf(path)
	if err != nil {
		return Entry{}, err
	}
	sum, err := sumFile(path)
	return Entry{Path: path, SHA256: sum, stamp: s}, err
}

// executables are the files of the plugin folders that can be run.
func (c *Catalog) executables() []string {
	var files []string
	for _, dir := range c.dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // a folder need not exist
		}
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				files = append(files, path)
			}
		}
	}
	return files
}

func (c *Catalog) byPath(ref string) (Entry, error) {
	path, err := filepath.Abs(ref)
	if err != nil {
		return Entry{}, &NotFoundError{Ref: ref, Err: err}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return Entry{}, c.notFound(ref)
	case err != nil:
		return Entry{}, &NotFoundError{Ref: ref, Err: err}
	case info.IsDir():
		return Entry{}, &NotFoundError{Ref: ref, Err: fmt.Errorf("%s is not a file but a folder: name the executable in it%s", path, executableIn(path))}
	case !info.Mode().IsRegular():
		return Entry{}, &NotFoundError{Ref: ref, Err: fmt.Errorf("%s is not a file", path)}
	}
	return c.inspect(path)
}

// inspect asks an executable what it is, unless the same file was asked before.
func (c *Catalog) inspect(path string) (Entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, err := stampOf(path)
	if err != nil {
		return Entry{}, err
	}
	if e, ok := c.known[path]; ok && e.stamp == now && e.ID != "" {
		return e, nil
	}
	e, err := hashed(path)
	if err != nil {
		return Entry{}, fmt.Errorf("find %s: %w", path, err)
	}
	if e, err = inspect(context.Background(), e, c.log); err == nil {
		c.known[path] = e
	}
	return e, err
}
