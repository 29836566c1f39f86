package curious

import (
	"cmp"
	"slices"

	"github.com/llm-city/gorod/plugins/memory/vectors"
)

// rated is a memory and what it counts for.
type rated struct {
	*trace
	score float64
}

// best are the memories with the highest scores, the newer first of equal ones.
type best struct {
	most int
	once bool // of several that say the same, the best alone
	list []rated
}

// below reports whether a score is too low to be among the best.
func (b *best) below(score float64) bool {
	return len(b.list) == b.most && score < b.list[len(b.list)-1].score
}

func (b *best) add(r rated) {
	full := len(b.list) == b.most
	if b.most == 0 || full && compareRated(r, b.list[len(b.list)-1]) > 0 {
		return
	}
	if same := slices.IndexFunc(b.list, r.says); b.once && same >= 0 {
		if compareRated(r, b.list[same]) > 0 {
			return
		}
		b.list = slices.Delete(b.list, same, same+1)
	} else if full {
		b.list = b.list[:len(b.list)-1]
	}
	at, _ := slices.BinarySearchFunc(b.list, r, compareRated)
	b.list = slices.Insert(b.list, at, r)
}

// says reports whether another memory says the same.
func (r rated) says(o rated) bool { return r.Text == o.Text && r.Kind == o.Kind && r.Name == o.Name }

func compareRated(a, b rated) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.Seq, a.Seq))
}

// nearest are the memories most like a vector.
func (m *mind) nearest(v vectors.Vector, count int) []rated {
	found := best{most: count}
	for row, d := range m.table.Dots(v, nil) {
		found.add(rated{m.rows[row], float64(d)})
	}
	return found.list
}
