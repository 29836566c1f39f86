package host_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/host"
)

func TestExecutablesThatDoNotBecomePluginsSayWhy(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, why, hint string }{
		{"rubbish", `it printed "Loading the model, please wait…" before its handshake`, "nothing to standard output"},
		{"exits", "it ended before its handshake: exit status 3", "no licence found"},
		{"silent", "no handshake within 300ms", "loads what it needs in Make"},
		{"stranger", "it is a plugin of another program", "SDK of this gorod"},
		{"old", "99", "SDK of this gorod"},
		{"endless", `it printed "zzz`, "nothing to standard output"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(t, "memory/diary")
			o.Entry = external(t, tt.name)
			o.StartTimeout = 300 * time.Millisecond
			if tt.name != "silent" {
				o.StartTimeout = 0
			}
			began := time.Now()
			_, err := host.Start(t.Context(), o)
			var e *host.StartError
			if !errors.As(err, &e) || !strings.Contains(err.Error(), tt.why) || !strings.Contains(err.Error(), tt.hint) {
				t.Errorf("got %v", err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// external is an entry for an executable that cannot be asked what it is.
func external(t *testing.T, name string) host.Entry {
	t.Helper()
	e := find(t, "memory/diary")
	e.Path, e.Args, e.Builtin = hostileScript(t, name), nil, false
	e.SHA256 = sumOf(t, e.Path)
	return e
}

func TestFilesThatCannotRunSayWhatToDo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "plugin")
	if err := os.WriteFile(path, []byte("not a program"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := catalog(t).Find(path)
	if err == nil || !strings.Contains(err.Error(), "chmod +x") {
		t.Errorf("not executable: %v", err)
	}
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err = catalog(t).Find(path); err == nil || !strings.Contains(err.Error(), "no program for this machine") {
		t.Errorf("not a program: %v", err)
	}
}

func TestStartingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	o := options(t, "memory/diary")
	o.Entry = external(t, "silent")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := host.Start(ctx, o); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestAnotherExecutableThanThePinnedIsRefused(t *testing.T) {
	t.Parallel()
	o := options(t, "memory/diary")
	o.SHA256 = strings.Repeat("ab", 32)
	_, err := host.Start(t.Context(), o)
	var wrong *host.ChecksumError
	if !errors.As(err, &wrong) || wrong.Want != o.SHA256 || wrong.Got != o.Entry.SHA256 {
		t.Errorf("got %v", err)
	}
	o.SHA256 = strings.ToUpper(o.Entry.SHA256)
	start(t, o)
}

func TestAnExecutableReplacedAfterItWasFoundIsRefused(t *testing.T) {
	t.Parallel()
	path := hostileScript(t, "external")
	e, err := catalog(t).Find(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\nrm -rf /\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	o := options(t, "memory/diary")
	o.Entry = e
	_, err = host.Start(t.Context(), o)
	var wrong *host.ChecksumError
	if !errors.As(err, &wrong) || wrong.Want != e.SHA256 || wrong.Got != sumOf(t, path) {
		t.Errorf("got %v", err)
	}
}

func TestVersionsWithoutACommonOneAreRefused(t *testing.T) {
	t.Parallel()
	o := options(t, "memory/diary")
	o.Entry.Info.APIVersions = []string{"v7", "v8"}
	_, err := host.Start(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "speaks v7, v8 of the memory contract, this gorod speaks v1") {
		t.Errorf("got %v", err)
	}
}

func TestAPluginInheritsNoSecrets(t *testing.T) {
	for name, value := range map[string]string{
		"OPENAI_API_KEY": "sk-secret", "SLURM_JWT": "token", "AWS_SECRET_ACCESS_KEY": "x", "LD_PRELOAD_NOT": "x",
		"SLURM_JOB_ID": "42", "CUDA_VISIBLE_DEVICES": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC",
	} {
		t.Setenv(name, value)
	}
	i := start(t, options(t, "memory/diary"))
	environ := environOf(t, i.PID())
	for _, want := range []string{"SLURM_JOB_ID=42", "CUDA_VISIBLE_DEVICES=0", "LC_ALL=C.UTF-8", "TZ=UTC", "PATH=" + os.Getenv("PATH")} {
		if !slices.Contains(environ, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, entry := range environ {
		if strings.Contains(entry, "secret") || strings.HasPrefix(entry, "SLURM_JWT") || strings.HasPrefix(entry, "LD_") || strings.HasPrefix(entry, "AWS") {
			t.Errorf("the plugin knows %s", entry)
		}
	}
}

func TestALongTMPDIRIsNoObstacle(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("long", 50))
	if err := os.MkdirAll(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", long)
	i := start(t, options(t, "memory/diary"))
	if got := recall(t, i.Memory(), 1, "a1", ""); got != "seen 0" {
		t.Errorf("recalled %q", got)
	}
	info, err := os.Stat(socketDir(t, i.PID()))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the sockets' folder: %v, %v", info.Mode(), err)
	}
}
