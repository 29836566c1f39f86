package evaluation

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/stats"
)

// limits are what has to be said with the results.
func (w *writer) limits() page.Section {
	out := page.Section{ID: "limits", Nav: w.T("Оговорки ¦ Limitations"), Title: w.T("Оговорки ¦ Limitations")}
	for _, text := range w.limitTexts() {
		out.Blocks = append(out.Blocks, page.Block{Text: text})
	}
	return out
}

// limitTexts are the sentences, for the page and for LaTeX alike: each kind once,
// with what it is about.
func (w *writer) limitTexts() []string {
	var out []string
	if w.in.Replies.Reference {
		out = append(out, w.T(referenceText))
	}
	for _, group := range w.grouped() {
		out = append(out, w.limit(group[0].Kind, group))
	}
	return out
}

// grouped are the limitations by kind, in the order in which kinds came up.
func (w *writer) grouped() (out [][]analysis.Limit) {
	at := map[analysis.LimitKind]int{}
	for _, l := range w.r.Limits {
		i, known := at[l.Kind]
		if !known {
			i = len(out)
			at[l.Kind] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], l)
	}
	return out
}

// about lists what limitations are about, up to a bound.
func (w *writer) about(limits []analysis.Limit, each func(l analysis.Limit) string) string {
	const most = 12
	var out []string
	for _, l := range limits[:min(len(limits), most)] {
		out = append(out, each(l))
	}
	if n := len(limits) - most; n > 0 {
		out = append(out, fmt.Sprintf(w.T("и ещё %d ¦ and %d more"), n))
	}
	return strings.Join(out, "; ")
}

// place is task and measure.
func (w *writer) place(l analysis.Limit) string {
	m := w.measure(l.What[0], l.What[1])
	return name(l.What[0]) + ", " + w.title(&m.Measure)
}

func (w *writer) limit(kind analysis.LimitKind, all []analysis.Limit) string {
	switch kind {
	case analysis.NoFamily:
		return w.T(noFamilyText)
	case analysis.StoppedEarly:
		return w.T("Опрос прекращали по тому, что выходило: это учтено в объявленных сравнениях, но не в интервалах отдельных значений и не в разведочных p. ¦ " +
			"Asking ended by what came out: declared comparisons allow for it, intervals of single values and exploratory p-values do not.")
	case analysis.NotCompared:
		return w.T("Объявлено, но не проверено: ¦ Declared, but not tested:") + " " + w.about(all, func(l analysis.Limit) string {
			return page.Line(l.What[0], 120) + " — " + w.because(stats.Why(l.What[1]), l.What[2])
		}) + "."
	case analysis.MissingValues:
		return w.T("Много заданий без значения (в процентах); если пропуски не случайны, значения смещены: ¦ Many items have no value (percent); unless they are missing at random, values are biased:") + " " +
			w.about(all, func(l analysis.Limit) string { return w.place(l) + ", " + name(l.What[2]) + ": " + w.Int(l.N) }) + "."
	case analysis.Unpaired:
		return w.T("Не у всех заданий есть значение у обоих участников (столько не сравнено): ¦ Not all items have values of both subjects (so many were not compared):") + " " +
			w.about(all, func(l analysis.Limit) string { return page.Line(l.What[0], 120) + ": " + w.Int(l.N) }) + "."
	case analysis.Divided:
		return w.T("Участники не связаны сравнениями между собой, общей шкалы сил нет: ¦ Subjects are not connected by comparisons, so that there is no common scale of strengths:") + " " +
			w.about(all, func(l analysis.Limit) string {
				return w.place(l) + " (" + page.Line(strings.Join(l.What[2:], " | "), 160) + ")"
			}) + "."
	case analysis.FewItems, analysis.FewClusters, analysis.FewRuns, analysis.OneCluster, analysis.OneJudge, analysis.OneOrder, analysis.NoMeasure, analysis.SelfJudge,
		analysis.SameSubject, analysis.NoLikelihoods, analysis.NoInterval, analysis.Penalised:
	}
	return w.listed(kind, all)
}

// listed is a limitation that is a sentence and a list.
func (w *writer) listed(kind analysis.LimitKind, all []analysis.Limit) string {
	counted := func(l analysis.Limit) string { return w.place(l) + ": " + w.Int(l.N) }
	words := func(l analysis.Limit) string { return page.Line(strings.Join(l.What, " — "), 120) }
	for _, x := range [...]struct {
		kind analysis.LimitKind
		each func(analysis.Limit) string
		text string
	}{
		{analysis.OneCluster, w.place, "Все задания из одной группы, о других группах результат не говорит: ¦ All items are of one cluster, and nothing is known of others:"},
		{analysis.OneJudge, w.place, "Судил один судья, согласие судей не проверить: ¦ There was one judge, so that agreement cannot be checked:"},
		{analysis.OneOrder, w.place, "Влияние порядка показа не проверено: ¦ The effect of the order was not tested:"},
		{analysis.Penalised, w.place, "Кто-то выиграл или проиграл всё: конечных сил нет, и они стянуты к нулю нормальным априорным распределением со стандартным отклонением 3: ¦ Somebody won or lost all there was: no finite strengths are the likeliest, and they are drawn to zero by a normal prior with standard deviation 3:"},
		{analysis.NoInterval, w.place, "Показатель считается по всем ответам сразу, и повтор один: интервала нет: ¦ The measure is of all replies at once, and there is one repeat: it has no interval:"},
		{analysis.FewItems, counted, "Заданий мало, интервалы и проверки ненадёжны: ¦ Items are few, so that intervals and tests are not reliable:"},
		{analysis.FewClusters, counted, "Групп мало: интервалы держатся на предположении о нормальном разбросе между ними, а проверки видят только очень большое: ¦ Clusters are few: intervals rest on a normal spread between them, and tests see only what is very large:"},
		{analysis.FewRuns, counted, "Прогонов мало: интервалы держатся на предположении о нормальном разбросе, а проверки видят только очень большое: ¦ Runs are few: intervals rest on a normal spread, and tests see only what is very large:"},
		{analysis.NoMeasure, words, "Ничего не оценено в задачах: ¦ Nothing was scored in the tasks:"},
		{analysis.SelfJudge, words, "Судья и участник — одна и та же модель, а модели предпочитают собственные ответы: ¦ A judge and a subject are the same model, and models prefer replies of their own:"},
		{analysis.SameSubject, words, "Одно и то же под двумя именами, и различие между ними — случайность (или у серверов разные веса под одним именем): ¦ The same under two names, so that any difference between them is chance (or servers have different weights of one name):"},
		{analysis.NoLikelihoods, words, "Правдоподобий ответов сервер не даёт, выбран сам ответ: ¦ The server tells no likelihoods of answers, so that the answer itself was taken:"},
	} {
		if x.kind == kind {
			return w.T(x.text) + " " + w.about(all, x.each) + "."
		}
	}
	return string(kind)
}
