// Package cli is gorod's command line: one file a noun. It is the only place
// that knows cobra, and it touches the process only through State.
package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/llm-city/gorod/core/config"
	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/core/runner"
)

// State is the world as commands see it. Tests make their own.
type State struct {
	Version  string
	Revision string   // of the source code; empty where the build does not say
	Args     []string // without the program's name
	Getenv   func(string) string
	Environ  func() []string // for processes that jobs on this machine are
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
	Now      func() time.Time
	Terminal bool // whether Stderr is a terminal
	Width    int  // of the terminal in columns
	// Self is the path of the gorod binary, which serves the built-in plugins.
	Self string
	// Signals gives a context that ends at the second interrupt, and a function
	// that reports the first, at which the user is told of what is finished
	// before the stop.
	Signals func(ctx context.Context, finishes string) (context.Context, func() bool, func())

	settings config.Settings
	log      *slog.Logger
	closeLog func() error
	json     bool
	plugins  *host.Catalog
}

// System is the real world: this process.
func System(version string) *State {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	s := &State{
		Version: version, Revision: revision(), Args: os.Args[1:], Getenv: os.Getenv, Environ: os.Environ, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Now: time.Now, Self: self,
	}
	s.Signals = s.interrupts
	if fd := int(os.Stderr.Fd()); term.IsTerminal(fd) {
		s.Terminal, s.Width = true, 80
		if w, _, err := term.GetSize(fd); err == nil {
			s.Width = w
		}
	}
	return s
}

// revision is that of the source code that the binary was built from.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	found, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			found = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+changed"
		}
	}
	if found == "" {
		return ""
	}
	return found + changed
}

// interrupts: the first Ctrl-C asks for a stop at the next chance, the second
// ends the context.
func (s *State) interrupts(parent context.Context, finishes string) (context.Context, func() bool, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	first := make(chan struct{})
	go func() {
		select {
		case <-signals:
			close(first)
			fmt.Fprintln(s.Stderr, "stopping when "+finishes+"; interrupt again to stop now and drop that")
		case <-ctx.Done():
			return
		}
		select {
		case <-signals:
			cancel(runner.ErrStopped)
		case <-ctx.Done():
		}
	}()
	asked := func() bool {
		select {
		case <-first:
			return true
		default:
			return false
		}
	}
	return ctx, asked, func() { signal.Stop(signals); cancel(nil) }
}
