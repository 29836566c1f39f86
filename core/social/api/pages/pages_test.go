package pages

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTheLanguageIsTheBrowsers(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"": "ru", "ru": "ru", "en-GB,en;q=0.9": "en", "de,fr": "ru", "de, en;q=0.5, ru;q=0.7": "ru", "EN": "en",
		"en;q=0, ru": "ru", "en;q=nonsense": "ru", ";;;,,,": "ru", strings.Repeat("x,", 100) + "en": "ru",
	} {
		if got := Language(accept, "ru"); got != want {
			t.Errorf("%q: %s, want %s", accept, got, want)
		}
	}
}

func TestNumbersGoWithTheirWords(t *testing.T) {
	t.Parallel()
	ru, en := []string{"запись", "записи", "записей"}, []string{"post", "posts"}
	for n, want := range map[int][2]string{0: {ru[2], en[1]}, 1: {ru[0], en[0]}, 2: {ru[1], en[1]}, 5: {ru[2], en[1]}, 11: {ru[2], en[1]}, 21: {ru[0], en[1]}, 104: {ru[1], en[1]}, 112: {ru[2], en[1]}} {
		if got := plural("ru", n, ru); got != want[0] {
			t.Errorf("%d %s", n, got)
		}
		if got := plural("en", n, en); got != want[1] {
			t.Errorf("%d %s", n, got)
		}
	}
}

func TestThePageForNamesSendsNowhereElse(t *testing.T) {
	t.Parallel()
	for redirect, want := range map[string]string{
		"":                                     "form-action 'self'",
		"urn:ietf:wg:oauth:2.0:oob":            "form-action 'self'",
		"https://client.example:8443/back?x=1": "form-action 'self' https://client.example:8443",
		"myapp://login":                        "form-action 'self' myapp:",
		"https://a;script-src *":               "form-action 'self'",
	} {
		w := httptest.NewRecorder()
		Authorize{Language: "en", App: "x", Redirect: redirect}.Write(w, NewLook(), 200)
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.HasSuffix(policy, want) || strings.Contains(policy, "script") {
			t.Errorf("%s: %s", redirect, policy)
		}
	}
}
