package annotate

import (
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed assets
var assets embed.FS

// Names of cookies, and bounds of what comes in.
const (
	keyCookie  = "gorod-key"
	nameCookie = "gorod-annotator"
	maxName    = 40      // runes
	maxForm    = 1 << 14 // bytes
)

// policy lets a page load its style and its keys, and send its answers.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Server shows a session's questions to whoever has its key.
type Server struct {
	session *Session
	page    *template.Template
	words   words
	key     string // of the address; kept in a cookie
	token   string // of forms, so that no other page can send them
	handler http.Handler
}

// NewServer makes the server of a session.
func NewServer(s *Session) (*Server, error) {
	page, err := template.New("page.html.tmpl").Funcs(template.FuncMap{"add": func(a, b int) int { return a + b }}).ParseFS(assets, "assets/page.html.tmpl")
	if err != nil {
		return nil, fmt.Errorf("page of the annotation: %w", err)
	}
	srv := &Server{session: s, page: page, words: wordsIn(s.suite.Language), key: rand.Text(), token: rand.Text()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /style.css", srv.asset("assets/style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /keys.js", srv.asset("assets/keys.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /{$}", srv.enter)
	mux.HandleFunc("POST /name", srv.guarded(srv.name))
	mux.HandleFunc("GET /q/{n}", srv.guarded(srv.ask))
	mux.HandleFunc("POST /q/{n}", srv.guarded(srv.take))
	mux.HandleFunc("GET /done", srv.guarded(srv.done))
	srv.handler = http.NewCrossOriginProtection().Handler(mux)
	return srv, nil
}

// Path is that of the address to open; without its key nothing is shown.
func (s *Server) Path() string { return "/?key=" + s.key }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	s.handler.ServeHTTP(w, r)
}

func (s *Server) asset(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		data, err := assets.ReadFile(name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(data) // who asked is gone
	}
}

// view is what the template shows.
type view struct {
	W             words
	Token         string
	Denied        string
	Welcome       bool
	Wrong         string
	Question      *shown
	Number, Total int
	Back, Next    int
	Done          int
	Chosen        string
}

func (s *Server) show(w http.ResponseWriter, status int, v view) {
	v.W, v.Token, v.Total = s.words, s.token, s.session.Questions()
	var page bytes.Buffer
	if err := s.page.Execute(&page, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w) // who asked is gone
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	value, err := url.QueryUnescape(c.Value)
	if err != nil {
		return ""
	}
	return value
}

func remember(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: url.QueryEscape(value), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// enter takes the key out of the address, and asks who is there where that is
// not known beforehand.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	switch key := r.URL.Query().Get("key"); {
	case key != "" && same(key, s.key):
		remember(w, keyCookie, key)
	case !same(cookie(r, keyCookie), s.key):
		s.show(w, http.StatusForbidden, view{Denied: s.words.Denied})
		return
	}
	if as := s.session.as; as != "" {
		remember(w, nameCookie, as)
		s.onward(w, r, as, 0)
		return
	}
	s.show(w, http.StatusOK, view{Welcome: true})
}

// guarded lets in whoever has the key, and forms of this server's own pages.
func (s *Server) guarded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !same(cookie(r, keyCookie), s.key) || r.Method == http.MethodPost && !same(r.PostFormValue("token"), s.token) {
			s.show(w, http.StatusForbidden, view{Denied: s.words.Denied})
			return
		}
		next(w, r)
	}
}

// nameOf is who annotates; empty where nobody has said.
func nameOf(raw string) string {
	name := strings.Join(strings.Fields(prose(raw, 4*maxName)), " ")
	if n := utf8.RuneCountInString(name); n > maxName {
		return ""
	}
	return name
}

func (s *Server) name(w http.ResponseWriter, r *http.Request) {
	name := nameOf(r.PostFormValue("name"))
	if name == "" {
		s.show(w, http.StatusBadRequest, view{Welcome: true, Wrong: s.words.BadName})
		return
	}
	remember(w, nameCookie, name)
	s.onward(w, r, name, 0)
}

// onward goes to the next question that is open.
func (s *Server) onward(w http.ResponseWriter, r *http.Request, annotator string, from int) {
	to := "/done"
	if at, ok := s.session.next(annotator, from); ok {
		to = "/q/" + strconv.Itoa(at+1)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// which is the annotator and the question of a request; ok is false where it has
// been answered already.
func (s *Server) which(w http.ResponseWriter, r *http.Request) (annotator string, at int, ok bool) {
	annotator = nameOf(cookie(r, nameCookie))
	n, err := strconv.Atoi(r.PathValue("n"))
	switch {
	case annotator == "":
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case err != nil || n < 1 || n > s.session.Questions():
		http.NotFound(w, r)
	default:
		return annotator, n - 1, true
	}
	return "", 0, false
}

func (s *Server) ask(w http.ResponseWriter, r *http.Request) {
	annotator, at, ok := s.which(w, r)
	if !ok {
		return
	}
	q := &s.session.questions[at]
	shown := q.show(annotator, s.session.suite.Language)
	done := s.session.answered(annotator)
	v := view{Question: &shown, Number: at + 1, Back: at, Next: (at+1)%s.session.Questions() + 1, Done: len(done)}
	if a, known := done[q.id]; known {
		for _, b := range shown.Buttons {
			if b.value == a.Value {
				v.Chosen = b.Key
			}
		}
	}
	s.show(w, http.StatusOK, v)
}

func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	annotator, at, ok := s.which(w, r)
	if !ok {
		return
	}
	choice := r.PostFormValue("choice")
	known, err := s.session.take(annotator, at, choice)
	switch {
	case !known:
		http.Error(w, "no such answer", http.StatusBadRequest)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		s.onward(w, r, annotator, (at+1)%s.session.Questions())
	}
}

func (s *Server) done(w http.ResponseWriter, _ *http.Request) { s.show(w, http.StatusOK, view{}) }
