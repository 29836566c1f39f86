package host

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin/runner"
)

const (
	maxHandshake = 16 << 10 // bytes of the first line of standard output
	// pipeGrace is how long a dead plugin's pipes stay open for what it wrote
	// last; a process that left its group may hold them for ever.
	pipeGrace = time.Second
	exitGrace = 500 * time.Millisecond
)

// child is a plugin's process with all that it starts, as go-plugin runs it. It
// is the leader of a process group, which is killed as a whole.
type child struct {
	cmd    *exec.Cmd
	output io.Writer // takes what comes after the handshake on standard output
	stdout io.ReadCloser
	stderr *os.File
	done   chan struct{} // closed when the process has ended

	mu       sync.Mutex
	pid      int  // 0 before the start
	ended    bool // reaped: its id may be another's
	killed   bool // by us
	startErr error
	first    string // first line of standard output
	mute     bool   // standard output ended without a line
}

var _ runner.Runner = (*child)(nil)

func newChild(cmd *exec.Cmd, output io.Writer) *child {
	return &child{cmd: cmd, output: output, done: make(chan struct{})}
}

// Start implements runner.Runner.
func (c *child) Start(context.Context) error {
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		return err
	}
	errRead, errWrite, err := os.Pipe()
	if err != nil {
		return errors.Join(err, outRead.Close(), outWrite.Close())
	}
	c.cmd.Stdout, c.cmd.Stderr, c.cmd.SysProcAttr = outWrite, errWrite, processAttributes()
	started := make(chan error, 1)
	go c.live(started, outRead, errRead)
	err = <-started
	err = errors.Join(err, outWrite.Close(), errWrite.Close())
	if err != nil {
		c.mu.Lock()
		c.startErr = err
		c.mu.Unlock()
		return errors.Join(err, outRead.Close(), errRead.Close())
	}
	fromLine, toScanner := io.Pipe()
	c.stdout, c.stderr = fromLine, errRead
	go c.handshake(outRead, toScanner)
	return nil
}

// live starts the process and waits for its end. It holds one operating system
// thread all the while: a plugin is killed when the thread that started it
// ends, which is to happen with this process and no sooner.
func (c *child) live(started chan<- error, pipes ...*os.File) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := c.cmd.Start(); err != nil {
		started <- err
		close(c.done)
		return
	}
	c.mu.Lock()
	c.pid = c.cmd.Process.Pid
	c.mu.Unlock()
	started <- nil
	_ = c.cmd.Wait() // the state tells how it ended
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	killGroup(c.pid) // what it left behind
	close(c.done)
	time.Sleep(pipeGrace)
	for _, p := range pipes {
		p.Close()
	}
}

// handshake gives go-plugin the first line of standard output, cut where it is
// too long, and lets the rest go to the log: go-plugin stops reading at a line
// of 64 KB, and the plugin would block.
func (c *child) handshake(out io.Reader, scanner *io.PipeWriter) {
	defer func() { _ = scanner.Close() }()
	r := bufio.NewReaderSize(out, maxHandshake)
	line, err := r.ReadSlice('\n')
	c.mu.Lock()
	c.first, c.mute = string(line), len(line) == 0
	c.mu.Unlock()
	if _, writeErr := scanner.Write(append(line[:len(line):len(line)], '\n')); writeErr != nil || (err != nil && !errors.Is(err, bufio.ErrBufferFull)) {
		return
	}
	_, _ = io.Copy(c.output, r) // ends with the process
}

// Kill implements runner.Runner: it ends the group. A process that is ending by
// itself may do so, to tell how it ended.
func (c *child) Kill(context.Context) error {
	c.mu.Lock()
	mute := c.mute
	c.mu.Unlock()
	if mute {
		select {
		case <-c.done:
		case <-time.After(exitGrace):
		}
	}
	c.kill()
	return nil
}

func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pid == 0 || c.ended {
		return
	}
	c.killed = true
	killGroup(c.pid)
}

// ending says how the process ended; it must have.
func (c *child) ending() string {
	if c.cmd.ProcessState == nil {
		return "it never ran"
	}
	return c.cmd.ProcessState.String()
}

// Wait implements runner.Runner.
func (c *child) Wait(context.Context) error { <-c.done; return nil }

// Diagnose implements runner.Runner; the reasons are found elsewhere.
func (c *child) Diagnose(context.Context) string { return "" }

// Stdout implements runner.Runner.
func (c *child) Stdout() io.ReadCloser { return c.stdout }

// Stderr implements runner.Runner.
func (c *child) Stderr() io.ReadCloser { return c.stderr }

// Name implements runner.Runner.
func (c *child) Name() string { return c.cmd.Path }

// ID implements runner.Runner.
func (c *child) ID() string {
	if pid := c.PID(); pid != 0 {
		return strconv.Itoa(pid)
	}
	return ""
}

// PID is the id of the process.
func (c *child) PID() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pid
}

// PluginToHost implements runner.Runner: both share a file system.
func (c *child) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

// HostToPlugin implements runner.Runner.
func (c *child) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}
