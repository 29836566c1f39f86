package evaluation_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/report/evaluation"
)

// change edits a file of a report: the first match of a pattern.
func change(t *testing.T, dir, name, pattern, with string) {
	t.Helper()
	path := filepath.Join(dir, "report", filepath.FromSlash(name))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := regexp.MustCompile(pattern).FindIndex(data)
	if at == nil {
		t.Fatalf("%s does not have %s", name, pattern)
	}
	if err := os.WriteFile(path, []byte(string(data[:at[0]])+with+string(data[at[1]:])), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestANumberThatTheRowsDoNotGiveIsFound(t *testing.T) {
	t.Parallel()
	in := analysed(t, family("ru"), scores(40))
	for _, c := range []struct{ file, pattern, with, printed string }{
		{"numbers.tex", `\{0,\d\d\d\}`, "{0,999}", "0,999"},
		{"report.md", `0,\d\d\d \\\[`, `0,998 \[`, "0,998"},
		{"report.html", `>0,\d\d\d \[`, `>0,997 [`, "0,997"},
		{"tables/family.tex", `0,\d\d\d \[`, `0,996 [`, "0,996"},
		{"methods.tex", `95 \\%`, `99 \%`, "99"},
		{"data/subjects.csv", `0\.\d+`, "0.5555", "0.5555"},
		{"figures/forest-1.svg", `0,\d\d\d \[`, "0,995 [", "0,995"},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if _, err := evaluation.Write(dir, in); err != nil {
				t.Fatal(err)
			}
			clean, err := evaluation.Verify(dir, in)
			if err != nil || len(clean.Differences) > 0 || clean.Numbers < 500 {
				t.Fatalf("%+v, %v", clean, err)
			}
			change(t, dir, c.file, c.pattern, c.with)
			found, err := evaluation.Verify(dir, in)
			if err != nil || len(found.Differences) != 1 {
				t.Fatalf("%+v, %v", found, err)
			}
			if d := found.Differences[0]; d.File != c.file || d.Line == 0 || d.Printed != c.printed && !strings.Contains(d.Printed, c.printed) || d.Rows == "" || d.Rows == d.Printed {
				t.Errorf("%+v", d)
			}
		})
	}
}

func TestARowThatWasChangedShowsInTheNumbersThatItGives(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rows := scores(40)
	if _, err := evaluation.Write(dir, analysed(t, family("ru"), rows)); err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if rows[i].Measure == "ok" && rows[i].Subject == "tuned" && rows[i].Missing == "" {
			rows[i].Value = 1 - rows[i].Value
			break
		}
	}
	found, err := evaluation.Verify(dir, analysed(t, family("ru"), rows))
	if err != nil || len(found.Differences) == 0 {
		t.Fatalf("%+v, %v", found, err)
	}
	for _, d := range found.Differences {
		if d.File == "numbers.tex" && !strings.Contains(d.Context, "Ok") && !strings.Contains(d.Context, "Godnost") && !strings.Contains(d.Context, "Holm") {
			t.Errorf("a number of another measure is said to differ: %+v", d)
		}
	}
}

func TestNumbersTakenAwayAndFilesThatAreGoneAreFound(t *testing.T) {
	t.Parallel()
	in := analysed(t, family("en"), scores(40))
	dir := t.TempDir()
	if _, err := evaluation.Write(dir, in); err != nil {
		t.Fatal(err)
	}
	change(t, dir, "numbers.tex", `\\newcommand\{\\gorodDialogueOkBase\}[^\n]*\n`, "")
	if err := os.Remove(filepath.Join(dir, "report", "figures", "forest-1.pdf")); err != nil {
		t.Fatal(err)
	}
	found, err := evaluation.Verify(dir, in)
	if err != nil || len(found.Differences) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	if d := found.Differences; d[0].File != "numbers.tex" || d[0].Printed != "" || d[1].Context != "the file is missing" {
		t.Errorf("%+v", d)
	}
}

func TestWordsThatWereChangedAreFound(t *testing.T) {
	t.Parallel()
	in := analysed(t, family("en"), scores(40))
	for _, c := range []struct{ file, pattern, with string }{
		{"tables/family.tex", `quality|Quality`, "Beauty"},
		{"report.md", `tuned is better`, "base is better"},
		{"report.md", `\\\*\\\* \|`, `\*\*\* |`},
		{"report.html", `tuned is better`, "base is better"},
		{"data/comparisons.csv", `cluster-sign-flip`, "welch"},
		{"report.md", `Made by gorod[^\n]*\n`, ""},
	} {
		t.Run(c.file+" "+c.with, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if _, err := evaluation.Write(dir, in); err != nil {
				t.Fatal(err)
			}
			change(t, dir, c.file, c.pattern, c.with)
			found, err := evaluation.Verify(dir, in)
			if err != nil || len(found.Differences) == 0 || found.Differences[0].File != c.file || found.Differences[0].Line == 0 {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
}

func TestAFolderWithoutAReportIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	if _, err := evaluation.ReadStamp(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no report") {
		t.Error(err)
	}
}
