package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// name is the plugin's id, or its path where that is not known yet.
func (e *Entry) name() string {
	if e.ID != "" {
		return e.ID
	}
	return e.Path
}

// explain says why a process, which has ended by now, did not become a plugin.
func (p *process) explain(err error, timeout time.Duration) error {
	p.child.mu.Lock()
	startErr, first, killed := p.child.startErr, strings.TrimSpace(p.child.first), p.child.killed
	p.child.mu.Unlock()
	e := &StartError{Plugin: p.entry.name(), Stderr: p.tail.String(), Err: err}
	switch {
	case startErr != nil:
		e.Why, e.Hint, e.Err = startErr.Error(), execHint(p.entry.Path, startErr), startErr
	case strings.Count(first, "|") >= 3:
		e.Why, e.Hint = err.Error(), "build it against the SDK of this gorod"
	case first != "":
		e.Why = fmt.Sprintf("it printed %.200q before its handshake", first)
		e.Hint = p.entry.advice("a plugin writes nothing to standard output before sdk.Serve; logs go to standard error",
			"a plugin writes nothing to standard output before it imports gorod_plugin; logs go to standard error")
	case strings.Contains(err.Error(), "timeout while waiting"):
		e.Why = fmt.Sprintf("no handshake within %v", timeout)
		e.Hint = p.entry.advice("a plugin's main calls sdk.Serve first thing and loads what it needs in Make",
			"a plugin imports slow packages and loads what it needs in make, not at the top of its file")
	case strings.Contains(e.Stderr, "This binary is a plugin"):
		e.Why, e.Hint = "it is a plugin of another program", "build it against the SDK of this gorod"
	case killed:
		e.Why, e.Hint = "it closed its standard output before its handshake", p.entry.advice(serveFirst, serveLast)
	case strings.TrimSpace(e.Stderr) != "": // it says itself why
		e.Why = "it ended before its handshake: " + p.child.ending()
	default:
		e.Why, e.Hint = "it ended before its handshake: "+p.child.ending(), p.entry.advice(serveFirst, serveLast)
	}
	return e
}

// What the program of a plugin does, in Go and in Python.
const (
	serveFirst = "a plugin's main calls sdk.Serve first thing"
	serveLast  = "a plugin's file ends with a call of gorod_plugin.serve"
)

// advice is what to do about a plugin's program in Go, or in Python. There is
// none about gorod itself.
func (e *Entry) advice(inGo, inPython string) string {
	switch {
	case e.Builtin:
		return ""
	case isPython(e.Path):
		return inPython
	default:
		return inGo
	}
}

// isPython reports whether a file is a script whose first line names Python.
func isPython(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close() // it is only read
	head := make([]byte, 200)
	n, _ := io.ReadFull(file, head) // a short file will do
	line, _, _ := strings.Cut(string(head[:n]), "\n")
	return strings.HasPrefix(line, "#!") && strings.Contains(line, "python")
}

func execHint(path string, err error) string {
	switch {
	case filepath.Ext(path) == ".go":
		return "it is the source: go build makes the executable"
	case errors.Is(err, fs.ErrPermission):
		return "make it executable: chmod +x"
	case errors.Is(err, syscall.ENOEXEC):
		return "it is no program for this machine"
	default:
		return ""
	}
}

// death says how a process that was discarded came to its end.
func (p *process) death() error {
	if p.watch.hung.Load() {
		return fmt.Errorf("it did not answer for %v and was killed", time.Duration(p.watch.limit.Load()))
	}
	if held := p.watch.bloated.Load(); held > 0 {
		return fmt.Errorf("it held %d MB of memory, %d MB are allowed (agents.plugin_memory), and was killed: does it leak?",
			held>>20, p.watch.memory.Load()>>20)
	}
	return errors.New("it ended: " + p.child.ending())
}
