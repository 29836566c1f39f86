package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mastodonAt is a server on which the token of Борис is refused where he is not
// welcome, and an experiment whose residents live there.
func mastodonAt(t *testing.T, welcome bool) (file string, asked *int) {
	t.Helper()
	asked = new(int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked++
		name := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer token-of-")
		switch path := r.URL.Path; {
		case strings.HasSuffix(path, "/instance"):
			fmt.Fprint(w, `{"version":"4.3.17"}`)
		case name == "boris" && !welcome:
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":"The access token is invalid"}`)
		case path == "/api/v1/accounts/verify_credentials":
			fmt.Fprintf(w, `{"id":"%s1","acct":"%s"}`, name, name)
		case path == "/oauth/token/info":
			fmt.Fprint(w, `{"scope":["read","write"]}`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	dir := t.TempDir()
	file = filepath.Join(dir, "town.yaml")
	for path, text := range map[string]string{
		file: "{apiVersion: gorod/v1, kind: Experiment, name: town, population: [{inline: [{name: Анна}, {name: Борис}]}], " +
			"environment: {network: {provider: mastodon, server: \"" + s.URL + "\", accounts: tokens.txt, reach: {parallel: 1}}}}",
		filepath.Join(dir, "tokens.txt"): "Анна: token-of-anna\nБорис: token-of-boris\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file, asked
}

// gorodSays is what a command says, and its exit code.
func gorodSays(t *testing.T, args ...string) (stdout string, code int) {
	t.Helper()
	var out strings.Builder
	env := map[string]string{"GOROD_LOG_DIR": t.TempDir(), "GOROD_RUNS": t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	code = Main(&State{Version: "test", Args: args, Getenv: func(key string) string { return env[key] }, Stdout: &out, Stderr: t.Output(), Now: time.Now, Self: self})
	return out.String(), code
}

func TestServersOfResidentsAreAskedWhetherTheirAccountsAreRight(t *testing.T) {
	t.Parallel()
	file, _ := mastodonAt(t, true)
	for _, command := range []string{"validate", "doctor"} {
		out, code := gorodSays(t, command, file)
		for _, want := range []string{"answers (4.3.17): posts of 500 characters, polls of 4 options of 50\n", "Анна      @anna    read write  ok\n", "Борис     @boris   read write  ok\n"} {
			if code != exitOK || !strings.Contains(out, want) {
				t.Errorf("%s: %d, no %q in\n%s", command, code, want, out)
			}
		}
	}
}

func TestAServerThatRefusesATokenIsTold(t *testing.T) {
	t.Parallel()
	file, asked := mastodonAt(t, false)
	for _, command := range []string{"validate", "doctor"} {
		if out, code := gorodSays(t, command, file); code != exitFailed || !strings.Contains(out, "401 The access token is invalid") || strings.Contains(out, "token-of") {
			t.Errorf("%s: %d\n%s", command, code, out)
		}
		if out, code := gorodSays(t, command, "--json", file); code != exitFailed || !strings.Contains(out, `"trouble":"401 The access token is invalid"`) {
			t.Errorf("%s --json: %d\n%s", command, code, out)
		}
	}
	*asked = 0
	if out, code := gorodSays(t, "validate", "--offline", file); code != exitOK || *asked > 0 || strings.Contains(out, "Борис") {
		t.Errorf("--offline: %d, asked %d times\n%s", code, *asked, out)
	}
}
