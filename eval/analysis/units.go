package analysis

import (
	"cmp"
	"slices"
	"strings"

	"github.com/llm-city/gorod/eval/stats"
)

// Reason is why values are missing, and how often.
type Reason struct {
	Why string
	N   int
}

// units are the values of one subject: one for each item, the mean over repeats,
// turns and judges.
type units struct {
	values  []stats.Value
	missing int // items without any value
	cells   int // values of an item, where each has as many and lacks none; −1 where not
	reasons []Reason
}

// which says which rows are counted.
type which func(r *row) bool

// unitsOf takes the values of a subject. Rows are sorted by item within, so that
// the order of a file does not matter.
func (t *table) unitsOf(g *group, subject uint32, use which) units {
	var rows []row
	for i := range g.rows {
		if r := &g.rows[i]; r.subject == subject && use(r) {
			rows = append(rows, *r)
		}
	}
	return t.byItem(rows)
}

// sort puts rows into an order that is the same whatever that of the file: by
// item, repeat, turn, judge and subjects.
func (t *table) sort(rows []row) {
	slices.SortFunc(rows, func(a, b row) int {
		if c := cmp.Compare(t.items.rank(a.item), t.items.rank(b.item)); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.repeat, b.repeat), cmp.Compare(a.turn, b.turn), cmp.Compare(t.judges.rank(a.by), t.judges.rank(b.by)),
			cmp.Compare(t.subjects.rank(a.subject), t.subjects.rank(b.subject)), cmp.Compare(t.subjects.rank(a.other), t.subjects.rank(b.other)),
			order(a.first, b.first), cmp.Compare(a.value, b.value))
	})
}

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func (t *table) byItem(rows []row) (u units) {
	t.sort(rows)
	why := map[uint32]int{}
	for from := 0; from < len(rows); {
		sum, n, to := 0.0, 0, from
		for ; to < len(rows) && rows[to].item == rows[from].item; to++ {
			if r := rows[to]; r.missing != 0 {
				why[r.missing]++
			} else {
				sum += r.value
				n++
			}
		}
		if n > 0 && u.cells == 0 {
			u.cells = n
		}
		if n > 0 && (n != u.cells || n != to-from) {
			u.cells = -1
		}
		if n > 0 {
			u.values = append(u.values, stats.Value{ID: t.items.all[rows[from].item], Cluster: t.clusters.all[rows[from].cluster], Value: sum / float64(n)})
		} else {
			u.missing++
		}
		from = to
	}
	for id, n := range why {
		u.reasons = append(u.reasons, Reason{t.reasons.all[id], n})
	}
	slices.SortFunc(u.reasons, func(a, b Reason) int { return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Why, b.Why)) })
	return u
}

// judged reports whether a row is what the headline number is made of: verdicts of
// people count apart, where there are others.
func (t *table) judged(g *group) which {
	if !slices.ContainsFunc(g.rows, func(r row) bool { return !t.human(&r) }) {
		return func(*row) bool { return true }
	}
	return func(r *row) bool { return !t.human(r) }
}

// subjectsOf are those of a group, in the order of the suite; others follow in
// the order of their names.
func (t *table) subjectsOf(g *group, order []string) []uint32 {
	seen := map[uint32]bool{}
	for i := range g.rows {
		seen[g.rows[i].subject] = true
		if g.rows[i].other != 0 {
			seen[g.rows[i].other] = true
		}
	}
	var out []uint32
	for id := range seen {
		out = append(out, id)
	}
	place := func(id uint32) int {
		if at := slices.Index(order, t.subjects.all[id]); at >= 0 {
			return at
		}
		return len(order)
	}
	slices.SortFunc(out, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(t.subjects.all[a], t.subjects.all[b]))
	})
	return out
}

// binary reports whether all values are 0 or 1.
func binary(values []stats.Value) bool {
	return !slices.ContainsFunc(values, func(v stats.Value) bool { return v.Value != 0 && v.Value != 1 })
}
