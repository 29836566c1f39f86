package host

import (
	"fmt"
	"os"
	"syscall"
)

// processAttributes put a plugin into a group of its own, which Ctrl-C does not
// reach, and let the kernel end it with this process.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// heldMemory is the resident memory of a process in bytes; 0 where that cannot
// be told.
func heldMemory(pid int) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(data), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}
