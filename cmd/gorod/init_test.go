package main_test

import (
	"encoding/json"
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
		if err := json.Unmarshal([]byte(a.stdout), &made); a.code != 0 || err != nil || len(made.Written) != 10 || len(made.Kept) != 0 {
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
