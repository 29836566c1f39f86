//go:build unix && !linux

package host

import "syscall"

// processAttributes put a plugin into a group of its own, which Ctrl-C does not
// reach. A plugin whose host is killed finds out by itself.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
