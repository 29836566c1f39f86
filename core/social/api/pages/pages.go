// Package pages are those of a run's network for people without a client: the
// public timeline, walls of residents, threads, groups, and the page at which
// visitors choose a name. They need no JavaScript, and show what everybody may
// read.
package pages

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/social/api/markup"
	"github.com/llm-city/gorod/core/social/view"
)

//go:embed site
var files embed.FS

// Options are what the pages are made of.
type Options struct {
	View *view.View
	Base func(r *http.Request) string // address under which a request reached the server
	Path string                       // of that address: "" or /town
	Look *Look
}

type site struct {
	Options
	mux *http.ServeMux
}

// New makes the handler of the public pages.
func New(o Options) http.Handler {
	s := &site{o, http.NewServeMux()}
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.Path+"/public", http.StatusFound)
	})
	s.mux.HandleFunc("GET /public", s.public)
	s.mux.HandleFunc("GET /groups", s.groups)
	s.mux.HandleFunc("GET /tags/{tag}", s.tag)
	s.mux.HandleFunc("GET /avatars/{file}", s.avatar)
	s.mux.HandleFunc("GET /site/style.css", s.style)
	s.mux.HandleFunc("GET /{handle}", s.wall)
	s.mux.HandleFunc("GET /{handle}/{id}", s.thread)
	s.mux.HandleFunc("GET /", s.missing)
	return s.mux
}

// secure lets a page do nothing but show itself and send its form to action.
func secure(h http.Header, action string) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action "+action)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
}

// Look is how pages are written: it is made once, and for many at a time.
type Look struct {
	russian, english *template.Template
	err              error
}

// NewLook makes it.
func NewLook() *Look {
	russian, err := templates("ru")
	english, other := templates("en")
	return &Look{russian, english, errors.Join(err, other)}
}

func templates(language string) (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		"say": func(phrase string) string { return lang.Phrase(phrase).In(language) },
		"count": func(n int, phrase string) string {
			return strconv.Itoa(n) + " " + plural(language, n, strings.Split(lang.Phrase(phrase).In(language), "|"))
		},
	}).ParseFS(files, "site/*.html")
}

// plural chooses the form that goes with a number: one|few|many in Russian,
// one|many in English.
func plural(language string, n int, forms []string) string {
	if language != "ru" || len(forms) < 3 {
		if n == 1 {
			return forms[0]
		}
		return forms[len(forms)-1]
	}
	switch n %= 100; {
	case n >= 11 && n <= 14:
		return forms[2]
	case n%10 == 1:
		return forms[0]
	case n%10 >= 2 && n%10 <= 4:
		return forms[1]
	}
	return forms[2]
}

// write answers with a page; one that cannot be made is no half of a page.
func (l *Look) write(w http.ResponseWriter, status int, name, language string, data any) {
	var b bytes.Buffer
	t, err := l.english, l.err
	if language == "ru" {
		t = l.russian
	}
	if err == nil {
		err = t.ExecuteTemplate(&b, name+".html", data)
	}
	if err != nil {
		http.Error(w, "the page cannot be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", language)
	w.Header().Add("Vary", "Accept-Language")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that has gone
}

func (s *site) style(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=3600")
	http.ServeFileFS(w, r, files, "site/style.css")
}

// avatar is a picture of an account, the band behind all profiles, or the icon
// of the pages.
func (s *site) avatar(w http.ResponseWriter, r *http.Request) {
	name, isPicture := strings.CutSuffix(r.PathValue("file"), ".svg")
	picture := ""
	if id, err := strconv.ParseInt(name, 10, 64); err == nil && isPicture {
		if a, err := s.View.Account(id); err == nil {
			picture = markup.Avatar(a.Name, a.ID)
		}
	} else if isPicture {
		picture = map[string]string{"header": markup.Header(), "icon": markup.Avatar("gorod", 1)}[name]
	}
	if picture == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write([]byte(picture)) // a client that has gone
}
