package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/llm-city/gorod/eval/report/internal/tally"
)

const (
	maxSmall     = 6  // charts of one kind, one a condition
	maxTiesShown = 40 // in a graph
)

// ties shows who writes to whom.
func (s *study) ties() section {
	out := section{ID: "ties", Nav: s.T("Связи ¦ Ties"), Title: s.T("Кто кому пишет ¦ Who writes to whom"),
		Intro: s.T("Стрелка ведёт от того, кто пишет (ответ, цитата, личное сообщение, рассказ), к тому, кому; чем толще, тем чаще. Размер круга — сколько пишут жителю. Показаны самые сильные связи. ¦ " +
			"An arrow leads from who writes (a reply, a quote, a direct message, telling) to whom; the thicker, the more often. The size of a circle is how much is written to the resident. The strongest ties are shown.")}
	if !s.shows(Activity) {
		return out
	}
	for i, c := range s.conditions {
		if ties := c.ties(); i < maxSmall && len(ties) > 0 {
			out.Blocks = append(out.Blocks, block{Chart: s.tiesChart(c, i, ties[:min(len(ties), maxTiesShown)])})
		}
	}
	return out
}

// tie is how often one resident writes to another in a run, over seeds.
type tie struct {
	tally.Tie
	mean float64
}

// ties of a condition, the strongest first.
func (c *condition) ties() []tie {
	sums := map[tally.Tie]int{}
	for _, r := range c.runs {
		for _, t := range r.Ties {
			sums[t.Key] += t.N
		}
	}
	out := make([]tie, 0, len(sums))
	for key, n := range sums {
		out = append(out, tie{key, float64(n) / float64(len(c.runs))})
	}
	slices.SortFunc(out, func(a, b tie) int {
		return cmp.Or(cmp.Compare(b.mean, a.mean), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}

func (s *study) tiesChart(c *condition, index int, ties []tie) *chart {
	title := s.T("Связи ¦ Ties")
	if len(s.conditions) > 1 {
		title += ": " + c.shown()
	}
	people := newPeople(c.runs[0], ties)
	t := &table{Caption: title, Head: []column{
		{Text: s.T("Кто ¦ Who")}, {Text: s.T("Кому ¦ To whom")}, {Text: s.T("Сообщений за прогон ¦ Messages in a run"), Numeric: true}}}
	for _, e := range ties {
		t.Rows = append(t.Rows, texts(people.name[e.From], people.name[e.To], s.Number(e.mean, 1)))
	}
	return &chart{
		ID: fmt.Sprintf("ties-%d", index+1), Title: title, Size: "square", File: "ties.csv", Table: t, Plot: s.graph(people, ties),
		Alt: fmt.Sprintf("%s: %s, %s", title, s.inhabitants(people), s.Count(len(ties), "связь|связи|связей ¦ tie|ties")),
	}
}

// inhabitants counts those in a graph, visitors apart.
func (s *study) inhabitants(p people) string {
	guests := 0
	for _, id := range p.ids {
		if p.group[id] == visitors {
			guests++
		}
	}
	says := s.Count(len(p.ids)-guests, "житель|жителя|жителей ¦ resident|residents")
	if guests > 0 {
		says += ", " + s.Count(guests, "гость|гостя|гостей ¦ visitor|visitors")
	}
	return says
}

// visitors stands for the group of those from outside, whose ids begin with it.
const visitors = "@"

// people are the residents in a graph, and the visitors to whom they spoke:
// neighbours on its circle are of one group.
type people struct {
	ids    []string
	name   map[string]string // told apart where two have the same
	group  map[string]string
	groups []string
}

func newPeople(r *run, ties []tie) people {
	p := people{name: map[string]string{}, group: map[string]string{}}
	names, taken := r.names(), map[string]bool{}
	for _, resident := range r.Residents {
		p.group[resident.ID] = resident.Group
	}
	in := map[string]bool{}
	for _, t := range ties {
		for _, id := range []string{t.From, t.To} {
			in[id] = true
			if strings.HasPrefix(id, visitors) {
				p.group[id] = visitors
			}
		}
	}
	p.ids = slices.SortedFunc(maps.Keys(in), func(a, b string) int {
		return cmp.Or(cmp.Compare(p.group[a], p.group[b]), cmp.Compare(a, b))
	})
	for _, id := range p.ids {
		name := nameOf(names, id)
		if taken[name] {
			name += " (" + line(id, 40) + ")"
		}
		taken[name] = true
		p.name[id] = name
		if !slices.Contains(p.groups, p.group[id]) {
			p.groups = append(p.groups, p.group[id])
		}
	}
	return p
}

func (s *study) graph(p people, ties []tie) plot {
	addressed, most := map[string]float64{}, 0.0
	for _, t := range ties {
		addressed[t.To] += t.mean
		most = max(most, t.mean)
	}
	top := slices.Max(slices.Collect(maps.Values(addressed)))
	var nodes []opts.GraphNode
	for _, id := range p.ids {
		group := slices.Index(p.groups, p.group[id])
		nodes = append(nodes, opts.GraphNode{
			Name: p.name[id], Value: float32(addressed[id]), Category: group, SymbolSize: 8 + 22*addressed[id]/top,
			ItemStyle: &opts.ItemStyle{Color: colour(group)},
		})
	}
	var links []opts.GraphLink
	for _, t := range ties {
		links = append(links, opts.GraphLink{
			Source: p.name[t.From], Target: p.name[t.To], Value: float32(t.mean),
			LineStyle: &opts.LineStyle{Width: float32(0.75 + 4.25*t.mean/most)},
		})
	}
	var categories []*opts.GraphCategory
	for i, g := range p.groups {
		name := line(g, 40)
		switch g {
		case "":
			name = s.T("без группы ¦ no group")
		case visitors:
			name = s.T("гости ¦ visitors")
		}
		categories = append(categories, &opts.GraphCategory{Name: name, ItemStyle: &opts.ItemStyle{Color: colour(i)}})
	}
	c := charts.NewGraph()
	c.SetGlobalOptions(
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(len(p.groups) > 1), Type: "scroll"}),
		charts.WithAnimation(false),
	)
	c.AddSeries(s.T("сообщений за прогон ¦ messages in a run"), nodes, links,
		charts.WithGraphChartOpts(opts.GraphChart{Layout: "circular", Roam: opts.Bool(false), Categories: categories,
			EdgeSymbol: []string{"none", "arrow"}, EdgeSymbolSize: 7}),
		charts.WithCircularStyleOpts(opts.CircularStyle{RotateLabel: opts.Bool(true)}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: "$muted", Curveness: 0.15, Opacity: opts.Float(0.55)}),
		charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "right", Color: "$text"}),
	)
	c.Validate()
	return plot{Option: c.JSON(), Digits: 1, Kind: "graph"}
}

// exposure shows how unevenly feeds showed authors.
func (s *study) exposure() section {
	out := section{ID: "exposure", Nav: s.T("Ленты ¦ Feeds"), Title: s.T("Кого показывают ленты ¦ Whom feeds show"),
		Intro: s.T("Кривая Лоренца: какая доля показов досталась какой доле авторов, начиная с самых незаметных. Чем дальше кривая от диагонали, тем неравномернее показы. ¦ "+
			"Lorenz curve: what share of all showings went to what share of authors, the least shown first. The further from the diagonal, the more uneven.") + s.bandNote()}
	l := lines{whole: true, x: s.T("доля авторов, % ¦ share of authors, %"), y: s.T("доля показов, % ¦ share of showings, %"), min: 0, max: 100}
	for i := range lorenzSteps {
		l.labels = append(l.labels, s.Int(100*i/(lorenzSteps-1)))
	}
	shown := false
	for _, c := range s.plotted() {
		t := track{name: c.shown()}
		for i := range lorenzSteps {
			t.samples = append(t.samples, over(c.runs, func(r *run) float64 { return 100 * at(r.Exposure.Lorenz, i) }))
		}
		shown = shown || t.samples[0].N > 0
		l.tracks = append(l.tracks, t)
	}
	if !shown || !s.shows(Activity) {
		return out
	}
	even := track{name: s.T("поровну ¦ all alike"), guide: true}
	for i := range lorenzSteps {
		even.samples = append(even.samples, describe([]float64{float64(100 * i / (lorenzSteps - 1))}))
	}
	l.tracks = append(l.tracks, even)
	title := s.T("Неравенство показов ¦ Inequality of exposure")
	out.Blocks = []block{{Chart: &chart{
		ID: "exposure-lorenz", Title: title, Alt: title, Size: "square", File: "exposure.csv",
		Table: s.trackTable(title, l, func(x float64) string { return s.Number(x, 1) }), Plot: l.plot(1, true),
	}}, {Half: true, Table: s.exposureTable()}}
	return out
}

// exposureTable has the numbers of the curves.
func (s *study) exposureTable() *table {
	t := &table{Caption: s.T("Неравенство показов по условиям ¦ Inequality of exposure by condition"), Head: []column{
		{Text: s.T("Условие ¦ Condition")}, {Text: s.T("Джини ¦ Gini"), Numeric: true}, {Text: s.T("Показы верхних 10 % авторов ¦ Shown of the top 10% of authors"), Numeric: true},
		{Text: s.T("Показов за прогон ¦ Showings in a run"), Numeric: true}}}
	for _, c := range s.conditions {
		t.Rows = append(t.Rows, texts(c.shown(),
			s.spanned(over(c.runs, func(r *run) float64 { return r.Exposure.Gini }), s.numbers(2)),
			s.spanned(over(c.runs, func(r *run) float64 { return r.Exposure.Top }), func(x float64) string { return s.Percent(x, 1) }),
			s.spanned(over(c.runs, count(func(r *run) int { return r.Shown })), s.numbers(0))))
	}
	return t
}
