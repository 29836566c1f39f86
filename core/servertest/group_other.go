//go:build !unix

package servertest

import "os/exec"

// Group does nothing here.
func Group(*exec.Cmd) {}

// Kill ends a server at once, as a crash would.
func Kill(cmd *exec.Cmd) error { return cmd.Process.Kill() }
