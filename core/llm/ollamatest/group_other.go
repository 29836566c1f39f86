//go:build !unix

package ollamatest

import "os/exec"

func group(*exec.Cmd) {}

func kill(cmd *exec.Cmd) error { return cmd.Process.Kill() }
