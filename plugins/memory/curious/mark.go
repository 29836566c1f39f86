package curious

import (
	"math"
	"slices"
)

// mark is what a search looks at of every memory: side by side in memory, as
// following a pointer to each takes longer than comparing their vectors.
type mark struct {
	seq, tick, time      int64
	surprise, importance float64
	row                  int32
	method               int8 // place of By among methods; -1 for none
	lesson               bool
}

// methods to measure surprise; those of different ones do not compare.
func methods() [3]string { return [...]string{byEmbedding, byLogprob, byRating} }

func markOf(t *trace) mark {
	known := methods()
	return mark{
		seq: t.Seq, tick: t.Tick, time: t.Time, surprise: t.Surprise, importance: t.Importance,
		row: int32(t.row), method: int8(slices.Index(known[:], t.By)), lesson: t.Kind == kindLesson,
	}
}

// surprising is the surprise that is left of a memory.
func (k *mark) surprising() float64 { return k.surprise * k.importance }

// ordinary is, by method, the surprise above which a memory stands out.
type ordinary [3]float64

// ordinary is a standard deviation above the mean of what was measured.
func (m *mind) ordinary() (above ordinary) {
	var n, sum, squares [len(above)]float64
	for i := range m.marks {
		if k := &m.marks[i]; k.method >= 0 {
			n[k.method]++
			sum[k.method] += k.surprise
			squares[k.method] += k.surprise * k.surprise
		}
	}
	for at := range above {
		mean := sum[at] / max(1, n[at])
		above[at] = mean + math.Sqrt(max(0, squares[at]/max(1, n[at])-mean*mean))
	}
	return above
}

// exceeded reports whether a memory stands out.
func (o *ordinary) exceeded(k *mark) bool { return k.method >= 0 && k.surprising() > o[k.method] }
