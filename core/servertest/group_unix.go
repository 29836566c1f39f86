//go:build unix

package servertest

import (
	"os/exec"
	"syscall"
)

// Group has a server and the processes that it starts be killed together.
func Group(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// Kill ends a server and what it started at once, as a crash would.
func Kill(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
