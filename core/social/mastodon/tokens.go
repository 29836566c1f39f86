package mastodon

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Bounds of a file of tokens.
const (
	maxTokens = 4 << 20 // bytes
	minToken  = 8
	maxToken  = 512
)

// Token lets its bearer act as an account. It is never shown: whatever prints it
// prints Hidden.
type Token string

// Hidden stands for a token where one would be printed.
const Hidden = "[token]"

// String implements fmt.Stringer.
func (Token) String() string { return Hidden }

// GoString implements fmt.GoStringer.
func (Token) GoString() string { return Hidden }

// LogValue implements slog.LogValuer.
func (Token) LogValue() slog.Value { return slog.StringValue(Hidden) }

// MarshalText implements encoding.TextMarshaler.
func (Token) MarshalText() ([]byte, error) { return []byte(Hidden), nil }

// hide is what a server says without the secrets that it was told.
func hide(said string, secrets ...string) string {
	for _, s := range secrets {
		if s != "" {
			said = strings.ReplaceAll(said, s, Hidden)
		}
	}
	return said
}

// TokenError says what is wrong with a file of tokens, without any of them.
type TokenError struct {
	Path string
	Line int // from 1; 0: the file as a whole
	Why  string

	missing bool // there is no file
}

// Error implements error.
func (e *TokenError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("tokens of the accounts: %s:%d: %s", e.Path, e.Line, e.Why)
	}
	return fmt.Sprintf("tokens of the accounts: %s: %s", e.Path, e.Why)
}

// ReadTokens reads the tokens of residents' accounts by the residents' ids: a
// line for each, the id or the name and after a space the token, as in
// "Анна Петрова: TOKEN". Empty lines and those that begin with # are nothing;
// those that begin with @ are the affair of Enrol. Nobody but the owner may be
// able to read the file. The error is a *TokenError for a file that is not so,
// and where a resident has no account or not one of its own.
func ReadTokens(path string, residents []spec.Resident) (map[string]Token, error) {
	r, err := readRoll(path, residents)
	if err != nil {
		return nil, err
	}
	return r.tokens, complete(path, r.tokens, residents)
}

// Ready finds what keeps residents from a server that can be seen without asking
// it: a file of accounts that is wrong, or that lacks somebody for whom no
// account is to be made. The error is a *TokenError.
func Ready(n spec.Network, residents []spec.Resident) error {
	if n.Create == nil {
		_, err := ReadTokens(n.Accounts, residents)
		return err
	}
	_, err := openRoll(n.Accounts, residents)
	return err
}

// complete finds residents without a token.
func complete(path string, tokens map[string]Token, residents []spec.Resident) error {
	var missing []string
	for _, r := range residents {
		if tokens[r.ID] == "" {
			missing = append(missing, sdk.Agent{ID: r.ID, Persona: r.Persona}.Name())
		}
	}
	if len(missing) == 0 {
		return nil
	}
	more := ""
	if n := len(missing) - 5; n > 0 {
		missing, more = missing[:5], fmt.Sprintf(" and %d more", n)
	}
	return &TokenError{Path: path, Why: "no token for " + strings.Join(missing, ", ") + more + ": add a line NAME: TOKEN for each"}
}

// readSecret reads a file that only its owner may read.
func readSecret(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		why := err
		if inner, ok := errors.AsType[*os.PathError](err); ok {
			why = inner.Err
		}
		return nil, &TokenError{Path: path, Why: "cannot be read: " + why.Error(), missing: errors.Is(err, fs.ErrNotExist)}
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, &TokenError{Path: path, Why: err.Error()}
	case !info.Mode().IsRegular():
		return nil, &TokenError{Path: path, Why: "is no file"}
	case info.Mode().Perm()&0o077 != 0:
		return nil, &TokenError{Path: path, Why: fmt.Sprintf("others can read it (mode %#o): chmod 600 it", info.Mode().Perm())}
	}
	data, err := io.ReadAll(io.LimitReader(file, maxTokens+1))
	if err == nil && len(data) > maxTokens {
		err = fmt.Errorf("is larger than %d MiB", maxTokens>>20)
	}
	if err != nil {
		return nil, &TokenError{Path: path, Why: err.Error()}
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

// parseToken takes a line apart; who is empty where it says nothing. The error
// does not repeat the line.
func parseToken(line string) (who string, token Token, err error) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' || line == "---" {
		return "", "", nil
	}
	at := strings.LastIndexAny(line, " \t")
	if at < 0 {
		return "", "", errors.New("write NAME: TOKEN, with a space before the token")
	}
	who = strings.Trim(strings.TrimRight(strings.TrimSpace(line[:at]), " \t:="), `"'`)
	text := strings.Trim(line[at+1:], `"'`)
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	switch {
	case who == "":
		return "", "", errors.New("whose token is it? write NAME: TOKEN")
	case len(text) < minToken || len(text) > maxToken || strings.ContainsFunc(text, odd):
		return "", "", fmt.Errorf("what stands after the name is no token: %d to %d characters without spaces", minToken, maxToken)
	}
	return who, Token(text), nil
}
