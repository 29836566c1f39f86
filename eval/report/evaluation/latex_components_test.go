//go:build components

package evaluation_test

import (
	"image"
	_ "image/png" // what pages are drawn as
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/report/evaluation"
)

// compiled is the paper of an evaluation as pdflatex makes it, unedited: the
// folder, and what it said.
func compiled(t *testing.T, in evaluation.Evaluation) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := evaluation.Write(dir, in); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "report")
	for range 2 { // the second time for the widths of tables
		cmd := exec.CommandContext(t.Context(), "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v:\n%s", err, out[max(0, len(out)-3000):])
		}
	}
	log, err := os.ReadFile(filepath.Join(dir, "report.log"))
	if err != nil {
		t.Fatal(err)
	}
	if bad := regexp.MustCompile(`(?m)^(LaTeX Warning: Reference|LaTeX Font Warning: Some|Missing character|Overfull \\hbox \((\d{3,})).*`).FindString(string(log)); bad != "" {
		t.Error(bad)
	}
	return dir
}

// read is the text of the paper.
func read(t *testing.T, dir string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-layout", "report.pdf", "-")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestThePaperCompilesUnedited(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][]string{
		"ru": {"Кто говорит живее", "Объявленные сравнения", "Верность персоне", "Таблица 1", "Рис. 1", "Методы", "Ограничения", "tuned", "по Холму"},
		"en": {"Declared comparisons", "Adherence to the persona", "Table 1", "Figure 1", "Methods", "Limitations", "подсказка"},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			in := analysed(t, family(language), scores(60))
			dir := compiled(t, in)
			text := read(t, dir)
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("the paper does not have %q:\n%s", w, text)
				}
			}
			numbers, err := os.ReadFile(filepath.Join(dir, "numbers.tex"))
			if err != nil {
				t.Fatal(err)
			}
			quoted := regexp.MustCompile(`gorodDialogueWinTunedBaseDiff\}\{([\d.,]+)\}`).FindSubmatch(numbers)
			if quoted == nil || !strings.Contains(text, string(quoted[1])) {
				t.Errorf("the number %s is not in the paper", quoted)
			}
			looksDrawn(t, dir)
		})
	}
}

// looksDrawn looks at the pages as images: there is ink on each, none at its very
// edge, and colour where the figures are.
func looksDrawn(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pdftoppm", "-r", "40", "-png", "report.pdf", "page")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "page-*.png"))
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages", err)
	}
	coloured := 0
	for _, path := range pages {
		ink, edge, colour := look(t, path)
		if ink < 200 || edge > 0 {
			t.Errorf("%s has %d dark pixels, %d of them at the edge", filepath.Base(path), ink, edge)
		}
		coloured += colour
	}
	if coloured < 50 {
		t.Error("no figure is drawn")
	}
}

func look(t *testing.T, path string) (ink, edge, colour int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for y := range page.Bounds().Dy() {
		for x := range page.Bounds().Dx() {
			r, g, b, _ := page.At(x, y).RGBA()
			if r > 0xd000 && g > 0xd000 && b > 0xd000 {
				continue
			}
			ink++
			if x < 8 || y < 8 || x >= page.Bounds().Dx()-8 {
				edge++
			}
			if max(r, g, b)-min(r, g, b) > 0x4000 {
				colour++
			}
		}
	}
	return ink, edge, colour
}

func TestThePaperOfWhatCannotBeComputedCompiles(t *testing.T) {
	t.Parallel()
	for name, c := range odd() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := family("ru")
			c.change(s)
			compiled(t, analysed(t, s, c.rows))
		})
	}
}

func TestHostileTextsDoNotBreakThePaper(t *testing.T) {
	t.Parallel()
	s := family("ru")
	s.Title, s.About = attack, attack+" — ёлки № 5 „кавычки“ \u202e 漢字"
	s.Tasks[0].Name = "dialogue"
	rows := scores(12)
	for i := range rows {
		if rows[i].Subject == "подсказка" {
			rows[i].Subject = attack
		}
		if rows[i].By == "строгий" {
			rows[i].By = `\end{document} $x`
		}
	}
	if text := read(t, compiled(t, analysed(t, s, rows))); !strings.Contains(text, "Методы") || !strings.Contains(text, "/etc/passwd") {
		t.Error("the paper is not whole")
	}
}

func TestEveryLetterOfRussianIsInTheFiguresPDF(t *testing.T) {
	t.Parallel()
	s := family("ru")
	s.Comparisons = s.Comparisons[:1]
	s.Comparisons[0].Name = "съешь ещё этих мягких французских булок"
	dir := compiled(t, analysed(t, s, scores(20)))
	out, err := exec.CommandContext(t.Context(), "pdftotext", filepath.Join(dir, "figures", "forest-1.pdf"), "-").Output()
	if err != nil || !strings.Contains(string(out), "съешь ещё этих мягких") {
		t.Errorf("%s, %v", out, err)
	}
	fonts, err := exec.CommandContext(t.Context(), "pdffonts", filepath.Join(dir, "figures", "forest-1.pdf")).Output()
	if err != nil || !strings.Contains(string(fonts), "GoRegular") || !regexp.MustCompile(`yes yes yes`).Match(fonts) {
		t.Errorf("the font is not inside: %s, %v", fonts, err)
	}
}
