package dedup_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/dedup"
)

// thirds puts texts in three groups.
func thirds(i uint32) uint8 { return uint8(i % 3) }

func crossing(t testing.TB, texts []string, workers int) dedup.Crossing {
	t.Helper()
	rule := dedup.Options{Alone: 20, Workers: workers}
	d := filled(t, texts, rule.Lowered(0.5))
	c, err := d.Crossing(t.Context(), (&reader{texts: texts}).text, thirds, rule)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func exhaustive(t testing.TB, texts []string) dedup.Crossing {
	t.Helper()
	c, err := dedup.Exhaustive(t.Context(), len(texts), (&reader{texts: texts}).text, thirds, dedup.Options{Alone: 20})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCrossingFindsWhatComparingAllFinds(t *testing.T) {
	t.Parallel()
	for _, edits := range []int{0, 1, 3} {
		r := rand.New(rand.NewPCG(9, uint64(edits)))
		texts := make([]string, 600)
		for i := range texts {
			texts[i] = noise(r, 40+r.IntN(100))
		}
		long := noise(r, 90)
		texts[22] = long
		texts[401] = edited(r, long, edits) // of another group
		texts[404] = texts[401]             // of the same
		want, got := exhaustive(t, texts), crossing(t, texts, 2)
		if near := [2]uint32{22, 401}; edits <= 1 && !slices.Contains(got.Near, near) {
			t.Errorf("%d edits: near-duplicates %v lack %v", edits, got.Near, near)
		}
		want.Near = got.Near // comparing all names the equal text of the same group too
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d edits: %+v, comparing all finds %+v", edits, got, want)
		}
		if alone := crossing(t, texts, 1); !reflect.DeepEqual(alone, got) {
			t.Errorf("%d edits: one worker finds %+v, two %+v", edits, alone, got)
		}
		if want.Pair != [2]uint32{22, 401} || (edits == 0) != (want.Largest == 1) || (edits <= 1) != (want.Clusters == 1) {
			t.Errorf("%d edits: comparing all finds %+v", edits, want)
		}
	}
}

func TestCrossingCountsClustersNotPairs(t *testing.T) {
	t.Parallel()
	texts := corpus(2, 1500)
	want, got := exhaustive(t, texts), crossing(t, texts, 2)
	got.Near, want.Near = nil, nil // the pairs that tie clusters together may be others
	if got.Largest != 1 || !reflect.DeepEqual(got, want) || want.Clusters < 30 {
		t.Errorf("%+v, comparing all finds %+v", got, want)
	}
}

func TestShortTextsOfSeveralGroupsAreNoCrossing(t *testing.T) {
	t.Parallel()
	texts := []string{"спасибо", "спасибо", "спасибо", strings.Repeat("да ", 3), "да да да"}
	if got := crossing(t, texts, 1); !reflect.DeepEqual(got, dedup.Crossing{}) {
		t.Errorf("%+v", got)
	}
	if got := exhaustive(t, texts); !reflect.DeepEqual(got, dedup.Crossing{}) {
		t.Errorf("comparing all: %+v", got)
	}
}

func TestTextsComeBack(t *testing.T) {
	t.Parallel()
	store, err := dedup.NewTexts(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	texts := append(corpus(1, 1000), "", strings.Repeat("ы", 1<<19), "")
	for _, text := range texts {
		if err := store.Add(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Flush(); err != nil {
		t.Fatal(err)
	}
	for i := range texts {
		if got, err := store.Text(uint32(i)); err != nil || got != texts[i] {
			t.Fatalf("text %d: %v", i, err)
		}
	}
	if _, err := store.Text(uint32(len(texts))); err == nil || store.Len() != len(texts) {
		t.Errorf("a text that was never kept came back (%d kept)", store.Len())
	}
}

func TestALostTextEndsTheComparison(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	_, err := dedup.Exhaustive(t.Context(), 3, func(uint32) (string, error) { return "", lost }, thirds, dedup.Options{})
	if !errors.Is(err, lost) {
		t.Error(err)
	}
}
