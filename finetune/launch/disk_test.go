//go:build components

package launch_test

import (
	"os/exec"
	"syscall"
	"testing"
)

// disk puts a small disk at a folder, which ends with the test.
func disk(t *testing.T, at, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", at, "tmpfs", 0, "size="+size); err != nil {
		t.Fatalf("mount a small disk, which only root may: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(at, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

func grow(t *testing.T, at, size string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "mount", "-o", "remount,size="+size, at).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
