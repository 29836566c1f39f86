package mastodon

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Keys of a file of accounts that no resident is called.
const (
	adminKey = "@admin" // TOKEN of somebody who may approve accounts
	appKey   = "@app"   // ID:SECRET of the application that accounts are made by
	// Both are followed by the name of a resident, and hold ACCOUNT:PASSWORD.
	askedKey = "@asked" // an account that was asked for and does not work yet
	madeKey  = "@made"  // one that works
)

// pair is what two words of a line give, and whether they are known.
type pair struct{ first, second string }

// String implements fmt.Stringer: the second one is a secret.
func (p pair) String() string { return p.first + ":" + Hidden }

// roll is a file of accounts: what it says, and its lines to be written again.
type roll struct {
	path   string
	lines  []string
	ids    map[string]string // of residents, by id and by name
	names  map[string]string // by which lines are written, by id
	tokens map[string]Token  // by id
	asked  map[string]pair   // by id
	app    pair
	admin  Token
}

// openRoll is readRoll, but a file that is not there is empty.
func openRoll(path string, residents []spec.Resident) (*roll, error) {
	r, err := readRoll(path, residents)
	if no, ok := errors.AsType[*TokenError](err); ok && no.missing {
		return newRoll(path, residents), nil
	}
	return r, err
}

func newRoll(path string, residents []spec.Resident) *roll {
	r := &roll{path: path, ids: map[string]string{}, names: map[string]string{}, tokens: map[string]Token{}, asked: map[string]pair{}}
	for _, one := range residents {
		name := sdk.Agent{ID: one.ID, Persona: one.Persona}.Name()
		r.ids[one.ID], r.ids[name], r.names[one.ID] = one.ID, one.ID, name
		if who, _, err := parseToken(name + ": " + strings.Repeat("x", minToken)); err != nil || who != name || strings.ContainsAny(name, "\r\n") || name[0] == '@' {
			r.names[one.ID] = one.ID // a line could not be told apart
		}
	}
	return r
}

// readRoll reads a file of accounts.
func readRoll(path string, residents []spec.Resident) (*roll, error) {
	data, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	r, owner := newRoll(path, residents), map[Token]string{}
	if text := strings.TrimRight(string(data), "\r\n"); text != "" {
		r.lines = strings.Split(text, "\n")
	}
	for i, line := range r.lines {
		who, token, err := parseToken(line)
		if err == nil && who == "" {
			continue
		}
		id := r.ids[who]
		switch {
		case err != nil:
		case strings.HasPrefix(who, "@"):
			err = r.reserved(who, token)
		case id == "":
			err = fmt.Errorf("no resident is called %.100q", who)
		case r.tokens[id] != "":
			err = fmt.Errorf("%.100q has a token already", who)
		case owner[token] != "":
			err = fmt.Errorf("%.100q has the same token as %s: each resident needs an account of its own", who, owner[token])
		default:
			r.tokens[id], owner[token] = token, who
		}
		if err != nil {
			return nil, &TokenError{Path: path, Line: i + 1, Why: err.Error()}
		}
	}
	return r, nil
}

// reserved takes in a line that is no resident's token.
func (r *roll) reserved(key string, token Token) error {
	key, name, _ := strings.Cut(key, " ")
	first, second, both := strings.Cut(string(token), ":")
	id := r.ids[name]
	switch {
	case key == adminKey && name == "":
		r.admin = token
		return nil
	case key == appKey && name == "" && both:
		r.app = pair{first, second}
		return nil
	case (key == askedKey || key == madeKey) && id != "" && both:
		if key == askedKey {
			r.asked[id] = pair{first, second}
		}
		return nil
	}
	return fmt.Errorf("%.40q begins no line of this file: %s TOKEN, and what gorod writes itself, do", key, adminKey+":")
}

// put writes a line into the file, in the place of the one that begins with the
// same key, or at the end. It is there as a whole or not at all.
func (r *roll) put(key, value string) error { return r.replace(key, key, value) }

// replace is put, in the place of another line.
func (r *roll) replace(old, key, value string) error {
	line := key + ": " + value
	at := slices.IndexFunc(r.lines, func(l string) bool {
		who, _, err := parseToken(l)
		return err == nil && who == old
	})
	if at >= 0 {
		r.lines[at] = line
	} else {
		r.lines = append(r.lines, line)
	}
	return r.write()
}

// write replaces the file, which only its owner may read.
func (r *roll) write() (err error) {
	path := r.path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	defer func() {
		if err != nil {
			err = &TokenError{Path: r.path, Why: "cannot be written: " + err.Error()}
		}
	}()
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // of mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails once renamed, as it should
	_, err = tmp.WriteString(strings.Join(r.lines, "\n") + "\n")
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
