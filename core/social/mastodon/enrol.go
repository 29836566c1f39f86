package mastodon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Enrolment is how accounts are made on a server. Those from Transport on may be
// left out.
type Enrolment struct {
	Network   spec.Network // with its server, its reach, and how accounts are made
	Residents []spec.Resident
	Language  string
	Now       func() time.Time
	Log       *slog.Logger

	Transport http.RoundTripper
	Wait      func(ctx context.Context, d time.Duration) error
	Jitter    func() float64
}

// EnrolError says why residents have no accounts yet. What was made is kept in
// the file of accounts: whoever enrols again goes on with it.
type EnrolError struct {
	Server string
	Why    string
}

// Error implements error.
func (e *EnrolError) Error() string { return "accounts on " + e.Server + ": " + e.Why }

// Enrol gives the tokens of all residents. Where the network says how, it makes
// accounts for those whom its file of accounts does not name, once: each is noted
// there before the server is asked for it. The server is asked nothing where the
// file is complete. The error is a *TokenError for the file, an *EnrolError for
// the server, or the cause of the end of ctx.
func Enrol(ctx context.Context, o Enrolment) (map[string]Token, error) {
	if o.Network.Create == nil {
		return ReadTokens(o.Network.Accounts, o.Residents)
	}
	unlock, err := lockFolder(o.Network.Accounts)
	if err != nil {
		return nil, err
	}
	defer unlock() //nolint:errcheck // the system lets go of it in any case
	r, err := openRoll(o.Network.Accounts, o.Residents)
	if err != nil {
		return nil, err
	}
	if len(r.asked) > 0 || len(r.tokens) < len(o.Residents) {
		if err := o.office(r).open(ctx); err != nil {
			return nil, err
		}
	}
	return r.tokens, complete(r.path, r.tokens, o.Residents)
}

// lockFolder keeps another process from making the same accounts.
func lockFolder(path string) (unlock func() error, err error) {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, &TokenError{Path: path, Why: err.Error()}
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		why := "cannot be locked: " + err.Error()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			why = "another gorod makes accounts in its folder: wait for it"
		}
		return nil, errors.Join(&TokenError{Path: path, Why: why}, folder.Close())
	}
	return folder.Close, nil
}

// office makes accounts.
type office struct {
	Enrolment
	*desk
	*roll
	handles map[string]string // by id
	token   Token             // of the application
	barred  map[string]string // why an account does not work yet, by resident
}

func (o Enrolment) office(r *roll) *office {
	c := clock{o.Now, o.Wait, o.Jitter}
	if c.wait == nil {
		c.wait = sleep
	}
	if c.jitter == nil {
		c.jitter = rand.Float64
	}
	if o.Transport == nil {
		o.Transport = newBase(o.Network.Reach.Parallel)
	}
	f := &office{Enrolment: o, desk: newDesk(o.Network.Server, c, o.Transport), roll: r, handles: map[string]string{}, barred: map[string]string{}}
	persons := make([]sdk.Person, len(o.Residents))
	for i, one := range o.Residents {
		persons[i] = sdk.Person{ID: one.ID, Name: sdk.Agent{ID: one.ID, Persona: one.Persona}.Name()}
	}
	for i, handle := range people.Handles(persons) {
		f.handles[persons[i].ID] = handle
	}
	return f
}

// request is insist with what every request has in common.
func (f *office) request(ctx context.Context, method, path string, token Token, form url.Values, into any) (unsure bool, no refusalJSON, err error) {
	unsure, no, err = f.insist(ctx, f.Network.Reach.Retry, method, path, token, form, into)
	if _, refused := asRefusal(err); err != nil && !refused && ctx.Err() == nil {
		err = f.fail("%s; what was made is kept in %s: start again later", plainly(err), f.path)
	}
	return unsure, no, err
}

func (f *office) fail(format string, operands ...any) error {
	return &EnrolError{f.server, fmt.Sprintf(format, operands...)}
}

// open makes what accounts are missing, and sees that those which were made
// work.
func (f *office) open(ctx context.Context) error {
	for i, one := range f.Residents {
		if f.tokens[one.ID] != "" {
			continue
		}
		if err := f.introduced(ctx); err != nil {
			return err
		}
		if err := f.signUp(ctx, one.ID); err != nil {
			return err
		}
		f.Log.Info("an account was made", "server", f.server, "resident", one.ID, "left", len(f.Residents)-i-1)
	}
	for _, one := range f.Residents {
		if err := f.settle(ctx, one.ID); err != nil {
			return err
		}
	}
	return f.verdict()
}

// verdict tells which accounts do not work yet.
func (f *office) verdict() error {
	if len(f.barred) == 0 {
		return nil
	}
	var all []string
	for _, id := range slices.Sorted(maps.Keys(f.barred)) {
		all = append(all, fmt.Sprintf("%s (@%s): %s", f.names[id], f.asked[id].first, f.barred[id]))
	}
	more := ""
	if n := len(all) - 5; n > 0 {
		all, more = all[:5], fmt.Sprintf("; and %d more", n)
	}
	return f.fail("made, and not let in yet: %s%s. Confirm their addresses by the letters, or on the server with `tootctl accounts modify NAME --confirm --approve`; a line `%s: TOKEN` in %s of somebody with the scopes admin:read:accounts and admin:write:accounts lets gorod approve them itself. Then start again",
		strings.Join(all, "; "), more, adminKey, f.path)
}

// scopes are what residents do.
const scopes = "read write"

const outOfBand = "urn:ietf:wg:oauth:2.0:oob"

// introduced registers gorod as an application, once, and gets it a token.
func (f *office) introduced(ctx context.Context) error {
	if f.token != "" {
		return nil
	}
	if f.app.second == "" {
		var made struct {
			ID     string `json:"client_id"`
			Secret string `json:"client_secret"`
		}
		_, _, err := f.request(ctx, http.MethodPost, "/api/v1/apps", "", url.Values{"client_name": {"gorod"}, "redirect_uris": {outOfBand}, "scopes": {scopes}}, &made)
		if err != nil {
			return f.refused("it registers no applications", err)
		}
		if _, _, err := parseToken(appKey + ": " + made.ID + ":" + made.Secret); err != nil || made.ID == "" || made.Secret == "" || strings.Contains(made.ID, ":") || strings.ContainsAny(made.ID+made.Secret, "\r\n") {
			return f.fail("it registers gorod and does not say as what")
		}
		f.app = pair{made.ID, made.Secret}
		if err := f.put(appKey, made.ID+":"+made.Secret); err != nil {
			return err
		}
	}
	token, err := f.grant(ctx, url.Values{"grant_type": {"client_credentials"}})
	if err != nil {
		return f.refused("it does not let the application in that "+appKey+" in "+f.path+" names (remove that line to have another)", err)
	}
	f.token = token
	return nil
}

// refused is an error of a server with what it refuses.
func (f *office) refused(what string, err error) error {
	if no, ok := asRefusal(err); ok {
		return f.fail("%s: %d %s", what, no.Status, no.Why)
	}
	return err
}

// grant gets a token for the application, or by it.
func (f *office) grant(ctx context.Context, form url.Values) (Token, error) {
	form.Set("client_id", f.app.first)
	form.Set("client_secret", f.app.second)
	form.Set("redirect_uri", outOfBand)
	form.Set("scope", scopes)
	var given struct {
		Token string `json:"access_token"`
	}
	if _, _, err := f.request(ctx, http.MethodPost, "/oauth/token", "", form, &given); err != nil {
		return "", err
	}
	if !sound(given.Token) {
		return "", f.fail("it gives no token where one belongs")
	}
	return Token(given.Token), nil
}

// sound reports whether a token can be kept.
func sound(token string) bool {
	_, kept, err := parseToken("x: " + token)
	return err == nil && string(kept) == token
}
