package panel

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/panel/internal/entry"
	"github.com/llm-city/gorod/core/panel/internal/words"
)

// request is a request with who sent it and how it wants to be answered.
type request struct {
	*http.Request
	w       http.ResponseWriter
	panel   *Panel
	words   *words.Language
	theme   string // light, dark, or empty: as the reader's system says
	run     *watched
	session entry.Session
	in      bool
	tick    int64  // asked for; -1 is the last
	seen    string // pulse of the run when the request came
}

func (p *Panel) request(w http.ResponseWriter, r *http.Request) *request {
	q := &request{Request: r, w: w, panel: p, words: p.language(r), tick: -1}
	q.session, q.in = p.session(r)
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		q.theme = c.Value
	}
	if t, err := strconv.ParseInt(r.URL.Query().Get("tick"), 10, 64); err == nil && t >= 0 {
		q.tick = t
	}
	return q
}

// language is what the address asks for, else the cookie, else the browser.
func (p *Panel) language(r *http.Request) *words.Language {
	asked := []string{r.URL.Query().Get("lang")}
	if c, err := r.Cookie(langCookie); err == nil {
		asked = append(asked, c.Value)
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(tag, "-")
		asked = append(asked, strings.ToLower(base))
	}
	for _, code := range asked {
		if l := p.words[code]; l != nil {
			return l
		}
	}
	return p.words[words.Codes()[0]]
}

// serve finds the run of an address and lets in whom the route is for.
func (p *Panel) serve(rt route) http.HandlerFunc {
	return p.plain(func(q *request) error {
		switch {
		case !q.in && (rt.write || rt.control):
			return q.toLogin()
		case !p.mayRead(q.Request) && rt.pattern != "GET /login":
			return q.toLogin()
		case rt.write:
			if err := q.ParseForm(); err != nil {
				return q.badForm(err)
			}
			if !p.door.FormOf(q.session, q.PostForm.Get("form")) {
				return q.fail(http.StatusForbidden, "error.form")
			}
		}
		if slug := q.PathValue("run"); slug != "" {
			if q.run = p.bySlug[slug]; q.run == nil {
				return q.fail(http.StatusNotFound, "error.run")
			}
			// A stream tells of what came since; where the run cannot be looked at, its
			// page says so.
			if now, err := q.run.pulse(q.Context()); err == nil {
				q.seen = now.String()
			}
		}
		return rt.handle(q.Context(), q)
	})
}

// plain answers with what a handler could not.
func (p *Panel) plain(handle func(*request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := p.request(w, r)
		err := handle(q)
		bad, isOrder := errors.AsType[*control.BadOrder](err)
		switch {
		case err == nil, errors.Is(err, context.Canceled):
		case isOrder:
			err = q.refuse(http.StatusUnprocessableEntity, q.words.T("error.order"), q.reason(bad))
		case errors.Is(err, city.ErrNotBegun):
			err = q.fail(http.StatusNotFound, "error.notbegun")
		case errors.Is(err, control.ErrNoCommand):
			err = q.fail(http.StatusNotFound, "error.command")
		case errors.Is(err, fs.ErrNotExist):
			err = q.fail(http.StatusNotFound, "error.nothing")
		default:
			p.opts.Log.Error("a page failed", "path", r.URL.Path, "error", err)
			err = q.fail(http.StatusInternalServerError, "error.internal")
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			p.opts.Log.Error("a page failed", "path", r.URL.Path, "error", err)
		}
	}
}

// reason says in the reader's language why an order was not taken.
func (q *request) reason(bad *control.BadOrder) string {
	if bad.Key == "" || !q.words.Has("bad."+bad.Key) {
		return bad.Why
	}
	args := slices.Clone(bad.Args)
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = q.words.Or("part."+text, prose(text, 60))
		}
	}
	return q.words.T("bad."+bad.Key, args...)
}

func (p *Panel) nothing(q *request) error {
	if !p.mayRead(q.Request) {
		return q.toLogin()
	}
	return q.fail(http.StatusNotFound, "error.nothing")
}

// toLogin sends a reader to the login and from there back; whoever sent an order
// is told that it was not taken.
func (q *request) toLogin() error {
	if q.Method != http.MethodGet {
		return q.fail(http.StatusUnauthorized, "error.login")
	}
	http.Redirect(q.w, q.Request, "/login?next="+url.QueryEscape(q.URL.RequestURI()), http.StatusSeeOther)
	return nil
}

func (q *request) badForm(err error) error {
	if tooLarge(err) {
		return q.fail(http.StatusRequestEntityTooLarge, "error.large")
	}
	return q.fail(http.StatusBadRequest, "error.badform")
}

// fail shows a page that says what went wrong.
func (q *request) fail(status int, key string) error {
	return q.refuse(status, q.words.T(key), "")
}

func (q *request) refuse(status int, what, why string) error {
	q.run = nil
	return q.showAs(status, "message", q.words.T("error.title", status), message{What: what, Why: why})
}

// message is the body of a page that says one thing.
type message struct{ What, Why string }

// to is an address of the run's pages, at the tick that is looked at.
func (q *request) to(parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	at := "/r/" + url.PathEscape(q.run.slug) + "/" + strings.Join(parts, "/")
	if q.tick >= 0 && q.Method == http.MethodGet {
		at += "?tick=" + strconv.FormatInt(q.tick, 10)
	}
	return at
}

// number reads a number of the address or the form; otherwise where there is
// none within the bounds.
func (q *request) number(name string, low, high, otherwise int) int {
	if n, err := strconv.Atoi(q.FormValue(name)); err == nil && n >= low && n <= high {
		return n
	}
	return otherwise
}

// see sends the reader of a form on.
func (q *request) see(at string) error {
	http.Redirect(q.w, q.Request, at, http.StatusSeeOther)
	return nil
}
