package api

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/social/api/door"
	"github.com/llm-city/gorod/core/social/api/pages"
)

// Cookies of the page at which visitors choose a name. The API takes none.
const (
	sessionCookie = "gorod_visitor"
	formCookie    = "gorod_form"
)

const (
	sayNoApp    lang.Phrase = "Приложение неизвестно: пусть зарегистрируется заново ¦ The app is not known: it should register again"
	sayRedirect lang.Phrase = "Этот адрес возврата приложение не называло ¦ The app has not registered this redirect URI"
	sayType     lang.Phrase = "Выдаётся только код (response_type=code) ¦ Only a code is given (response_type=code)"
	sayScope    lang.Phrase = "Приложение просит больше прав, чем назвало ¦ The app asks for more than it has registered"
	sayPKCE     lang.Phrase = "Проверка кода бывает только S256 ¦ The challenge of a code is S256"
	sayForm     lang.Phrase = "Страница устарела: попробуйте ещё раз ¦ The page was too old: try again"
	sayName     lang.Phrase = "Имя — 2–30 латинских букв, цифр и _ ¦ A name has 2 to 30 Latin letters, digits and _"
	sayTaken    lang.Phrase = "Это имя занято: выберите другое или введите его пароль ¦ Somebody has this name: choose another, or give its password"
	sayPassword lang.Phrase = "Пароль неверен ¦ The password is wrong"
	sayTooMany  lang.Phrase = "Слишком много попыток: подождите пять минут ¦ Too many attempts: wait five minutes"
	sayFull     lang.Phrase = "Гостей слишком много ¦ There are too many visitors"
)

// wish is what an app asks a visitor to allow.
type wish struct {
	app    door.App
	auth   door.Authorization
	state  string
	params url.Values // that say all this
}

// wished reads what an app asks for. A phrase says what is wrong with it: nobody
// is sent anywhere then.
func (s *server) wished(r *http.Request, form url.Values) (w wish, wrong lang.Phrase, err error) {
	w.app, err = s.Door.App(r.Context(), form.Get("client_id"))
	if errors.Is(err, door.ErrUnknown) {
		return w, sayNoApp, nil
	}
	if err != nil {
		return w, "", err
	}
	redirect, known := w.app.Redirect(form.Get("redirect_uri"))
	scopes := door.ParseScopes(form.Get("scope"))
	switch {
	case !known:
		return w, sayRedirect, nil
	case form.Get("response_type") != "code":
		return w, sayType, nil
	case !w.app.Scopes.Hold(scopes):
		return w, sayScope, nil
	case form.Get("code_challenge") != "" && form.Get("code_challenge_method") != "S256":
		return w, sayPKCE, nil
	}
	w.auth = door.Authorization{App: w.app, Redirect: redirect, Scopes: scopes, Challenge: form.Get("code_challenge")}
	w.state = form.Get("state")
	w.params = url.Values{}
	for _, name := range []string{"client_id", "redirect_uri", "scope", "response_type", "state", "code_challenge", "code_challenge_method"} {
		if form.Has(name) {
			w.params.Set(name, form.Get(name))
		}
	}
	return w, "", nil
}

// askName shows the page at which a visitor chooses a name.
func (s *server) askName(w http.ResponseWriter, r *http.Request) {
	s.authorizing(w, r, r.URL.Query(), func(asked wish, page *pages.Authorize) bool { return false })
}

// giveCode takes the name and gives the app its code.
func (s *server) giveCode(w http.ResponseWriter, r *http.Request) {
	form, err := formOf(w, r)
	if bad, ok := errors.AsType[*refusal](err); ok {
		http.Error(w, bad.Error(), bad.status)
		return
	}
	s.authorizing(w, r, form, func(asked wish, page *pages.Authorize) bool {
		if !s.ours(r, form.Get("form")) {
			page.Wrong = sayForm
			return false
		}
		return s.admit(w, r, form, asked, page)
	})
}

// authorizing prepares the page; do may answer instead of it.
func (s *server) authorizing(w http.ResponseWriter, r *http.Request, form url.Values, do func(wish, *pages.Authorize) bool) {
	page := pages.Authorize{Language: pages.Language(r.Header.Get("Accept-Language"), s.View.Run().Language), Study: s.View.Run().Study, Path: s.path()}
	asked, wrong, err := s.wished(r, form)
	if err != nil {
		s.Log.Error("the API failed", "pattern", r.Pattern, "error", err)
		http.Error(w, "the server failed", http.StatusInternalServerError)
		return
	}
	if wrong != "" {
		page.Wrong, page.Closed = wrong, true
		page.Write(w, s.look, http.StatusBadRequest)
		return
	}
	page.App, page.Website, page.Scopes, page.Params = asked.app.Name, asked.app.Website, asked.auth.Scopes, asked.params
	if session, err := r.Cookie(sessionCookie); err == nil {
		page.Session, _ = s.Door.Session(r.Context(), session.Value) // without one they choose a name
	}
	if do(asked, &page) {
		return
	}
	page.Token = s.formToken(w, r)
	page.Redirect = asked.auth.Redirect
	status := http.StatusOK
	if page.Wrong != "" {
		status = http.StatusUnprocessableEntity
	}
	page.Write(w, s.look, status)
}

// formToken is a secret that the browser sends with its cookies and the form
// repeats, so that no other site can send the form.
func (s *server) formToken(w http.ResponseWriter, r *http.Request) string {
	if c, err := r.Cookie(formCookie); err == nil && len(c.Value) == len(rand.Text()) {
		return c.Value
	}
	token := rand.Text()
	s.cookie(w, r, formCookie, token, http.SameSiteStrictMode)
	return token
}

func (s *server) ours(r *http.Request, given string) bool {
	c, err := r.Cookie(formCookie)
	return err == nil && c.Value != "" && subtle.ConstantTimeCompare([]byte(c.Value), []byte(given)) == 1 &&
		http.NewCrossOriginProtection().Check(r) == nil
}

func (s *server) cookie(w http.ResponseWriter, r *http.Request, name, value string, site http.SameSite) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: s.path() + "/oauth/authorize", HttpOnly: true, SameSite: site, MaxAge: 30 * 24 * 3600,
		Secure: strings.HasPrefix(s.base(r), "https://"),
	})
}

// admit lets a visitor in and sends the browser back to the app.
func (s *server) admit(w http.ResponseWriter, r *http.Request, form url.Values, asked wish, page *pages.Authorize) bool {
	visitor, session, wrong := s.enter(r, form)
	if wrong != "" {
		page.Wrong, page.Name = wrong, form.Get("name")
		return false
	}
	if asked.auth.Visitor = visitor; session != "" {
		s.cookie(w, r, sessionCookie, session, http.SameSiteLaxMode)
	}
	code, err := s.Door.Code(r.Context(), asked.auth)
	if err != nil {
		s.Log.Error("the API failed", "pattern", r.Pattern, "error", err)
		http.Error(w, "the server failed", http.StatusInternalServerError)
		return true
	}
	if asked.auth.Redirect == door.OutOfBand {
		page.Code = code
		page.Write(w, s.look, http.StatusOK)
		return true
	}
	back, err := url.Parse(asked.auth.Redirect)
	if err != nil {
		page.Wrong = sayRedirect // it was checked when the app registered
		return false
	}
	q := back.Query()
	q.Set("code", code)
	if asked.state != "" {
		q.Set("state", asked.state)
	}
	back.RawQuery = q.Encode()
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", back.String())
	w.WriteHeader(http.StatusFound)
	return true
}

// enter is who comes: the visitor of the browser's session who goes on, or one
// who chose a name. A phrase says why not.
func (s *server) enter(r *http.Request, form url.Values) (visitor, session string, wrong lang.Phrase) {
	var known string
	if c, err := r.Cookie(sessionCookie); err == nil {
		known = c.Value
	}
	if form.Get("continue") != "" {
		if who, err := s.Door.Session(r.Context(), known); err == nil {
			return who, "", ""
		}
		return "", "", sayForm
	}
	name := form.Get("name")
	if _, _, ok := s.guesses.take(s.from(r)); !ok {
		return "", "", sayTooMany
	}
	if a, err := s.View.Find(strings.TrimPrefix(strings.TrimSpace(name), "@")); err == nil && !a.Visitor {
		return "", "", sayTaken
	}
	v, session, err := s.Door.Enter(r.Context(), name, form.Get("shown"), form.Get("password"), known)
	switch {
	case errors.Is(err, door.ErrName):
		return "", "", sayName
	case errors.Is(err, door.ErrTaken):
		return "", "", sayTaken
	case errors.Is(err, door.ErrPassword):
		return "", "", sayPassword
	case errors.Is(err, door.ErrFull):
		return "", "", sayFull
	case err != nil:
		s.Log.Error("the API failed", "pattern", r.Pattern, "error", err)
		return "", "", sayForm
	}
	s.View.Know(v)
	return v.ID, session, ""
}
