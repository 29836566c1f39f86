package mastodon

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/mattn/go-mastodon"
)

const (
	maxName  = 30 // letters of an account's name
	maxNames = 9  // tried for a resident
)

// signUp makes the account of a resident. It is in the file before the server is
// asked, so that whatever happens nobody asks for a second one.
func (f *office) signUp(ctx context.Context, id string) error {
	login, before := f.asked[id]
	for n := 1; n <= maxNames; n++ {
		if !before {
			login = pair{f.called(id, n), rand.Text()}
			if err := f.note(id, login); err != nil {
				return err
			}
		}
		token, unsure, no, err := f.register(ctx, login)
		refusal, refused := asRefusal(err)
		taken := refused && (no.has("username", "ERR_TAKEN") || no.has("email", "ERR_TAKEN"))
		switch {
		case err == nil:
			return f.keep(id, token)
		case !refused:
			return err
		case taken && (before || unsure):
			return f.regain(ctx, id, login)
		case no.has("username", "ERR_TAKEN", "ERR_RESERVED") && !no.has("email", "ERR_TAKEN"):
			before = false // it is somebody else's
		default:
			return f.declined(id, login, refusal, no)
		}
	}
	return f.fail("no name is free for %s, such as @%s: set another environment.network.create.prefix", f.names[id], f.called(id, 1))
}

// note keeps what account is asked for.
func (f *office) note(id string, login pair) error {
	f.asked[id] = login
	return f.put(askedKey+" "+f.names[id], login.first+":"+login.second)
}

// keep keeps a token.
func (f *office) keep(id string, token Token) error {
	f.tokens[id] = token
	return f.put(f.names[id], string(token))
}

// called is the name of a resident's account, the n-th that is tried.
func (f *office) called(id string, n int) string {
	end := ""
	if n > 1 {
		end = fmt.Sprintf("_%d", n)
	}
	name := f.Network.Create.Prefix + f.handles[id]
	return strings.TrimRight(name[:min(len(name), maxName-len(end))], "_") + end
}

// register asks for an account.
func (f *office) register(ctx context.Context, login pair) (token Token, unsure bool, no refusalJSON, err error) {
	var given struct {
		Token string `json:"access_token"`
	}
	c := f.Network.Create
	unsure, no, err = f.request(ctx, http.MethodPost, "/api/v1/accounts", f.token, url.Values{
		"username": {login.first}, "email": {f.email(login)}, "password": {login.second}, "agreement": {"true"}, "locale": {f.Language}, "reason": {c.Reason},
	}, &given)
	if err == nil && !sound(given.Token) {
		err = f.fail("it made @%s and gives no token for it: start again, so that gorod logs in", login.first)
	}
	return Token(given.Token), unsure, no, err
}

func (f *office) email(login pair) string {
	return strings.Replace(f.Network.Create.Email, "{name}", login.first, 1)
}

// regain gets the token of an account that was made by a request whose answer
// was lost. Servers that let nobody in by a password leave that to people.
func (f *office) regain(ctx context.Context, id string, login pair) error {
	var no *Refusal
	for _, name := range []string{f.email(login), login.first} {
		token, err := f.grant(ctx, url.Values{"grant_type": {"password"}, "username": {name}, "password": {login.second}})
		if err == nil {
			return f.keep(id, token)
		}
		if !errors.As(err, &no) {
			return err
		}
	}
	key := askedKey + " " + f.names[id]
	return f.fail("@%s is there, most likely made by a request whose answer was lost, and the server lets nobody in by a password (%d %s). "+
		"Log in with the password in the line `%s` of %s, make a token with the scopes read and write, and add the line `%s: TOKEN`; if the account is somebody else's, remove that line to have another name tried",
		login.first, no.Status, no.Why, key, f.path, f.names[id])
}

// declined is why the server makes no account.
func (f *office) declined(id string, login pair, refusal *Refusal, no refusalJSON) error {
	why := refusal.Why
	for field, all := range no.Details {
		for _, d := range all {
			if !strings.Contains(why, d.Description) {
				why += "; " + clip(field+" "+d.Description, maxWhy)
			}
		}
	}
	advice := ""
	switch {
	case refusal.Status == http.StatusForbidden, refusal.Status == http.StatusNotFound:
		advice = ". Its registrations are closed, or programs may make no accounts: open them, or make the accounts by hand and put their tokens into " + f.path
	case no.has("email", "ERR_BLOCKED", "ERR_UNREACHABLE", "ERR_INVALID", "ERR_TAKEN"):
		advice = ". Set another environment.network.create.email"
	}
	return f.fail("it makes no account @%s for %s: %d %s%s", login.first, f.names[id], refusal.Status, why, advice)
}

// settle sees whether an account that was asked for works, and has it approved
// where somebody may.
func (f *office) settle(ctx context.Context, id string) error {
	login, pending := f.asked[id]
	if !pending {
		return nil
	}
	why, err := f.works(ctx, id)
	if err == nil && why != "" && f.admin != "" {
		if why, err = f.approve(ctx, login, why); err == nil && why == "" {
			why, err = f.works(ctx, id)
		}
	}
	if err != nil {
		return err
	}
	if why != "" {
		f.barred[id] = why
		return nil
	}
	delete(f.asked, id)
	return f.replace(askedKey+" "+f.names[id], madeKey+" "+f.names[id], login.first+":"+login.second)
}

// works says why an account is not let in; empty where it is.
func (f *office) works(ctx context.Context, id string) (why string, err error) {
	var me mastodon.Account
	_, _, err = f.request(ctx, http.MethodGet, "/api/v1/accounts/verify_credentials", f.tokens[id], nil, &me)
	if no, ok := asRefusal(err); ok {
		return fmt.Sprintf("%d %s", no.Status, no.Why), nil
	}
	return "", err
}

// approve lets an account in that waits for that; why is what keeps it out.
func (f *office) approve(ctx context.Context, login pair, why string) (string, error) {
	var found []struct {
		ID                      mastodon.ID
		Username, Domain, Email string
		Approved, Disabled      bool
	}
	_, _, err := f.request(ctx, http.MethodGet, "/api/v1/admin/accounts", f.admin, url.Values{"username": {login.first}, "local": {"true"}}, &found)
	if no, ok := asRefusal(err); ok {
		return fmt.Sprintf("%s (and the token of %s does not see it: %d %s)", why, adminKey, no.Status, no.Why), nil
	}
	if err != nil {
		return "", err
	}
	for _, one := range found {
		if !strings.EqualFold(one.Username, login.first) || one.Domain != "" || !strings.EqualFold(one.Email, f.email(login)) || !good(one.ID) {
			continue
		}
		for _, action := range []string{"approve", "enable"} {
			if needed := map[string]bool{"approve": !one.Approved, "enable": one.Disabled}; !needed[action] {
				continue
			}
			var now json.RawMessage
			_, _, err := f.request(ctx, http.MethodPost, "/api/v1/admin/accounts/"+string(one.ID)+"/"+action, f.admin, url.Values{}, &now)
			if no, ok := asRefusal(err); ok {
				return fmt.Sprintf("%s (and the token of %s may not %s it: %d %s)", why, adminKey, action, no.Status, no.Why), nil
			}
			if err != nil {
				return "", err
			}
		}
		return "", nil
	}
	return why, nil
}
