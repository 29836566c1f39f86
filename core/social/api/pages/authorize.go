package pages

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/llm-city/gorod/core/env/lang"
)

// Authorize is the page at which a visitor chooses a name and allows an app to
// use it.
type Authorize struct {
	Language string
	Study    string
	Path     string // of the server
	App      string
	Website  string
	Scopes   []string
	Params   url.Values  // that the form repeats
	Token    string      // that the form repeats
	Session  string      // the visitor whom the browser remembers, if any
	Name     string      // that was given
	Wrong    lang.Phrase // what is wrong
	Closed   bool        // there is no form: the app made the mistake
	Code     string      // for the visitor to copy
	Redirect string      // where the browser is sent next
}

// Problem is what is wrong in the page's language.
func (a Authorize) Problem() string { return a.Wrong.In(a.Language) }

// Where is the place that the browser is sent to; empty where the visitor copies
// the code.
func (a Authorize) Where() string {
	target, err := url.Parse(a.Redirect)
	if err != nil || target.Scheme == "urn" || target.Scheme == "" {
		return ""
	}
	return origin(target)
}

// Write answers with the page.
func (a Authorize) Write(w http.ResponseWriter, l *Look, status int) {
	action := "'self'"
	if target, err := url.Parse(a.Redirect); err == nil && target.Scheme != "" && target.Scheme != "urn" {
		action += " " + origin(target) // browsers hold the redirect after a form to it
	}
	secure(w.Header(), action)
	w.Header().Set("Cache-Control", "no-store")
	l.write(w, status, "authorize", a.Language, a)
}

// origin is what a policy calls the place of an address.
func origin(u *url.URL) string {
	if u.Scheme == "http" || u.Scheme == "https" {
		return u.Scheme + "://" + strings.Map(hostly, u.Host)
	}
	return u.Scheme + ":"
}

// hostly drops what cannot be in a host and would end a directive.
func hostly(r rune) rune {
	if r <= ' ' || strings.ContainsRune(";,'\"", r) {
		return -1
	}
	return r
}
