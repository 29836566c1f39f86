package evaluation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/stats"
)

// methods is the paragraph of a paper that says what was done.
func (w *writer) methods() page.Section {
	out := page.Section{ID: "methods", Nav: w.T("Методы ¦ Methods"), Title: w.T("Методы ¦ Methods")}
	for _, p := range w.methodTexts() {
		out.Blocks = append(out.Blocks, page.Block{Text: p})
	}
	out.Blocks = append(out.Blocks,
		page.Block{Text: w.T("Все числа отчёта пересчитываются из samples.parquet и scores.parquet командой: ¦ All numbers of the report are computed again from samples.parquet and scores.parquet by:")},
		page.Block{Code: "gorod eval verify evals/" + page.Line(w.in.Suite.Name, 80) + "-…"})
	return out
}

// methodTexts are the paragraphs, for the page and for LaTeX alike.
func (w *writer) methodTexts() []string {
	s := w.in.Suite
	asked := fmt.Sprintf(w.T("Сравнивались %s: %s. ¦ We compared %s: %s."), w.compared(), w.subjects())
	for _, t := range w.r.Tasks {
		asked += " " + w.taskText(t)
	}
	asked += fmt.Sprintf(w.T(" Повторов на задание: %s; начальное число генератора: %d. ¦  Repeats per item: %s; seed: %d."), w.Int(s.Repeats), s.Seed)
	if e, c := w.in.Replies.Errors, w.in.Replies.Truncated; w.in.Replies.All > 0 && len(s.Subjects) > 0 {
		asked += fmt.Sprintf(w.T(" Всего ответов: %s, из них негодных %s, обрезанных %s. ¦  There were %s replies, of which %s were unusable and %s cut off."),
			w.Int(w.in.Replies.All), w.Int(e), w.Int(c))
	}
	return slices.DeleteFunc([]string{asked, w.modelText(), w.statisticsText(), w.judgeText()}, func(p string) bool { return p == "" })
}

func (w *writer) subjects() string {
	if len(w.in.Suite.Subjects) == 0 {
		return names(w.conditions())
	}
	var out []string
	for _, x := range w.in.Suite.Subjects {
		made := name(x.Name)
		switch {
		case x.Plugin.Plugin != "":
			made += " (" + page.Line(x.Plugin.Plugin, 60) + ")"
		case x.Model != "":
			made += " (" + w.T("модель ¦ model") + " " + name(x.Model)
			if x.System != "" {
				made += w.T(", со своей инструкцией ¦ , with a system message of its own")
			}
			if x.Retrieve != nil {
				made += fmt.Sprintf(w.T(", с %s ¦ , with %s"), w.Count(x.Retrieve.K, "похожим примером|похожими примерами|похожими примерами ¦ retrieved exchange|retrieved exchanges"))
			}
			made += ")"
		}
		out = append(out, made)
	}
	return strings.Join(out[:min(len(out), 30)], ", ")
}

func (w *writer) taskText(t *analysis.Task) string {
	items, groups := 0, 0
	for _, m := range t.Measures {
		for _, x := range m.Subjects {
			items, groups = max(items, x.Value.N), max(groups, x.Value.Clusters)
		}
	}
	if t.Kind == "society" {
		return fmt.Sprintf(w.T("Задача %s: прогонов у условия — до %s. ¦ Task %s: up to %s runs of a condition."), name(t.Name), w.Int(items))
	}
	out := fmt.Sprintf(w.T("Задача %s: %s ¦ Task %s: %s"), name(t.Name), w.Count(items, "задание|задания|заданий ¦ item|items"))
	if groups > 0 && groups < items {
		out += " " + fmt.Sprintf(w.T("в %s ¦ in %s"), w.Count(groups, "группе|группах|группах ¦ cluster|clusters"))
	}
	return out + "."
}

func (w *writer) modelText() string {
	var out []string
	for _, m := range w.in.Models {
		text := name(m.Entry) + " — " + page.Line(m.Provider, 40)
		if m.Model != "" {
			text += ", " + page.Line(m.Model, 120)
		}
		text += w.sampling(m.Entry)
		if m.Digest != "" {
			text += ", " + w.T("дайджест ¦ digest") + " " + short(page.Line(m.Digest, 100))
		} else if m.Provider != "reference" {
			text += ", " + w.T("дайджеста сервер не сообщает ¦ the server tells no digest")
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return ""
	}
	return w.T("Модели: ¦ Models:") + " " + strings.Join(out, "; ") + "."
}

// sampling is how an entry of models was told to choose words; nothing where that
// was left to the server.
func (w *writer) sampling(entry string) (out string) {
	of := w.in.Suite.Models[entry]
	for _, x := range []struct {
		name  string
		value *float64
	}{{w.T("температура ¦ temperature"), of.Temperature}, {"top-p", of.TopP}} {
		if x.value != nil {
			text := w.Number(*x.value, 2)
			out += ", " + x.name + " " + strings.TrimRight(strings.TrimRight(text, "0"), ".,")
		}
	}
	return out
}

// statisticsText says which tests and intervals were used: those that were, and
// no others.
func (w *writer) statisticsText() string {
	a := w.in.Suite.Analysis
	out := fmt.Sprintf(w.T("Одни и те же задания сопоставлены по номеру; значение задания — среднее по повторам, репликам и судьям; задания одной группы считаются зависимыми. Интервалы — %s-е. ¦ "+
		"The same items are matched by their ids; the value of an item is the mean over repeats, turns and judges; items of a cluster count as dependent. Intervals are of %s."), w.Percent(w.r.Level, 0))
	used := w.used()
	if len(used) > 0 {
		out += " " + w.T("Использованы: ¦ Used were:") + " " + strings.Join(used, "; ") + "."
	}
	out += " " + w.resamplesText(a.Resamples)
	out += " " + w.T("Двоичные показатели независимых заданий проверяет точный критерий Макнемара, прочие показатели независимых заданий — критерий Уилкоксона, задания в группах — перестановка знаков групп, прогоны — критерий Стьюдента (с общими seed) или Уэлча. ¦ "+
		"Binary measures of independent items are tested by the exact McNemar test, other measures of independent items by Wilcoxon's signed ranks, items in clusters by flipping signs of clusters, runs by Student's t test (with common seeds) or Welch's.")
	if a.Sequential {
		out += " " + w.T("Задания задавались в случайном порядке групп, пока не решились все объявленные сравнения задачи; их интервалы и p верны при любой остановке (метод ставок, Waudby-Smith и Ramdas, 2024), интервалы — одновременно для всего семейства: уровень поделён на число сравнений. ¦ "+
			"Items were asked in a random order of clusters until all declared comparisons of their task were decided; the intervals and p-values of these hold wherever one stops (betting, Waudby-Smith and Ramdas, 2024), the intervals for the whole family at once: the level is divided by the number of comparisons.")
	}
	if w.pairwise() {
		out += " " + w.T("Вердикт о паре ответов — 1, ½ или 0; разность — доля побед первого минус доля побед второго, по заданиям; силы — модель Брэдли — Терри с ничьими (Дэвидсон), порядком показа и длиной. ¦ "+
			"A verdict on a pair of replies is 1, ½ or 0; the difference is the share of wins of the first less that of the second, by item; strengths are of the Bradley–Terry model with ties (Davidson), order and length.")
	}
	if n := len(w.r.Family); n > 0 {
		out += " " + fmt.Sprintf(w.T("Семейство объявленных сравнений (%d) исправлено методом Холма при α = %s; остальные сравнения разведочные и не исправлены. ¦ "+
			"The family of declared comparisons (%d) is corrected by Holm's method at α = %s; other comparisons are exploratory and not corrected."), n, w.Number(a.Alpha, 2))
	}
	return out
}

// resamplesText says how many resamples numbers rest on, at least and at most.
func (w *writer) resamplesText(most int) string {
	if most <= analysis.FewestResamples {
		return fmt.Sprintf(w.T("Повторных выборок: %s, а для величин эффекта в разведочных сравнениях — от %s, тем меньше, чем больше групп. ¦ "+
			"Resamples: %s, and for effect sizes of exploratory comparisons from %s, the fewer the more clusters there are."), w.Int(most), w.Int(min(analysis.FewestOfEffects, most)))
	}
	return fmt.Sprintf(w.T("Повторных выборок для объявленных сравнений и их эффектов: %s; для остальных чисел — от %s до %[1]s, а для величин эффекта в разведочных сравнениях — от %[3]s, тем меньше, чем больше групп. ¦ "+
		"Resamples for declared comparisons and their effects: %s; for other numbers from %s to %[1]s, and for effect sizes of exploratory comparisons from %[3]s, the fewer the more clusters there are."),
		w.Int(most), w.Int(analysis.FewestResamples), w.Int(analysis.FewestOfEffects))
}

// pairwise reports whether pairs of replies were judged.
func (w *writer) pairwise() bool {
	return slices.ContainsFunc(w.r.Tasks, func(t *analysis.Task) bool {
		return slices.ContainsFunc(t.Measures, func(m *analysis.Measure) bool { return m.Pairwise != nil })
	})
}

// used are the methods of the numbers in the report, in words, sorted by key.
func (w *writer) used() []string {
	seen := map[stats.Method]bool{}
	for _, t := range w.r.Tasks {
		for _, m := range t.Measures {
			for _, x := range m.Subjects {
				seen[x.Value.Method] = seen[x.Value.Method] || x.Value.Open == ""
			}
			for _, c := range m.Comparisons {
				seen[c.Difference.Method] = seen[c.Difference.Method] || c.Difference.Open == ""
				seen[c.Test.Method] = seen[c.Test.Method] || c.Test.Why == ""
				seen[c.Effect.Method] = seen[c.Effect.Method] || c.Effect.Open == ""
			}
			if m.Pairwise != nil && m.Pairwise.Tournament.Why == "" {
				seen[m.Pairwise.Tournament.Method] = true
			}
		}
	}
	var out []string
	for _, m := range slices.Sorted(maps.Keys(seen)) {
		if seen[m] && m != "" {
			out = append(out, w.method(m))
		}
	}
	return out
}

func (w *writer) judgeText() string {
	var out []string
	for _, j := range w.in.Suite.Judges {
		mode := w.T("по рубрике ¦ by rubric")
		if j.Mode == "pairwise" {
			mode = w.T("попарно, в обоих порядках ¦ pairwise, in both orders")
		}
		out = append(out, name(j.Name)+" ("+w.T("модель ¦ model")+" "+name(j.Model)+", "+mode+")")
	}
	if len(out) == 0 {
		return ""
	}
	text := w.T("Судьи: ¦ Judges:") + " " + strings.Join(out, "; ") + "."
	for _, t := range w.r.Tasks {
		for _, m := range t.Measures {
			if a := m.Agreement; a != nil && a.Alpha.Why == "" {
				text += " " + fmt.Sprintf(w.T("Согласие (%s, %s): α Криппендорфа %s. ¦ Agreement (%s, %s): Krippendorff's α %s."),
					name(t.Name), w.title(&m.Measure), w.estimate(a.Alpha, w.two))
			}
		}
	}
	return text
}
