package launch_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/finetune/launch"
	"github.com/llm-city/gorod/finetune/registry"
)

func TestWhatCameOfAJobIsRemembered(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	l := s.open(t)
	j := s.end(t, l, s.submit(t, l))
	got := map[string]registry.Artifact{}
	for _, a := range j.Artifacts {
		got[a.Path] = a
	}
	if a := got["run/merged/model.safetensors"]; len(got) != 3 || a.Kind != "merged" || a.Size != 6 || a.SHA256 != fmt.Sprintf("%x", sha256.Sum256([]byte("shard\n"))) || got["run/template.jinja"].Kind != "template" || got["run/adapter/adapter_model.safetensors"].Kind != "adapter" {
		t.Errorf("%+v", j.Artifacts)
	}
}

// far is a cluster whose files are not seen from here.
func (s site) far(t *testing.T) (*launch.Launcher, *registry.Job) {
	t.Helper()
	l := s.open(t)
	j := s.end(t, l, s.submit(t, l))
	l.Local = filepath.Join(s.dir, "home")
	return l, j
}

func TestACorruptShardIsRefusedByNameAndFetchedAnew(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	l, j := s.far(t)
	dir, err := l.Fetch(t.Context(), j, 0)
	if err != nil {
		t.Fatal(err)
	}
	shard := filepath.Join(dir, "run", "merged", "model.safetensors")
	info, err := os.Stat(shard)
	if err != nil {
		t.Fatal(err)
	}
	flip(t, shard, info)
	_, err = l.Fetch(t.Context(), j, 0)
	var corrupt *launch.CorruptError
	if !errors.As(err, &corrupt) || corrupt.Path != shard || !corrupt.Removed || !strings.Contains(err.Error(), "model.safetensors") {
		t.Fatalf("%v", err)
	}
	if _, err := l.Fetch(t.Context(), j, 0); err != nil {
		t.Errorf("fetched anew: %v", err)
	}
}

// flip changes a byte of a file, and neither its size nor its time.
func flip(t *testing.T, at string, info os.FileInfo) {
	t.Helper()
	text, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	text[0] ^= 1
	if err := os.WriteFile(at, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(at, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
}

func TestAShardThatTheClusterLostIsMergedAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	l := s.open(t)
	j := s.end(t, l, s.submit(t, l))
	shard := filepath.Join(j.Cluster.Dir, "run", "merged", "model.safetensors")
	if err := os.WriteFile(shard, []byte("sha"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := l.Fetch(t.Context(), j, 0)
	if err == nil || !strings.Contains(err.Error(), shard) || !strings.Contains(err.Error(), "3 bytes and had 6") || !strings.Contains(err.Error(), "resume "+j.ID+" --from merge") {
		t.Fatalf("%v", err)
	}
	r, err := l.Request(j)
	if err != nil {
		t.Fatal(err)
	}
	s.put(t, "python", strings.Replace(standIn, "echo shard", "echo other", 1)) // another version of torch, say
	if err := l.Resume(t.Context(), j, r, launch.Merge); err != nil {
		t.Fatal(err)
	}
	j = s.end(t, l, j)
	if _, err := l.Fetch(t.Context(), j, 0); err != nil || s.starts(t) != "train merge merge" {
		t.Errorf("%q: %v", s.starts(t), err)
	}
	if err := l.Resume(t.Context(), j, r, "none"); !errors.Is(err, launch.ErrNoTask) {
		t.Errorf("%v", err)
	}
}

func TestAJobThatAsksForGPUsThatAreNotThereIsNotEvenWrittenDown(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "")
	s.put(t, "job.yaml", strings.Replace(s.read("job.yaml"), "gpus: 0", "gpus: 99", 1))
	l := s.open(t)
	r, err := s.request()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Submit(t.Context(), r); !cluster.IsKind(err, cluster.Rejected) || !strings.Contains(err.Error(), "GPUs (99)") {
		t.Errorf("%v", err)
	}
	if jobs, err := l.Registry.List(t.Context(), registry.Filter{}); err != nil || len(jobs) != 0 {
		t.Errorf("%v, %v", jobs, err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "jobs")); err == nil {
		t.Error("a folder was made")
	}
}
