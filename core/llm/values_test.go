package llm_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm"
)

func TestSeedsFoldIntoWhatServersTake(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for _, seed := range []uint64{0, 1, 2, 1 << 31, 1 << 32, 1 << 63, math.MaxUint64, math.MaxUint64 - 1} {
		folded := llm.FoldSeed(seed)
		if folded < 0 || folded > math.MaxInt32 || seen[folded] {
			t.Errorf("%d folds into %d", seed, folded)
		}
		seen[folded] = true
	}
}

func TestThoughtsAreNoPartOfTheAnswer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Привет": "Привет", "<think>гм</think>Привет": "Привет", " <think>\nгм\n</think>\n\nПривет ": "Привет",
		"гм</think>Привет": "Привет", "<think>не успел": "", "a </think": "a </think",
		`{"text":"</think>"}`: `{"text":"</think>"}`, "": "",
	} {
		if got := llm.WithoutThinking(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestVectorsComeOutAtUnitLength(t *testing.T) {
	t.Parallel()
	v := [][]float32{{3, 4}, {0, -2}, {0.6, 0.8}}
	if err := llm.CheckVectors(v, 3); err != nil {
		t.Fatal(err)
	}
	for _, x := range v {
		if sum := x[0]*x[0] + x[1]*x[1]; math.Abs(float64(sum)-1) > 1e-6 {
			t.Errorf("%v is not of unit length", x)
		}
	}
	if v[2][0] != 0.6 {
		t.Error("a unit vector was changed")
	}
}

func TestVectorsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for name, v := range map[string][][]float32{
		"too few": {{1}}, "unequal": {{1}, {1, 0}}, "empty": {{}, {}}, "zero": {{1, 0}, {0, 0}}, "nan": {{1}, {nan}}, "infinite": {{inf}, {1}},
	} {
		if err := llm.CheckVectors(v, 2); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestErrorsSayWhatWhereAndWhatToDo(t *testing.T) {
	t.Parallel()
	cause := errors.New("connection refused")
	err := error(&llm.Error{Kind: llm.Unavailable, Endpoint: "http://a", Model: "m", After: time.Second, Hint: "start it", Err: cause})
	for _, want := range []string{"http://a", "model m", "unavailable", "connection refused", "start it"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if !errors.Is(err, cause) || !llm.IsKind(err, llm.Unavailable) || llm.IsKind(err, llm.Timeout) || llm.IsKind(cause, llm.Unavailable) {
		t.Error("the cause or the kind is lost")
	}
}
