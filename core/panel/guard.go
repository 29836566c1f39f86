package panel

import (
	"errors"
	"net"
	"net/http"

	"github.com/llm-city/gorod/core/hosts"
	"github.com/llm-city/gorod/core/panel/internal/entry"
)

// policy lets a page load the panel's own files and send its own forms, and
// nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxForm bounds what a request may bring.
const maxForm = 128 << 10

// Names of cookies.
const (
	langCookie  = "gorod-lang"
	themeCookie = "gorod-theme"
)

// guard is what every request passes first.
func (p *Panel) guard(next http.Handler) http.Handler {
	same := http.NewCrossOriginProtection()
	same.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.plain(func(q *request) error { return q.fail(http.StatusForbidden, "error.origin") })(w, r)
	}))
	inner := same.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if p.opts.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !p.ours(r.Host) {
			http.Error(w, "this panel does not answer for "+hosts.Quote(r.Host)+": name it with --host", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		inner.ServeHTTP(w, r)
	})
}

// ours reports whether a request was meant for this panel.
func (p *Panel) ours(host string) bool {
	return hosts.Hosts{Names: p.opts.Hosts, AnyIP: p.opts.AnyIP}.Answer(host)
}

// session is who sent a request, by its cookie.
func (p *Panel) session(r *http.Request) (s entry.Session, ok bool) {
	c, err := r.Cookie(p.door.Cookie())
	if err != nil {
		return s, false
	}
	return p.door.Who(c.Value)
}

// mayRead reports whether a request may see the pages that show and do not
// steer.
func (p *Panel) mayRead(r *http.Request) bool {
	if !p.opts.Private {
		return true
	}
	_, in := p.session(r)
	return in
}

func (p *Panel) cookie(w http.ResponseWriter, name, value string, keep int) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: keep, HttpOnly: true, Secure: p.opts.Secure, SameSite: http.SameSiteStrictMode,
	})
}

// tooLarge reports whether an error says that a request brought too much.
func tooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

// sender is the address that attempts to enter are counted by.
func sender(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
