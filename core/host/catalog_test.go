package host_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/host"
)

func sumOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func TestBuiltinsAreServedByGorodItself(t *testing.T) {
	t.Parallel()
	e, err := catalog(t).Find("memory/diary")
	if err != nil {
		t.Fatal(err)
	}
	if !e.Builtin || e.Path != self(t) || e.SHA256 != sumOf(t, self(t)) || !slices.Equal(e.Args, []string{"plugin", "serve", "memory/diary"}) {
		t.Errorf("%+v", e)
	}
	info, schema, err := catalog(t).Lookup("memory/diary")
	if err != nil || info.Version != "1.0.0" || !strings.Contains(string(schema), "prefix") {
		t.Errorf("%+v, %s, %v", info, schema, err)
	}
}

func TestExternalsAreFoundByPathAndInFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := script(t, dir, "my-external", fmt.Sprintf("exec %q plugin hostile external", self(t)))
	script(t, dir, "a-broken-one", "exit 4")
	if err := os.WriteFile(filepath.Join(dir, "README"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := catalog(t, filepath.Join(dir, "missing"), dir)
	for _, ref := range []string{path, "memory/external"} {
		e, err := c.Find(ref)
		if err != nil {
			t.Fatal(err)
		}
		if e.ID != "memory/external" || e.Path != path || e.Builtin || e.SHA256 != sumOf(t, path) || e.Info.Version != "2.0.0" || len(e.Schema) == 0 {
			t.Errorf("%s: %+v", ref, e)
		}
	}
	o := options(t, "memory/diary")
	var err error
	if o.Entry, err = c.Find("memory/external"); err != nil {
		t.Fatal(err)
	}
	if got := recall(t, start(t, o).Memory(), 1, "a1", ""); got != "seen 0" {
		t.Errorf("recalled %q", got)
	}
	entries, err := c.List()
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	if want := []string{"memory/diary", "memory/external", "planner/mirror", "planner/parrot", "sentiment/meter"}; !slices.Equal(ids, want) {
		t.Errorf("listed %v", ids)
	}
	if err == nil || !strings.Contains(err.Error(), "a-broken-one") {
		t.Errorf("of the broken one it says %v", err)
	}
}

// An executable is asked once, as long as it stays the same.
func TestAnExecutableIsAskedAgainOnlyWhenItChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	asked := filepath.Join(dir, "asked")
	command := fmt.Sprintf("echo x >> %q; exec %q plugin hostile external", asked, self(t))
	path := script(t, dir, "p", command)
	c := catalog(t)
	for range 3 {
		if _, err := c.Find(path); err != nil {
			t.Fatal(err)
		}
	}
	script(t, dir, "p", command+" # changed")
	if _, err := c.Find(path); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(asked); err != nil || string(data) != "x\nx\n" {
		t.Errorf("asked: %q, %v", data, err)
	}
}

func TestWhatIsNotThereIsSaidWithAHint(t *testing.T) {
	t.Parallel()
	dir, project := t.TempDir(), t.TempDir()
	for name, mode := range map[string]os.FileMode{"a.txt": 0o600, "herald": 0o700, "herald.go": 0o600} {
		if err := os.WriteFile(filepath.Join(project, name), []byte("package main"), mode); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ ref, near, looked string }{
		{"memory/dairy", "did you mean memory/diary?", dir},
		{"planner/unheard-of", "", dir},
		{"planner/unheard-of", "", "a plugin of your own is named by its path"},
		{project, "", "name the executable in it, such as " + project + "/herald"},
		{"./no/such/file", "", "no/such/file"},
		{"memory", "", "built-in"},
		{dir, "", "is not a file"},
	}
	for _, tt := range tests {
		_, err := catalog(t, dir).Find(tt.ref)
		var missing *host.NotFoundError
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), tt.near) || !strings.Contains(err.Error(), tt.looked) {
			t.Errorf("%s: %v", tt.ref, err)
		}
		if tt.near == "" && missing != nil && missing.Near != "" {
			t.Errorf("%s is taken for %s", tt.ref, missing.Near)
		}
	}
}

func TestWhyAnExecutableDidNotStartIsSaidOnce(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want, hint string }{
		"source.go":  {"package main", "permission denied", "it is the source: go build makes the executable"},
		"script.txt": {"#!/bin/sh\n", "permission denied", "make it executable: chmod +x"},
		"lost.sh":    {"#!/bin/sh\necho 'no interpreter here' >&2\nexit 127\n", "exit status 127\nits last words:\n  no interpreter here", ""},
		"mute.sh":    {"#!/bin/sh\nexit 3\n", "exit status 3", "a plugin's main calls sdk.Serve first thing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, mode := filepath.Join(t.TempDir(), name), os.FileMode(0o600)
			if filepath.Ext(name) == ".sh" {
				mode = 0o700
			}
			if err := os.WriteFile(path, []byte(tt.text), mode); err != nil {
				t.Fatal(err)
			}
			_, err := catalog(t).Find(path)
			var bad *host.StartError
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), tt.want) || bad.Hint != tt.hint {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAdviceIsForTheLanguageOfThePlugin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	python := filepath.Join(dir, "python")
	if err := os.Symlink("/bin/sh", python); err != nil {
		t.Fatal(err)
	}
	for text, hint := range map[string]string{
		"":             "a plugin's file ends with a call of gorod_plugin.serve",
		"echo hello\n": "a plugin writes nothing to standard output before it imports gorod_plugin; logs go to standard error",
	} {
		path := filepath.Join(t.TempDir(), "plugin.py")
		if err := os.WriteFile(path, []byte("#!"+python+"\n"+text), 0o700); err != nil {
			t.Fatal(err)
		}
		_, err := catalog(t).Find(path)
		var bad *host.StartError
		if !errors.As(err, &bad) || bad.Hint != hint {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAnExecutableMustSayWhatItIs(t *testing.T) {
	t.Parallel()
	_, err := catalog(t).Find(hostileScript(t, "unnamed"))
	var e *host.StartError
	if !errors.As(err, &e) || !strings.Contains(err.Error(), `"Bad Name"`) {
		t.Errorf("got %v", err)
	}
}
