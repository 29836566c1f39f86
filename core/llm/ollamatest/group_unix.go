//go:build unix

package ollamatest

import (
	"os/exec"
	"syscall"
)

// group has a server and its runners be killed together.
func group(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func kill(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
