package score_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
)

func TestASheetHoldsNumbersOnly(t *testing.T) {
	t.Parallel()
	var s score.Sheet
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0.5} {
		s.Run("m", x, 1)
	}
	if got := s.Scores(); len(got) != 1 || got[0].Value != 0.5 || got[0].Tick != -1 {
		t.Errorf("%+v", got)
	}
}

func TestWindowsPartARun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		width, ticks int64
		want         []int64
	}{
		"even":       {2, 4, []int64{1, 3}},
		"a rest":     {3, 4, []int64{2, 3}},
		"too wide":   {9, 4, []int64{3}},
		"none":       {2, 0, nil},
		"of 20":      {0, 60, []int64{2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 32, 35, 38, 41, 44, 47, 50, 53, 56, 59}},
		"one a tick": {0, 3, []int64{0, 1, 2}},
	} {
		var got []int64
		closed := func(last int64) { got = append(got, last) }
		w := score.NewWindows(c.width, c.ticks)
		w.Before(c.ticks/2, closed)
		if len(got) > 0 && got[len(got)-1] >= c.ticks/2 {
			t.Errorf("%s: a window is closed before its last tick: %v", name, got)
		}
		w.Before(c.ticks+5, closed)
		w.End(closed)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestACounterIsBounded(t *testing.T) {
	t.Parallel()
	var c score.Counter
	for i := range 1000 {
		c.Add(fmt.Sprint("kind", i))
		c.Add("often")
	}
	if len(c.Names()) > 257 || c.Total != 2000 || c.Of(score.Others) != 1000-255 || c.Of("often") != 1000 {
		t.Errorf("%d names, %d in all, %v others, %v often", len(c.Names()), c.Total, c.Of(score.Others), c.Of("often"))
	}
	long := strings.Repeat("ёж", 100)
	c = score.Counter{}
	c.Add(long)
	if name := c.Names()[0]; len([]rune(name)) > 80 || c.Of(name) != 1 {
		t.Errorf("%q", name)
	}
}

func TestConfigsAreReadOverTheirDefaults(t *testing.T) {
	t.Parallel()
	type config struct{ A, B int }
	got, err := score.Config([]byte(`{"b":3}`), config{1, 2})
	if d := cmp.Diff(config{1, 3}, got); d != "" || err != nil {
		t.Error(d, err)
	}
	if _, err := score.Config([]byte(`{"a":"x"}`), config{}); err == nil {
		t.Error("a config that does not fit is read")
	}
}
