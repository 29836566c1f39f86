//go:build components

package remote_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/slurm/slurmtest"
)

// A small disk stands for a quota; to make it needs root.
func TestAFullDiskOverSSHIsSaidAndTheUploadGoesOnWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	c := cluster.Compose(nil, client(t, slurmtest.StartSSHD(t, nil)), cluster.Options{})
	there, from := t.TempDir(), filepath.Join(t.TempDir(), "data")
	if err := syscall.Mount("tmpfs", there, "tmpfs", 0, "size=10m"); err != nil {
		t.Fatalf("mount a small disk, which only root may: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(there, syscall.MNT_DETACH) })
	data := bytes.Repeat([]byte("город "), 2<<20)
	if err := os.WriteFile(from, data, 0o600); err != nil {
		t.Fatal(err)
	}
	files := []cluster.File{{From: from, To: "data"}}
	if _, err := c.Stage(t.Context(), there+"/job", files); !cluster.IsKind(err, cluster.NoSpace) || !strings.Contains(err.Error(), "make room") {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "mount", "-o", "remount,size=64m", there).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	done, err := c.Stage(t.Context(), there+"/job", files)
	if got, _ := os.ReadFile(there + "/job/data"); err != nil || done.Resumed == 0 || !bytes.Equal(got, data) {
		t.Errorf("%+v, %v", done, err)
	}
}
