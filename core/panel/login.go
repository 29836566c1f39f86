package panel

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/panel/internal/entry"
	"github.com/llm-city/gorod/core/panel/internal/words"
)

type loginBody struct {
	Next  string
	Name  string
	Wrong string
}

// askLogin shows the form that asks for the token.
func (p *Panel) askLogin(_ context.Context, q *request) error {
	return q.show("login", q.words.T("login.title"), loginBody{Next: local(q.URL.Query().Get("next"))})
}

// login takes the token.
func (p *Panel) login(q *request) error {
	if err := q.ParseForm(); err != nil {
		return q.badForm(err)
	}
	name, next := q.PostForm.Get("name"), local(q.PostForm.Get("next"))
	value, err := p.door.Enter(q.PostForm.Get("token"), name, sender(q.Request))
	status, key := http.StatusForbidden, "login.wrong"
	switch {
	case err == nil:
		p.cookie(q.w, p.door.Cookie(), value, 0)
		return q.see(next)
	case errors.Is(err, entry.ErrTooMany):
		q.w.Header().Set("Retry-After", "300")
		status, key = http.StatusTooManyRequests, "login.toomany"
	case errors.Is(err, entry.ErrName):
		status, key = http.StatusUnprocessableEntity, "login.name"
	}
	p.opts.Log.Warn("nobody was let into the panel", "from", sender(q.Request), "why", err)
	return q.showAs(status, "login", q.words.T("login.title"), loginBody{Next: next, Name: prose(name, 40), Wrong: q.words.T(key)})
}

func (p *Panel) logout(_ context.Context, q *request) error {
	p.cookie(q.w, p.door.Cookie(), "", -1)
	return q.see("/")
}

// yearOfSeconds is how long a browser keeps what a reader likes.
const yearOfSeconds = 365 * 24 * 3600

// look keeps the language and the theme that a reader likes.
func (p *Panel) look(q *request) error {
	if err := q.ParseForm(); err != nil {
		return q.badForm(err)
	}
	if code := q.PostForm.Get("lang"); slices.Contains(words.Codes(), code) {
		p.cookie(q.w, langCookie, code, yearOfSeconds)
	}
	switch theme := q.PostForm.Get("theme"); theme {
	case "light", "dark":
		p.cookie(q.w, themeCookie, theme, yearOfSeconds)
	case "auto":
		p.cookie(q.w, themeCookie, "", -1)
	}
	return q.see(local(q.PostForm.Get("next")))
}

// local is an address of this panel; whatever leads elsewhere becomes the first
// page.
func local(at string) string {
	u, err := url.Parse(at)
	if err != nil || u.IsAbs() || u.Host != "" || u.Opaque != "" || !strings.HasPrefix(at, "/") || strings.HasPrefix(at, "//") ||
		strings.ContainsAny(at, "\\\r\n\t") || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return at
}
