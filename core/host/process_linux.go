package host

import "syscall"

// processAttributes put a plugin into a group of its own, which Ctrl-C does not
// reach, and let the kernel end it with this process.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
