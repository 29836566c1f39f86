package stream

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	diff "github.com/google/go-cmp/cmp"
)

// sorted is the search as it is defined: every candidate scored, then sorted.
func sorted(m *mind, p probe) []hit {
	f := &m.config.formula
	var places []int
	for at, e := range m.entries {
		if e.Tick < p.before {
			places = append(places, at)
		}
	}
	slices.SortFunc(places, func(a, b int) int { return m.compareAccess(int32(a), int32(b)) })
	recency, relevance := map[int]float64{}, map[int]float64{}
	spans := spans{nothing(), nothing(), nothing()}
	for i, at := range places {
		recency[at] = math.Pow(f.decay, float64(max(0, p.now-m.entries[at].Used))/3600)
		if f.ranked {
			recency[at] = math.Pow(f.decay, float64(i+1))
		}
		if row, ok := m.table.Row(m.entries[at].vectorKey()); ok && p.vector != nil {
			relevance[at] = m.table.Dot(p.vector, row)
		}
		spans.recency.add(recency[at])
		spans.relevance.add(relevance[at])
		spans.importance.add(float64(m.entries[at].Importance))
	}
	var all []hit
	for _, at := range places {
		all = append(all, hit{at, f.score(&spans, recency[at], float64(m.entries[at].Importance), relevance[at])})
	}
	slices.SortFunc(all, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.place, a.place)) })
	return all[:min(len(all), p.count)]
}

// randomMind has memories without vectors, with the same ones and forgotten ones.
func randomMind(t *testing.T, form string, r *rand.Rand, n int) *mind {
	t.Helper()
	c, err := readConfig(fmt.Appendf(nil, `{"form":%q}`, form))
	if err != nil {
		t.Fatal(err)
	}
	m := newMind(&c)
	kinds := []string{"post", kindReflection}
	var pool [][]float32
	for range 40 {
		pool = append(pool, direction(r))
	}
	for i := range int64(n) {
		e := &entry{Seq: i, Tick: i / 5, Used: 3600 * (i/5 + r.Int64N(3)), Kind: kinds[r.IntN(2)], Importance: 1 + r.IntN(10)}
		v := direction(r)
		switch r.IntN(5) {
		case 0:
			v = nil
		case 1:
			v = pool[r.IntN(len(pool))]
		}
		if err := m.hold(e, v); err != nil {
			t.Fatal(err)
		}
		if i%50 == 49 {
			m.access([]int{r.IntN(len(m.entries)), len(m.entries) - 2}, 3600*i/5)
		}
		if i%200 == 199 {
			m.drop([]int{0, 3, len(m.entries) / 2, len(m.entries) - 1})
		}
	}
	m.cursor.Now = 3600 * int64(n) / 5
	return m
}

func TestSearchFindsWhatScoringEveryMemoryFinds(t *testing.T) {
	t.Parallel()
	for _, form := range []string{formPaper, formCode} {
		for _, n := range []int{1, 7, 300, 6000} {
			r := rand.New(rand.NewPCG(3, uint64(n)))
			m, buffers := randomMind(t, form, r, n), &sync.Pool{}
			for name, p := range map[string]probe{
				"some":           {before: math.MaxInt64, vector: direction(r), count: 20},
				"earlier":        {before: int64(n) / 10, vector: direction(r), count: 30},
				"all":            {before: math.MaxInt64, vector: direction(r), count: 10_000},
				"by no vector":   {before: math.MaxInt64, count: 15},
				"by a known one": {before: math.MaxInt64, vector: slices.Clone(m.table.Vector(0)), count: 20},
				"of the future":  {before: 0, vector: direction(r), count: 5},
			} {
				p.now = m.cursor.Now
				want, got := sorted(m, p), m.search(p, buffers)
				near := diff.Comparer(func(a, b hit) bool { return a.place == b.place && math.Abs(a.score-b.score) < 1e-12 })
				if d := diff.Diff(want, got, near); d != "" {
					t.Errorf("%s, %d memories, %s (-want +got):\n%s", form, n, name, d)
				}
			}
		}
	}
}

func TestRecencyIsAPowerOfTheDecay(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	for _, decay := range []float64{0.995, 0.5, 1, 1e-3} {
		p := newPowers(decay)
		for _, seconds := range []int64{-5, 0, 1, 3599, 3600, 3600 * 256, 3600 * 256 * 1024, 1 << 40, r.Int64N(1e6), r.Int64N(1e9)} {
			want := math.Pow(decay, float64(max(0, seconds))/3600)
			if got := p.after(seconds); math.Abs(got-want) > 1e-12 {
				t.Errorf("%v after %d s: %v, want %v", decay, seconds, got, want)
			}
		}
	}
}
