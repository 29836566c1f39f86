//go:build unix && !linux

package host

import "syscall"

// processAttributes put a plugin into a group of its own, which Ctrl-C does not
// reach. A plugin whose host is killed finds out by itself.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// heldMemory is the resident memory of a process in bytes: it cannot be told
// here without a library.
func heldMemory(int) int64 { return 0 }
