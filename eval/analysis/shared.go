package analysis

import (
	"slices"

	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/task"
)

// onPar are two subjects with values of what both have a value of: where a judge
// failed on one of them, or its conversation broke off, means over what is left
// of each would compare other judges and turns, not the two. Where neither lacks
// anything, these are the values that they have already.
func (a *analyser) onPar(m *Measure, x, y *Subject) (_, _ *Subject) {
	if m.Per != task.PerItem || x.cells > 0 && x.cells == y.cells {
		return x, y
	}
	g, ids := a.groups[m], a.table.subjects.ids
	one, other := *x, *y
	one.values, other.values = a.table.shared(g, ids[x.Name], ids[y.Name], a.table.judged(g))
	return &one, &other
}

// cell is what a score of an item is one of: a turn, by a judge. Repeats are the
// same anew.
type cell struct {
	turn int32
	by   uint32
}

// side is what a subject has in a cell.
type side struct {
	sum float64
	n   int
}

// shared are the values of two subjects by item: means over the cells that both
// have. An item without any stays with those who have a value at all.
func (t *table) shared(g *group, x, y uint32, use which) (left, right []stats.Value) {
	var rows []row
	for i := range g.rows {
		if r := &g.rows[i]; (r.subject == x || r.subject == y) && r.missing == 0 && use(r) {
			rows = append(rows, *r)
		}
	}
	t.sort(rows)
	for from := 0; from < len(rows); {
		to := from
		for to < len(rows) && rows[to].item == rows[from].item {
			to++
		}
		a, b, inX, inY := means(rows[from:to], x)
		v := stats.Value{ID: t.items.all[rows[from].item], Cluster: t.clusters.all[rows[from].cluster]}
		if inX {
			v.Value = a
			left = append(left, v)
		}
		if inY {
			v.Value = b
			right = append(right, v)
		}
		from = to
	}
	return left, right
}

// means are those of x and of the other over the cells of an item that both have;
// where they share none, the item is only x's, if x has anything.
func means(rows []row, x uint32) (a, b float64, inX, inY bool) {
	cells := map[cell]*[2]side{}
	var order []cell
	for i := range rows {
		r, k := &rows[i], 0
		if r.subject != x {
			k = 1
		}
		at := cell{r.turn, r.by}
		if cells[at] == nil {
			cells[at] = &[2]side{}
			order = append(order, at)
		}
		cells[at][k].sum += r.value
		cells[at][k].n++
		inX, inY = inX || k == 0, inY || k == 1
	}
	both := slices.DeleteFunc(slices.Clone(order), func(at cell) bool { return cells[at][0].n == 0 || cells[at][1].n == 0 })
	if len(both) == 0 {
		return 0, 0, inX, inY && !inX
	}
	for _, at := range both {
		a += cells[at][0].sum / float64(cells[at][0].n) / float64(len(both))
		b += cells[at][1].sum / float64(cells[at][1].n) / float64(len(both))
	}
	return a, b, true, true
}
