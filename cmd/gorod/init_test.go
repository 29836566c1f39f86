package main_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestAFolderThatIsInitialisedRunsAtOnce(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		dir := filepath.Join(t.TempDir(), "town")
		a := gorod(t, "", "init", dir, "--language", language, "--json")
		var made struct{ Written, Kept []string }
		if err := json.Unmarshal([]byte(a.stdout), &made); a.code != 0 || err != nil || len(made.Written) != 12 || len(made.Kept) != 0 {
			t.Fatalf("%v: %v", err, a)
		}
		if a := gorod(t, dir, "validate", "experiment.yaml"); a.code != 0 {
			t.Error(a)
		}
		a = gorod(t, dir, "run", "--json", "experiment.yaml") // with the settings that were written
		d := lastLine(t, a)
		if a.code != 0 || d.Runs[0].Status != "done" || !strings.HasPrefix(d.Study, "runs/first-") {
			t.Fatal(a)
		}
		if _, err := os.Stat(filepath.Join(dir, "logs")); err != nil {
			t.Error("the settings are not read:", err)
		}
		if a := gorod(t, dir, "verify", d.Study); a.code != 0 {
			t.Error(a)
		}
		a = gorod(t, dir, "init", "--json")
		if err := json.Unmarshal([]byte(a.stdout), &made); err != nil || a.code != 0 || len(made.Written) != 0 || !slices.Contains(made.Kept, "experiment.yaml") {
			t.Errorf("a second time: %v", a)
		}
	}
}

// The lines of the README that put residents on a Mastodon fit the experiment.
func TestTheReadmeOfInitTellsHowToReachMastodon(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		dir := t.TempDir()
		if a := gorod(t, dir, "init", "--language", language); a.code != 0 {
			t.Fatal(a)
		}
		readme := read(t, filepath.Join(dir, "README.md"))
		lines := regexp.MustCompile(`(?m)^    (environment:)\n    (  network: .*)$`).FindStringSubmatch(readme)
		if lines == nil {
			t.Fatal(readme)
		}
		network := strings.Replace(lines[2], "http://web:3000", "http://127.0.0.1:9", 1) // where nobody is
		put(t, dir, "experiment.yaml", read(t, filepath.Join(dir, "experiment.yaml"))+lines[1]+"\n"+network+"\n")
		put(t, dir, "accounts.txt", "a0001: token-0001\na0002: token-0002\na0003: token-0003\na0004: token-0004\n")
		a := gorod(t, dir, "validate", "experiment.yaml")
		if !strings.Contains(a.stdout, "experiment.yaml: ok (4 residents") || !strings.Contains(a.stdout, "127.0.0.1:9 does not answer") {
			t.Error(a)
		}
	}
}

func TestTheModelServersThatTheReadmeShowsAreTaken(t *testing.T) {
	t.Parallel()
	_, text, found := strings.Cut(read(t, "../../README.md"), "### Several model servers\n\n```yaml\n")
	text, _, closed := strings.Cut(text, "```")
	if !found || !closed {
		t.Fatal("the README shows none")
	}
	if a := gorod(t, write(t, small+text), "validate", "study.yaml"); a.code != 0 {
		t.Error(a)
	}
}

func TestInitRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--only", "helm"}, {"--language", "fr"}} {
		if a := gorod(t, "", append([]string{"init", "x"}, args...)...); a.code != 2 || !strings.Contains(a.stderr, args[1]) {
			t.Error(a)
		}
	}
}

func TestInitTouchesNothingThatIsSomebodyElses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "README.md", "mine")
	put(t, dir, ".gitignore", "*.log\n")
	a := gorod(t, dir, "init")
	if a.code != 0 || !strings.Contains(a.stdout, "left as they were: README.md, .gitignore") || !strings.Contains(a.stderr, "add a line /secrets.env") {
		t.Error(a)
	}
	if a := gorod(t, dir, "init"); a.code != 0 || strings.Contains(a.stdout, "wrote into") || !strings.Contains(a.stdout, "secrets.env") {
		t.Errorf("a second time: %v", a)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "README.md")); err != nil || string(text) != "mine" {
		t.Errorf("%q %v", text, err)
	}
	a = gorod(t, dir, "init", "--force")
	if a.code != 0 || !strings.Contains(a.stdout, "left as they were: secrets.env\n") || a.stderr != "" {
		t.Errorf("by force: %v", a)
	}
}

func TestInitSaysWhereNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "taken", "")
	if a := gorod(t, dir, "init", "taken/town"); a.code != 1 || !strings.Contains(a.stderr, "taken/town cannot be made") || !strings.Contains(a.stderr, "choose another folder") {
		t.Error(a)
	}
	if os.Getuid() == 0 { // whom no folder is shut to: the kernel's own is
		dir = "/proc"
	} else if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	if a := gorod(t, "", "init", dir); a.code != 1 || !strings.Contains(a.stderr, "README.md cannot be written into "+dir) || strings.Contains(a.stderr, ".gorod-init") {
		t.Error(a)
	}
}

// The panel's container has no other client than gorod.
func TestAContainerKnowsWhetherItsPanelAnswers(t *testing.T) {
	t.Parallel()
	for answer, healthy := range map[int]bool{200: true, 401: true, 303: true, 421: false, 500: false} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/login" {
				t.Error("it goes elsewhere:", r.URL)
			}
			w.Header().Set("Location", "/other")
			w.WriteHeader(answer)
		}))
		defer server.Close()
		if a := gorod(t, "", "healthy", server.URL+"/login"); (a.code == 0) != healthy || a.code > 1 {
			t.Errorf("%d: %v", answer, a)
		}
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	if a := gorod(t, "", "healthy", gone.URL); a.code != 1 || !strings.Contains(a.stderr, "not healthy") {
		t.Error(a)
	}
	if a := gorod(t, "", "healthy", "127.0.0.1:8117"); a.code != 2 {
		t.Error(a)
	}
}

// What the compose file has containers do is done here, but for the port.
func TestTheComposeFilesPanelShowsTheRunThatItsReadmeTellsOf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if a := gorod(t, dir, "init", "--language", "en"); a.code != 0 {
		t.Fatal(a)
	}
	_, panelOf, _ := strings.Cut(read(t, filepath.Join(dir, "compose.yaml")), "\n  panel:")
	lists := regexp.MustCompile(`(?:command|test): \[([^]]*)\]`).FindAllStringSubmatch(panelOf, 2)
	if len(lists) != 2 {
		t.Fatal(panelOf)
	}
	shows, asks := strings.Split(strings.ReplaceAll(lists[0][1], `"`, ""), ", "), strings.Split(strings.ReplaceAll(lists[1][1], `"`, ""), ", ")
	if a := gorod(t, dir, "run", "experiment.yaml", "--out", "runs/first"); a.code != 0 {
		t.Fatal(a)
	}
	shows[slices.Index(shows, "0.0.0.0:8117")] = "0.0.0.0:0"
	panel := serving(t, dir, shows...)
	if !slices.Equal(asks[:2], []string{"CMD", "/usr/local/bin/gorod"}) {
		t.Fatalf("%q", asks)
	}
	_, port, _ := strings.Cut(panel.URL, "]:")
	if port == "" {
		_, port, _ = strings.Cut(panel.URL, "0.0.0.0:")
	}
	last := len(asks) - 1
	asks[last] = strings.Replace(asks[last], "8117/", port, 1)
	if a := gorod(t, dir, asks[2:]...); a.code != 0 {
		t.Errorf("the panel at %s, asked %q: %v", panel.URL, asks, a)
	}
	if code := panel.end(os.Interrupt); code != 0 && code != 3 {
		t.Errorf("exit %d", code)
	}
	if a := gorod(t, dir, asks[2:]...); a.code != 1 {
		t.Errorf("the panel is gone: %v", a)
	}
	if info, err := os.Stat(filepath.Join(dir, "panel.token")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}
