package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mattn/go-mastodon"
	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Inspection is what a server says of itself and of the accounts of residents.
type Inspection struct {
	Server     string      `json:"server"`
	Version    string      `json:"version,omitempty"`
	Characters int         `json:"characters,omitempty"` // of a status
	Choices    int         `json:"choices,omitempty"`    // of a poll
	Choice     int         `json:"choice,omitempty"`     // characters of one
	Trouble    string      `json:"trouble,omitempty"`    // empty: it answers as Mastodon does
	Accounts   []Inspected `json:"accounts"`             // of all residents
}

// Inspected is what a server says of a resident's account.
type Inspected struct {
	Resident string   `json:"resident"` // the name
	Account  string   `json:"account,omitempty"`
	Scopes   []string `json:"scopes,omitempty"` // of the token; none where the server does not tell
	New      bool     `json:"new,omitempty"`    // it is to be made when the run begins
	Trouble  string   `json:"trouble,omitempty"`

	id string
}

// OK reports whether residents can live there.
func (i Inspection) OK() bool {
	return i.Trouble == "" && !slices.ContainsFunc(i.Accounts, func(a Inspected) bool { return a.Trouble != "" })
}

// Inspect asks a server about the accounts of residents. It changes nothing
// there. The error is a *TokenError for their file, or the cause of the end of
// ctx; what is wrong with the server is in the Inspection.
func Inspect(ctx context.Context, o Enrolment) (i Inspection, err error) {
	i.Server = strings.TrimSuffix(o.Network.Server, "/")
	r, err := openRoll(o.Network.Accounts, o.Residents)
	if err == nil && o.Network.Create == nil {
		err = complete(r.path, r.tokens, o.Residents)
	}
	if err != nil {
		return i, err
	}
	f := o.office(r)
	for _, one := range o.Residents {
		i.Accounts = append(i.Accounts, Inspected{Resident: sdk.Agent{ID: one.ID, Persona: one.Persona}.Name(), New: f.tokens[one.ID] == ""})
	}
	if f.inspect(ctx, &i); i.Trouble != "" || ctx.Err() != nil {
		return i, context.Cause(ctx)
	}
	var group errgroup.Group
	group.SetLimit(max(o.Network.Reach.Parallel, 1))
	for n, one := range o.Residents {
		if token := f.tokens[one.ID]; token != "" {
			group.Go(func() error {
				f.look(ctx, token, &i.Accounts[n])
				return nil
			})
		}
	}
	_ = group.Wait() // all is in i
	distinct(i.Accounts)
	return i, context.Cause(ctx)
}

// maxVersion bounds what a server says it is, in characters.
const maxVersion = 60

// inspect asks the server what it is.
func (f *office) inspect(ctx context.Context, i *Inspection) {
	var info mastodon.Instance
	_, err := f.ask(ctx, http.MethodGet, "/api/v1/instance", "", nil, &info)
	if err != nil {
		i.Trouble = saying(err)
		return
	}
	i.Version = clip(info.Version, maxVersion)
	l := limitsOf(&info)
	i.Characters, i.Choices, i.Choice = l.characters, l.choices, l.choice
}

// saying is what keeps a server from answering, in words.
func saying(err error) string {
	if slow, ok := errors.AsType[*limited](err); ok {
		return slow.Error()
	}
	if no, ok := asRefusal(err); ok {
		return fmt.Sprintf("%d %s", no.Status, no.Why)
	}
	return plainly(err)
}

// look asks whose a token is and what it allows.
func (f *office) look(ctx context.Context, token Token, a *Inspected) {
	var me mastodon.Account
	if _, err := f.ask(ctx, http.MethodGet, "/api/v1/accounts/verify_credentials", token, nil, &me); err != nil {
		a.Trouble = saying(err)
		return
	}
	if !good(me.ID) || me.Acct == "" {
		a.Trouble = "the server does not say whose the token is"
		return
	}
	a.id, a.Account = string(me.ID), "@"+clip(me.Acct, maxAsked)
	a.Scopes = f.allowed(ctx, token)
	if lacks := lacking(a.Scopes); len(a.Scopes) > 0 && len(lacks) > 0 {
		a.Trouble = "the token does not allow " + strings.Join(lacks, ", ")
	}
}

// allowed are the scopes of a token, where the server tells: those of the token,
// or those of its application, which it cannot go beyond.
func (f *office) allowed(ctx context.Context, token Token) []string {
	for _, path := range []string{"/oauth/token/info", "/api/v1/apps/verify_credentials"} {
		var told struct {
			Scope  scopeList `json:"scope"`
			Scopes scopeList `json:"scopes"`
		}
		if _, err := f.ask(ctx, http.MethodGet, path, token, url.Values{}, &told); err != nil {
			continue
		}
		if all := slices.Concat(told.Scope, told.Scopes); len(all) > 0 {
			return all[:min(len(all), 50)]
		}
	}
	return nil
}

// scopeList are scopes as servers write them: a list, or words.
type scopeList []string

// UnmarshalJSON implements json.Unmarshaler.
func (s *scopeList) UnmarshalJSON(data []byte) error {
	var words []string
	if err := json.Unmarshal(data, &words); err != nil {
		var line string
		if err := json.Unmarshal(data, &line); err != nil {
			return err
		}
		words = strings.Fields(line)
	}
	for _, word := range words {
		*s = append(*s, clip(word, 40))
	}
	return nil
}

// lacking are the scopes that residents need and a token lacks.
func lacking(has []string) (lacks []string) {
	for _, need := range []string{
		"read:accounts", "read:statuses", "read:notifications", "write:statuses", "write:favourites", "write:follows", "write:mutes",
	} {
		whole, _, _ := strings.Cut(need, ":")
		follows := slices.Contains(has, "follow") && (need == "write:follows" || need == "write:mutes")
		if !follows && !slices.Contains(has, need) && !slices.Contains(has, whole) {
			lacks = append(lacks, need)
		}
	}
	return lacks
}

// distinct finds residents who would write with one account.
func distinct(all []Inspected) {
	owner := map[string]string{}
	for i := range all {
		a := &all[i]
		switch first, twice := owner[a.id]; {
		case a.id == "":
		case twice:
			a.Trouble = "it is the account of " + first + " too"
		default:
			owner[a.id] = a.Resident
		}
	}
}
