package analysis

import (
	"hash/fnv"
	"slices"
	"strings"

	"github.com/llm-city/gorod/eval/sample"
)

// names gives each text a number. Rows come sorted more or less, so that most
// texts are the one before.
type names struct {
	ids   map[string]uint32
	all   []string
	last  uint32
	ranks []uint32 // places in the order of the texts
}

func newNames() *names { return &names{ids: map[string]uint32{"": 0}, all: []string{""}} }

func (n *names) of(text string) uint32 {
	if n.all[n.last] == text {
		return n.last
	}
	id, known := n.ids[text]
	if !known {
		id = uint32(len(n.all))
		text = string([]byte(text)) // a reader's batch is not kept alive by it
		n.ids[text] = id
		n.all = append(n.all, text)
	}
	n.last = id
	return id
}

// done orders the texts.
func (n *names) done() {
	ids := make([]uint32, len(n.all))
	for i := range ids {
		ids[i] = uint32(i)
	}
	slices.SortFunc(ids, func(a, b uint32) int { return strings.Compare(n.all[a], n.all[b]) })
	n.ranks = make([]uint32, len(ids))
	for rank, id := range ids {
		n.ranks[id] = uint32(rank)
	}
}

func (n *names) rank(id uint32) uint32 { return n.ranks[id] }

// group are the scores of one measure of a task, column by column.
type group struct {
	task, measure string
	rows          []row
	picks         map[uint32]*picks // by subject
}

// row is a score without its texts. missing is 0 where there is a value.
type row struct {
	value                  float64
	subject, other, by     uint32
	item, cluster, missing uint32
	repeat, turn, length   int32
	first                  bool
}

// shownSamples are kept of a subject for each measure, to be looked at.
const shownSamples = 6

// Pick is a score to look at: with its sample it shows what a number is made of.
type Pick struct {
	Sample  string
	Value   float64
	Missing string
	By      string
	Words   string
	Other   string

	rank uint64
}

// picks keep the scores of lowest rank: the same ones whatever the order of rows,
// and not the first in the file.
type picks struct{ kept []Pick }

func (p *picks) offer(s *sample.Score) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s.Sample)) // a hash takes everything
	rank := h.Sum64()
	n := len(p.kept)
	if n == shownSamples && rank >= p.kept[n-1].rank {
		return
	}
	for _, k := range p.kept {
		if k.rank == rank { // another judge of a sample that is shown
			return
		}
	}
	at := 0
	for at < n && p.kept[at].rank < rank {
		at++
	}
	p.kept = append(p.kept, Pick{})
	copy(p.kept[at+1:], p.kept[at:])
	p.kept[at] = Pick{Sample: s.Sample, Value: s.Value, Missing: s.Missing, By: s.By, Words: s.Words, Other: s.Other, rank: rank}
	p.kept = p.kept[:min(len(p.kept), shownSamples)]
}

// table is all rows of an evaluation.
type table struct {
	subjects, judges, items, clusters, reasons *names
	groups                                     []*group
	index                                      map[[2]string]*group
	last                                       *group
	n                                          int
	people                                     []bool // by judge: it is a person
}

func newTable() *table {
	return &table{
		subjects: newNames(), judges: newNames(), items: newNames(), clusters: newNames(), reasons: newNames(),
		index: map[[2]string]*group{},
	}
}

func (t *table) add(scores []sample.Score) {
	for i := range scores {
		s := &scores[i]
		g := t.group(s.Task, s.Measure)
		r := row{
			value: s.Value, subject: t.subjects.of(s.Subject), other: t.subjects.of(s.Other), by: t.judges.of(s.By), item: t.items.of(s.Item),
			cluster: t.clusters.of(s.Cluster), missing: t.reasons.of(s.Missing), repeat: s.Repeat, turn: s.Turn, length: s.Length, first: s.First,
		}
		g.rows = append(g.rows, r)
		p := g.picks[r.subject]
		if p == nil {
			p = &picks{}
			g.picks[r.subject] = p
		}
		p.offer(s)
		t.n++
	}
}

// human reports whether a person judged.
func (t *table) human(r *row) bool { return t.people[r.by] }

// done ends the reading.
func (t *table) done() {
	for _, n := range []*names{t.subjects, t.judges, t.items, t.clusters, t.reasons} {
		n.done()
	}
	t.people = make([]bool, len(t.judges.all))
	for id, by := range t.judges.all {
		_, t.people[id] = sample.Annotated(by)
	}
}

func (t *table) group(task, measure string) *group {
	if g := t.last; g != nil && g.task == task && g.measure == measure {
		return g
	}
	key := [2]string{task, measure}
	g := t.index[key]
	if g == nil {
		g = &group{task: string([]byte(task)), measure: string([]byte(measure)), picks: map[uint32]*picks{}}
		t.index[[2]string{g.task, g.measure}] = g
		t.groups = append(t.groups, g)
	}
	t.last = g
	return g
}
