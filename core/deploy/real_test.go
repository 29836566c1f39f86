//go:build components

package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// systemd itself reads the unit. The program that it starts is made to exist.
func TestSystemdTakesTheUnit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	unit := filepath.Join(dir, "gorod.service")
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", unit).CombinedOutput()
	if err != nil || strings.Contains(string(out), "gorod.service:") {
		t.Errorf("%v: %s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), "systemd-analyze", "security", "--offline=true", "--threshold=25", unit)
	cmd.Env = os.Environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
