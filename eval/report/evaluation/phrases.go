package evaluation

import (
	"fmt"
	"math"
	"strings"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/task"
)

// none is written where there is no number; why is said beside it.
const none = "—"

// digits after the decimal sign: as the bounds of a measure ask for, or as large
// as its values are.
func digits(m *analysis.Measure) int {
	if m.Low < m.High {
		switch span := m.High - m.Low; {
		case span <= 2:
			return 3
		case span <= 10:
			return 2
		}
		return 1
	}
	largest := 0.0
	for _, s := range m.Subjects {
		largest = max(largest, math.Abs(s.Value.Value))
	}
	switch {
	case largest < 10:
		return 3
	case largest < 100:
		return 2
	case largest < 1000:
		return 1
	}
	return 0
}

func (w *writer) value(m *analysis.Measure, x float64) string { return w.Number(x, digits(m)) }

// interval is that of an estimate, empty where it has none.
func (w *writer) interval(e stats.Estimate, format func(float64) string) string {
	if e.Why != "" || e.Open != "" {
		return ""
	}
	return "[" + format(e.Low) + w.T("; ¦ ,") + " " + format(e.High) + "]"
}

// estimate is a number with its interval, or a dash.
func (w *writer) estimate(e stats.Estimate, format func(float64) string) string {
	if e.Why != "" {
		return none
	}
	if i := w.interval(e, format); i != "" {
		return format(e.Value) + " " + i
	}
	return format(e.Value)
}

func (w *writer) of(m *analysis.Measure) func(float64) string {
	return func(x float64) string { return w.value(m, x) }
}

func (w *writer) two(x float64) string { return w.Number(x, 2) }

func (w *writer) three(x float64) string { return w.Number(x, 3) }

// p is a p-value.
func (w *writer) p(p float64) string {
	if p < 0.001 {
		return "< " + w.Number(0.001, 3)
	}
	return w.Number(p, 3)
}

// equal is a p-value in a sentence.
func (w *writer) equal(p float64) string {
	if p < 0.001 {
		return w.p(p)
	}
	return "= " + w.p(p)
}

func (w *writer) tested(t stats.Test) string {
	if t.Why != "" {
		return none
	}
	return w.p(t.P)
}

// formed writes a number of the result as its form asks for.
func (w *writer) formed(n analysis.Number, m *analysis.Measure) string {
	switch n.Form {
	case analysis.PValue:
		return w.p(n.Value)
	case analysis.Count:
		return w.Int(int(n.Value))
	case analysis.Effect:
		return w.two(n.Value)
	case analysis.Rate:
		return w.three(n.Value)
	case analysis.Plain:
	}
	return w.value(m, n.Value)
}

// stars mark how sure a declared comparison is.
func stars(c *analysis.Comparison, alpha float64) string {
	if !c.Declared || c.Adjusted.Why != "" {
		return ""
	}
	switch p := c.Adjusted.P; {
	case p > alpha:
		return ""
	case p <= alpha/50:
		return "***"
	case p <= alpha/5:
		return "**"
	}
	return "*"
}

// legend says what stars are.
func (w *writer) legend() string {
	alpha := w.in.Suite.Analysis.Alpha
	at := func(x float64) string { return w.Number(x, 4) }
	trim := func(s string) string { return strings.TrimRight(strings.TrimRight(s, "0"), ".,") }
	return fmt.Sprintf(w.T("* p ≤ %s; ** p ≤ %s; *** p ≤ %s, с поправкой Холма ¦ * p ≤ %s; ** p ≤ %s; *** p ≤ %s, corrected by Holm's method"),
		trim(at(alpha)), trim(at(alpha/5)), trim(at(alpha/50)))
}

// title is that of a measure.
func (w *writer) title(m *task.Measure) string {
	if t := m.Title[w.T("ru ¦ en")]; t != "" {
		return page.Line(t, 120)
	}
	return page.Line(m.Name, 60)
}

// name is a subject, judge or task.
func name(s string) string { return page.Line(s, 60) }

// why puts a reason into words.
func (w *writer) why(why stats.Why) string {
	for _, x := range [...]struct {
		why  stats.Why
		text string
	}{
		{stats.NoItems, "нет ни одного общего задания со значением ¦ no item has a value on both sides"},
		{stats.OneItem, "задание только одно: разброс не узнать ¦ there is one item only: spread cannot be known"},
		{stats.OneCluster, "все задания из одной группы: разброс между группами не узнать ¦ all items are of one cluster: the spread between clusters cannot be known"},
		{stats.FewClusters, "групп слишком мало: повторные выборки не дают интервала такого уровня ¦ there are too few clusters: resamples give no interval of this level"},
		{stats.NoVariance, "все значения одинаковы: разброса нет ¦ all values are the same: there is no spread"},
		{stats.AllTies, "во всех заданиях ничья ¦ every item is a tie"},
		{stats.Disconnected, "сравнивались не все: сила одних относительно других неизвестна ¦ not all were compared: how strong some are relative to others is not known"},
		{stats.NotFinite, "среди значений есть не числа ¦ some values are no numbers"},
		{stats.NotBinary, "значения не только 0 и 1 ¦ values are not only 0 and 1"},
		{stats.OneSided, "все различия в одну сторону: отношение шансов не ограничено ¦ all differences are in one direction: the odds ratio has no bound"},
		{stats.Unbounded, "кто-то выиграл или проиграл всё: конечной силы нет, а интервал был бы интервалом априорного распределения ¦ somebody won or lost all there was: no finite strength is the likeliest, and an interval would be that of the prior"},
		{stats.Undefined, "на этих заданиях величина не определена ¦ it is not defined on these items"},
		{stats.Unstable, "слишком часто не определена в повторных выборках ¦ it is undefined in too many resamples"},
		{stats.OneValue, "все оценки одинаковы ¦ all ratings are the same"},
		{stats.TooManyValues, "слишком много разных значений ¦ there are too many different values"},
		{stats.Unpairable, "ничего не оценено дважды ¦ nothing was rated twice"},
		{stats.OutOfRange, "параметр вне области формулы ¦ a parameter is outside of what the formula allows"},
		{stats.NoOrder, "неизвестно, что показывали первым, или порядок был один ¦ which was shown first is not known, or it was always the same"},
		{stats.NoLengths, "длины ответов одинаковы или неизвестны ¦ replies are of one length, or it is not known"},
		{stats.NotFitted, "подбор параметров не сошёлся ¦ the fit did not converge"},
		{stats.Unreachable, "нужной мощности не даёт никакой эффект ¦ no effect reaches the power"},
		{stats.NotTested, "не запрашивалось ¦ it was not asked for"},
		{stats.Confounded, "не отделить от другого, например от порядка, если он был один ¦ it cannot be told from something else, such as the order where it was always the same"},
		{stats.NoTies, "ничьих не было ¦ there were no ties"},
		{stats.BeyondBounds, "значения вне границ показателя ¦ values are outside of the measure's bounds"},
	} {
		if x.why == why {
			return w.T(x.text)
		}
	}
	return string(why)
}

// method puts the way of computing into words.
func (w *writer) method(m stats.Method) string {
	for _, x := range [...]struct {
		method stats.Method
		text   string
	}{
		{stats.BCa, "бутстреп BCa ¦ BCa bootstrap"},
		{stats.BCaExpanded, "бутстреп BCa с поправкой на малое число групп ¦ BCa bootstrap, expanded for few clusters"},
		{stats.Jackknife, "складной нож по группам со Стьюдентом (групп слишком мало для бутстрепа) ¦ jackknife over clusters with Student's t (too few clusters for the bootstrap)"},
		{stats.Percentile, "бутстреп, квантили ¦ percentile bootstrap"},
		{stats.McNemarExact, "точный критерий Макнемара ¦ exact McNemar test"},
		{stats.McNemarMid, "критерий Макнемара, mid-p ¦ McNemar test, mid-p"},
		{stats.WilcoxonExact, "критерий Уилкоксона, точный ¦ exact Wilcoxon signed-rank test"},
		{stats.WilcoxonNormal, "критерий Уилкоксона ¦ Wilcoxon signed-rank test"},
		{stats.SignFlipExact, "перестановка знаков, все варианты ¦ sign-flip test, all signs"},
		{stats.SignFlipRandom, "перестановка знаков ¦ sign-flip test"},
		{stats.ClusterFlipExact, "перестановка знаков групп, все варианты ¦ cluster sign-flip test, all signs"},
		{stats.ClusterFlipRandom, "перестановка знаков групп ¦ cluster sign-flip test"},
		{stats.Durkalski, "критерий Дуркальски ¦ Durkalski's test"},
		{stats.StudentPaired, "парный критерий Стьюдента ¦ paired Student's t test"},
		{stats.StudentCluster, "критерий Стьюдента по группам ¦ Student's t test over clusters"},
		{stats.SwapExact, "перестановка участников, все варианты ¦ approximate randomisation, all swaps"},
		{stats.SwapRandom, "перестановка участников ¦ approximate randomisation"},
		{stats.PredictionPowered, "вывод с опорой на предсказания (PPI++) ¦ prediction-powered inference (PPI++)"},
		{stats.Classical, "среднее и его стандартная ошибка ¦ mean and its standard error"},
		{stats.Welch, "критерий Уэлча ¦ Welch's t test"},
		{stats.PermutationExact, "перестановочный, все варианты ¦ permutation test, all divisions"},
		{stats.PermutationRandom, "перестановочный ¦ permutation test"},
		{stats.Newcombe, "парный интервал Ньюкомба ¦ Newcombe's paired interval"},
		{stats.ConditionalOdds, "точный интервал отношения шансов ¦ exact interval of the odds ratio"},
		{stats.Wilson, "интервал Уилсона ¦ Wilson's interval"},
		{stats.WilsonCluster, "интервал Уилсона для групп ¦ Wilson's interval for clusters"},
		{stats.Betting, "доверительная последовательность (ставки), верная при любой остановке ¦ betting confidence sequence, valid wherever one stops"},
		{stats.CliffDelta, "дельта Клиффа ¦ Cliff's delta"},
		{stats.Betting, "последовательный критерий ставок ¦ sequential test by betting"},
		{stats.Davidson, "Брэдли — Терри с ничьими (Дэвидсон) ¦ Bradley–Terry with ties (Davidson)"},
		{stats.BradleyTerry, "Брэдли — Терри ¦ Bradley–Terry"},
	} {
		if x.method == m {
			return w.T(x.text)
		}
	}
	return string(m)
}

// effect names an effect size.
func (w *writer) effect(k analysis.EffectKind) string {
	switch k {
	case analysis.OddsRatio:
		return w.T("ОШ ¦ OR")
	case analysis.CliffD:
		return "δ"
	case analysis.CohenDz:
	}
	return "d_z"
}
