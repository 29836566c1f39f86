package build

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// exchangesOf are n random exchanges: a few words of a small vocabulary, of
// which some are common.
func exchangesOf(n, words int) (turns []string, facts []exchangeFacts) {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	now := int64(1_700_000_000)
	for i := range n {
		var turn []string
		for range 1 + r.IntN(words) {
			turn = append(turn, fmt.Sprintf("слово%c%c", 'а'+rune(min(r.IntN(20), r.IntN(20))), 'а'+rune(r.IntN(3))))
		}
		now += int64(r.IntN(40) - 3) // now and then backwards
		turns = append(turns, strings.Join(turn, " "))
		facts = append(facts, exchangeFacts{asked: now, replied: now + int64(r.IntN(60)), thread: uint64(i / 5), source: r.IntN(4) > 0, target: uint32(r.IntN(2))})
	}
	return turns, facts
}

func retrieverOf(turns []string, facts []exchangeFacts, k int) *retriever {
	r := newRetriever(k)
	for i, turn := range turns {
		r.add(turn, facts[i])
	}
	return r
}

// slow finds the nearest by comparing each exchange with each.
func slow(r *retriever, facts []exchangeFacts, i int) []hit {
	weights := r.weights()
	length := func(j int) float64 {
		sum := 0.0
		for _, t := range r.of(j) {
			sum += float64(weights[t]) * float64(weights[t])
		}
		return math.Sqrt(sum)
	}
	var hits []hit
	for j, f := range facts {
		if !f.source || f.replied > facts[i].asked || f.thread == facts[i].thread || f.target != facts[i].target {
			continue
		}
		dot := 0.0
		for _, t := range r.of(j) {
			if slices.Contains(r.of(i), t) {
				dot += float64(weights[t]) * float64(weights[t])
			}
		}
		if score := dot / (length(i) * length(j)); score >= leastLike {
			hits = append(hits, hit{uint32(j), float32(score)})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.exchange, a.exchange)) })
	return hits[:min(r.k, len(hits))]
}

func TestNearestExchangesAreThoseOfComparingAll(t *testing.T) {
	t.Parallel()
	turns, facts := exchangesOf(600, rarest)
	r := retrieverOf(turns, facts, 3)
	found, err := r.search(t.Context(), func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	some := 0
	for i := range turns {
		want := slow(r, facts, i)
		some += len(want)
		if len(found[i]) != len(want) {
			t.Fatalf("%d finds %v, want %v", i, found[i], want)
		}
		for n, h := range found[i] { // of equally alike ones rounding may choose
			if math.Abs(float64(h.score-want[n].score)) > 1e-4 {
				t.Errorf("%d finds %v, want %v", i, found[i], want)
			}
		}
	}
	if some < 600 {
		t.Errorf("only %d are to be found", some)
	}
}

// Of long turns only the rarest stems are looked up: most of what is alike is
// found, and how alike it is said to be is true.
func TestOfLongTurnsTheNearestAreFoundMostly(t *testing.T) {
	t.Parallel()
	turns, facts := exchangesOf(600, 4*rarest)
	r := retrieverOf(turns, facts, 5)
	found, err := r.search(t.Context(), func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	hits, all := 0, 0
	for i := range turns {
		want := slow(r, facts, i)
		for _, w := range want {
			all++
			for _, h := range found[i] {
				if h.exchange == w.exchange {
					hits++
					if math.Abs(float64(h.score-w.score)) > 1e-4 {
						t.Errorf("%d says %v of %d, want %v", i, h.score, h.exchange, w.score)
					}
				}
			}
		}
	}
	if hits*10 < all*8 {
		t.Errorf("found %d of %d", hits, all)
	}
}

func TestNothingOfTheFutureTheSameSessionOrAnotherSplitIsFound(t *testing.T) {
	t.Parallel()
	same := "когда приедет поезд из москвы"
	facts := []exchangeFacts{
		{asked: 10, replied: 20, thread: 1, source: true},
		{asked: 30, replied: 40, thread: 2, source: false},           // of the test split
		{asked: 50, replied: 60, thread: 3, source: true, target: 9}, // of somebody else
		{asked: 55, replied: 200, thread: 4, source: true},           // answered too late
		{asked: 70, replied: 80, thread: 5, source: true},
		{asked: 100, replied: 110, thread: 5, source: true},
		{asked: 300, replied: 310, thread: 6, source: true},
	}
	turns := slices.Repeat([]string{same}, len(facts))
	turns[6] = "совсем другое дело"
	found, err := retrieverOf(turns, facts, 9).search(t.Context(), func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]uint32{nil, {0}, nil, {0}, {0}, {0}, nil} {
		var got []uint32
		for _, h := range found[i] {
			got = append(got, h.exchange)
			if h.score < 0.999 || h.score > 1 {
				t.Errorf("%d is %v like %d", i, h.score, h.exchange)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d finds %v, want %v", i, got, want)
		}
	}
}

func TestSearchIsTheSameEachTimeAndEndsWithTheContext(t *testing.T) {
	t.Parallel()
	turns, facts := exchangesOf(400, 10)
	first, err := retrieverOf(turns, facts, 4).search(t.Context(), func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := retrieverOf(turns, facts, 4).search(t.Context(), func(int) {})
		if err != nil || fmt.Sprint(again) != fmt.Sprint(first) {
			t.Fatalf("%v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := retrieverOf(turns, facts, 4).search(ctx, func(int) {}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
