package dedup_test

import (
	"testing"

	"github.com/llm-city/gorod/dataset/dedup"
)

func clusters(t testing.TB, texts []string, opts dedup.Options) *dedup.Clusters {
	t.Helper()
	d, err := dedup.New(t.TempDir(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for i, text := range texts {
		if err := d.Add(uint32(i), text); err != nil {
			t.Fatal(err)
		}
	}
	c, err := d.Clusters(t.Context(), (&reader{texts: texts}).text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// brute are the clusters that comparing all with all gives, and the pairs.
func brute(t testing.TB, texts []string, opts dedup.Options) (of []int, pairs [][2]int) {
	t.Helper()
	c, err := dedup.NewComparer(opts)
	if err != nil {
		t.Fatal(err)
	}
	of = make([]int, len(texts))
	for i := range of {
		of[i] = i
	}
	for i := range texts {
		for j := range i {
			if _, same := c.Compare(texts[i], texts[j]); !same {
				continue
			}
			pairs = append(pairs, [2]int{j, i})
			from, to := max(of[i], of[j]), min(of[i], of[j])
			for k := range i + 1 {
				if of[k] == from {
					of[k] = to
				}
			}
		}
	}
	return of, pairs
}

func TestClustersAgreeWithComparingAllWithAll(t *testing.T) {
	t.Parallel()
	texts := corpus(7, 3000)
	of, pairs := brute(t, texts, dedup.Options{})
	c := clusters(t, texts, dedup.Options{})
	found := 0
	for _, p := range pairs {
		if c.Of(uint32(p[0])) == c.Of(uint32(p[1])) {
			found++
		}
	}
	wrong := 0
	for i := range texts {
		if of[i] != of[c.Of(uint32(i))] {
			wrong++
		}
	}
	if recall := float64(found) / float64(len(pairs)); recall < 0.995 || wrong > 0 {
		t.Errorf("found %d of %d pairs (%.4f); %d texts are with others than they should be", found, len(pairs), recall, wrong)
	}
	t.Logf("%d pairs, %d found, %+v", len(pairs), found, c.Stats())
}

func BenchmarkMinHash(b *testing.B) {
	texts := corpus(1, 200000)
	for _, workers := range []int{1, 2} {
		b.Run(map[int]string{1: "one core", 2: "two cores"}[workers], func(b *testing.B) {
			for b.Loop() {
				clusters(b, texts, dedup.Options{Workers: workers})
			}
			b.ReportMetric(float64(len(texts)*b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
