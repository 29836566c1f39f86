package host

import (
	"errors"
	"fmt"
	"strings"
)

// ErrClosed is what a call to a plugin gets after Close.
var ErrClosed = errors.New("the plugin is closed")

// NotFoundError says that no plugin answers to a name or a path.
type NotFoundError struct {
	Ref    string
	Looked []string // places searched
	Near   string   // a known plugin with a similar name, or ""
	Err    error    // what stands in the way of a file that is there
}

// Error says where it was looked for and what to do.
func (e *NotFoundError) Error() string {
	s := fmt.Sprintf("no plugin %q", e.Ref)
	if e.Err != nil {
		return s + ": " + e.Err.Error()
	}
	s += "; looked at " + strings.Join(e.Looked, ", ")
	if e.Near != "" {
		s += fmt.Sprintf("; did you mean %s?", e.Near)
	}
	s += "; `gorod plugin ls` lists them"
	if e.Near == "" && isID(e.Ref) {
		s += "; a plugin of your own is named by its path, or put into a folder of plugins"
	}
	return s
}

// Unwrap returns the cause.
func (e *NotFoundError) Unwrap() error { return e.Err }

// StartError says that an executable did not become a plugin.
type StartError struct {
	Plugin string // id, or the path where that is not known yet
	Why    string
	Hint   string // what to do
	Stderr string // the last that it wrote to standard error
	Err    error
}

// Error says what went wrong, what to do and what the plugin had to say.
func (e *StartError) Error() string {
	s := fmt.Sprintf("plugin %s did not start: %s", e.Plugin, e.Why)
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s + lastWords(e.Stderr)
}

// Unwrap returns the cause.
func (e *StartError) Unwrap() error { return e.Err }

// ChecksumError says that an executable is not the one that was pinned.
type ChecksumError struct {
	Path, Want, Got string // SHA-256 in hex
}

// Error names both sums and what to do.
func (e *ChecksumError) Error() string {
	return fmt.Sprintf("%s has SHA-256 %s, but %s is pinned: put the pinned executable back, or pin this one if it is to be trusted",
		e.Path, e.Got, e.Want)
}

// ConfigError says that a config breaks the plugin's schema.
type ConfigError struct {
	Plugin     string
	Violations []string
}

// Error lists what is wrong.
func (e *ConfigError) Error() string {
	return fmt.Sprintf("config of %s: %s", e.Plugin, strings.Join(e.Violations, "; "))
}

// CrashError says that a plugin died and may not be started again.
type CrashError struct {
	Plugin string
	Err    error  // how it died
	Why    string // why it is not started again
	Stderr string // the last that it wrote to standard error
}

// Error says how the plugin died, and its last words.
func (e *CrashError) Error() string {
	return fmt.Sprintf("plugin %s crashed: %v; %s%s", e.Plugin, e.Err, e.Why, lastWords(e.Stderr))
}

// Unwrap returns the cause.
func (e *CrashError) Unwrap() error { return e.Err }

// lastWords shows the end of a standard error, at most so much of it.
func lastWords(stderr string) string {
	const lines, size = 15, 2000
	text := strings.TrimSpace(stderr)
	if text == "" {
		return ""
	}
	text = strings.ToValidUTF8(text[max(0, len(text)-size):], "")
	all := strings.Split(text, "\n")
	return "\nits last words:\n  " + strings.Join(all[max(0, len(all)-lines):], "\n  ")
}
