package main_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
