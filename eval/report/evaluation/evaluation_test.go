package evaluation_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/report/evaluation"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
)

// rendered are the files of a report by their names.
func rendered(t *testing.T, in evaluation.Evaluation) map[string]string {
	t.Helper()
	files, err := evaluation.Render(in)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		out[f.Name] = string(f.Data)
	}
	return out
}

// shownText is what a page shows: without its scripts and styles.
func shownText(page string) string {
	return regexp.MustCompile(`(?s)<(script|style)[^>]*>.*?</(script|style)>`).ReplaceAllString(page, "")
}

func TestReportHasEveryPartInBothLanguages(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][]string{
		"ru": {"Главное", "tuned лучше.", "перестановка знаков групп", "α Криппендорфа", "Люди и судьи (PPI", "меняется с порядком", "отказ отвечать", "Верность персоне по ходу разговора", "0123456789ab"},
		"en": {"Findings", "tuned is better.", "cluster sign-flip test", "Krippendorff's α", "People and judges (PPI", "changes with the order", "отказ отвечать", "Adherence to the persona in the course", "0123456789ab"},
	} {
		files := rendered(t, analysed(t, family(language), scores(60)))
		for _, w := range want {
			if !strings.Contains(strings.ToLower(shownText(files["report.html"])), strings.ToLower(strings.ReplaceAll(w, "'", "&#39;"))) {
				t.Errorf("%s: the page does not have %q", language, w)
			}
		}
		for _, name := range []string{
			"report.md", "report.tex", "numbers.tex", "methods.tex", "limitations.tex", "tables/family.tex", "tables/task-Dialogue.tex", "tables/judges.tex", "figures/forest-1.pdf",
			"figures/forest-1.svg", "figures/strengths-DialogueWin.svg", "figures/curve-PersonaAdherence.pdf", "data/comparisons.csv", "data/numbers.csv", "data/subjects.csv",
		} {
			if files[name] == "" {
				t.Errorf("%s: there is no %s", language, name)
			}
		}
		if n := strings.Count(files["numbers.tex"], `\newcommand{\gorodDialogueWinTunedBaseDiff}{0,`); language == "ru" && n != 1 {
			t.Errorf("%d macros of the difference:\n%s", n, files["numbers.tex"])
		}
	}
}

func TestPeopleStandBesideJudges(t *testing.T) {
	t.Parallel()
	rows := scores(60)
	for i := range rows {
		r := rows[i]
		if r.Measure != "win" || !r.First || i%3 > 0 {
			continue
		}
		for _, who := range []string{"Аня", "Борис"} {
			r.By = sample.Annotator(who)
			rows = append(rows, r)
		}
	}
	for language, want := range map[string][]string{
		"ru": {"Кто размечал", "Борис", "base — tuned", "Только судьи", "Побед больше, чем поражений (PPI++)", "согласие людей между собой (человек: Аня, человек: Борис) — альфа Криппендорфа 1,00", "согласие людей, вместе взятых, с судьями — альфа"},
		"en": {"Who annotated", "Борис", "base — tuned", "Judges alone", "More wins than losses (PPI++)", "agreement of people among themselves (person: Аня, person: Борис) — Krippendorff's alpha 1.00", "agreement of people, taken together, with judges — "},
	} {
		files := rendered(t, analysed(t, family(language), rows))
		for _, w := range want {
			if !strings.Contains(shownText(files["report.html"]), strings.ReplaceAll(strings.ReplaceAll(w, "'", "&#39;"), "+", "&#43;")) && !strings.Contains(shownText(files["report.html"]), w) {
				t.Errorf("%s: the page does not have %q", language, w)
			}
		}
		if !strings.Contains(files["data/people.csv"], "dialogue,win,tuned,base,both,0.") && !strings.Contains(files["data/people.csv"], "dialogue,win,base,tuned,both,0.") {
			t.Errorf("%s: %s", language, files["data/people.csv"])
		}
	}
}

func TestTheSameEvaluationGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	one, other := rendered(t, analysed(t, family("ru"), scores(40))), rendered(t, analysed(t, family("ru"), scores(40)))
	for name := range one {
		if one[name] != other[name] {
			t.Errorf("%s differs", name)
		}
	}
}

func TestEveryNumberOfAMeasureOpensItsSamples(t *testing.T) {
	t.Parallel()
	page := rendered(t, analysed(t, family("ru"), scores(40)))["report.html"]
	links := regexp.MustCompile(`href="#(samples-[\d-]+)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 20 {
		t.Fatalf("%d links to samples", len(links))
	}
	for _, l := range links {
		if strings.Count(page, `id="`+l[1]+`"`) != 1 {
			t.Errorf("%s leads nowhere", l[1])
		}
	}
	if !strings.Contains(page, "Как дела?") || !strings.Contains(page, "Хорошо.") {
		t.Error("question and reply are not shown")
	}
}

func TestHostileTextsStayText(t *testing.T) {
	t.Parallel()
	s := family("ru")
	s.Title, s.About = attack, attack
	rows := scores(20)
	for i := range rows {
		if rows[i].Missing != "" {
			rows[i].Missing = attack
		}
		if rows[i].By == "строгий" {
			rows[i].Words = attack
		}
	}
	in := analysed(t, s, rows)
	in.Models[0].Model = attack
	files := rendered(t, in)
	page := shownText(files["report.html"])
	if strings.Contains(page, "<img") || strings.Contains(page, "alert(1)</script") || strings.Count(files["report.html"], "<script") != 3 {
		t.Error("the page has markup that is not its own")
	}
	if md := files["report.md"]; strings.Contains(md, "<img") || strings.Contains(md, "<script") {
		t.Error("Markdown has markup")
	}
	for name, text := range files {
		if !strings.HasSuffix(name, ".tex") {
			continue
		}
		for line := range strings.Lines(text) {
			if code, _, _ := strings.Cut(line, " % "); strings.Contains(code, `\input{/`) || strings.Contains(code, "😀") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
	if strings.Contains(files["data/missing.csv"], "\n=1") {
		t.Error("a formula in CSV")
	}
}

// odd are evaluations of which something cannot be computed, and what the report
// says of it.
func odd() map[string]struct {
	change func(s *suite.Suite)
	rows   []sample.Score
	says   []string
} {
	row := func(subject, item, measure string, value float64) sample.Score {
		return sample.Score{Sample: subject + item, Task: "dialogue", Subject: subject, Item: item, Cluster: item, Measure: measure, Value: value}
	}
	both := func(item, measure string, a, b float64) []sample.Score {
		return []sample.Score{row("tuned", item, measure, a), row("base", item, measure, b)}
	}
	duel := func(item, a, b string, value float64) sample.Score {
		r := row(a, item, "win", value)
		r.Other, r.By, r.First = b, "мягкий", true
		return r
	}
	var same, ties, apart, missing, clustered []sample.Score
	for _, item := range []string{"1", "2", "3", "4", "5"} {
		same = append(same, both(item, "quality", 3, 3)...)
		ties = append(ties, duel(item, "tuned", "base", 0.5))
		apart = append(apart, duel(item, "tuned", "base", 1), duel(item, "третий", "четвёртый", 0))
		r := row("base", item, "quality", 0)
		r.Missing = "ответ не по-русски"
		missing = append(missing, row("tuned", item, "quality", 4), r)
		for _, c := range both(item, "quality", 4, float64(len(item))+2) {
			c.Cluster = "один"
			clustered = append(clustered, c)
		}
	}
	declared := func(measure string) func(s *suite.Suite) {
		return func(s *suite.Suite) {
			s.Comparisons = []suite.Comparison{{Task: "dialogue", Measure: measure, A: "tuned", B: "base"}}
		}
	}
	type one = struct {
		change func(s *suite.Suite)
		rows   []sample.Score
		says   []string
	}
	return map[string]one{
		"one item":           {declared("quality"), both("1", "quality", 4, 2), []string{"задание только одно: разброс не узнать"}},
		"no variance":        {declared("quality"), same, []string{"все значения одинаковы: разброса нет", "во всех заданиях ничья"}},
		"all ties":           {declared("win"), ties, []string{"во всех заданиях ничья"}},
		"disconnected":       {declared("win"), apart, []string{"Участники не связаны сравнениями между собой", "Группа 1"}},
		"missing on a side":  {declared("quality"), missing, []string{"ни у одного задания нет значения: ответ не по-русски", "ответ не по-русски"}},
		"one cluster":        {declared("quality"), clustered, []string{"Все задания из одной группы"}},
		"measure not scored": {declared("length"), same, []string{"Объявлено, но не проверено"}},
		"no family":          {func(s *suite.Suite) { s.Comparisons = nil }, same, []string{"Сравнений заранее не объявили"}},
		"nothing":            {declared("quality"), nil, []string{"Ничего не оценено в задачах"}},
		"one subject":        {declared("quality"), same[:1], []string{"нет ни одного общего задания"}},
	}
}

func TestWhatCannotBeComputedIsASentence(t *testing.T) {
	t.Parallel()
	for name, c := range odd() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := family("ru")
			c.change(s)
			files := rendered(t, analysed(t, s, c.rows))
			for _, says := range c.says {
				if !strings.Contains(files["report.md"], strings.ReplaceAll(says, "_", `\_`)) {
					t.Errorf("the report does not say %q:\n%s", says, files["report.md"])
				}
			}
			noNaN(t, files)
		})
	}
}

func TestNoFileOfAWholeReportHasANumberThatIsNone(t *testing.T) {
	t.Parallel()
	noNaN(t, rendered(t, analysed(t, family("en"), scores(30))))
}

var notANumber = regexp.MustCompile(`(?i)\b(nan|[+-]?inf|infinity)\b|∞`)

func noNaN(t *testing.T, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if name == "report.html" {
			plots := regexp.MustCompile(`(?s)id="plots">(.*?)</script>`).FindStringSubmatch(text)
			text = shownText(text) + plots[1]
		}
		if found := notANumber.FindString(text); found != "" && !strings.HasSuffix(name, ".pdf") {
			t.Errorf("%s has %q", name, found)
		}
	}
}

func TestAReportIsWrittenWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, err := evaluation.Write(dir, analysed(t, family("ru"), scores(20)))
	if err != nil || path != filepath.Join(dir, "report", "report.html") {
		t.Fatal(path, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "report", ".report-*")); len(left) > 0 {
		t.Errorf("half-written files are left: %v", left)
	}
	if _, err := os.Stat(filepath.Join(dir, "report", "made.json")); err != nil {
		t.Error(err)
	}
}

func TestTasksWithNamesAlikeHaveFilesOfTheirOwn(t *testing.T) {
	t.Parallel()
	of, rows := family("en"), scores(12)
	of.Tasks = append(of.Tasks, suite.Task{Name: "Dia-Logue", Choice: &suite.Choice{}}, suite.Task{Name: "dia.logue", Choice: &suite.Choice{}})
	for i, x := range rows {
		if x.Measure == "ok" {
			for _, name := range []string{"Dia-Logue", "dia.logue"} {
				r := x
				r.Task, r.Sample = name, name+"/"+rows[i].Sample
				rows = append(rows, r)
			}
		}
	}
	in := analysed(t, of, rows)
	files, err := evaluation.Render(in)
	if err != nil {
		t.Fatal(err)
	}
	seen, tables := map[string]bool{}, 0
	for _, f := range files {
		if seen[strings.ToLower(f.Name)] {
			t.Errorf("two files are called %s", f.Name)
		}
		seen[strings.ToLower(f.Name)] = true
		if strings.HasPrefix(f.Name, "tables/task-") {
			tables++
			if n := strings.Count(rendered(t, in)["report.tex"], strings.TrimSuffix(f.Name, ".tex")+"}"); n != 1 {
				t.Errorf("the paper has %s %d times", f.Name, n)
			}
		}
	}
	if tables != 5 {
		t.Errorf("%d tables of tasks", tables)
	}
}
