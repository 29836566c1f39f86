package registry_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/llm-city/gorod/finetune/registry"
)

func ptr(x float64) *float64 { return &x }

func TestProgressLeavesOutWhatWasWaited(t *testing.T) {
	t.Parallel()
	var points []registry.Point
	for step := 1; step <= 20; step++ {
		points = append(points, registry.Point{Event: "log", Step: step, Of: 100, Loss: ptr(5 / float64(step)), MemoryGB: ptr(float64(30 - step)), Time: float64(step) * 2})
	}
	points = append(points, registry.Point{Event: "eval", Step: 20, EvalLoss: ptr(1), Time: 41}, registry.Point{Event: "resume", Step: 15, Time: 90000})
	for step := 16; step <= 40; step++ {
		points = append(points, registry.Point{Event: "log", Step: step, Of: 100, Loss: ptr(0.5), Time: 90000 + float64(step)*2})
	}
	points = append(points, registry.Point{Event: "eval", Step: 40, EvalLoss: ptr(1.2), Time: 90100})
	p := registry.ProgressOf(points)
	if p.Step != 40 || p.Of != 100 || *p.Loss != 0.5 || *p.EvalLoss != 1.2 || *p.BestEvalLoss != 1 || p.PeakGB != 29 || p.Resumed != 1 {
		t.Errorf("%+v", p)
	}
	if p.Left != 120*time.Second { // 60 steps of 2 s, a day of waiting notwithstanding
		t.Errorf("left %v", p.Left)
	}
	train, held := registry.Curves(points)
	if len(train) != 40 || train[15].Y != 0.5 || train[14].Y != 5.0/15 || len(held) != 1 || held[0].X != 40 {
		t.Errorf("%v %v", train, held)
	}
	if p := registry.ProgressOf(nil); p.Left != 0 || p.Loss != nil {
		t.Errorf("%+v", p)
	}
}

func TestACurveIsDrawn(t *testing.T) {
	t.Parallel()
	var falling []registry.XY
	for x := range 50 {
		falling = append(falling, registry.XY{X: float64(x), Y: 10 - float64(x)/5})
	}
	got := registry.Plot(30, 5, falling, []registry.XY{{X: 25, Y: 9}, {X: 49, Y: 4}})
	if !strings.HasPrefix(got, " 10 ┤⠉") || !strings.Contains(got, "\n0.2 ┤") || strings.Count(got, "◦") != 2 || strings.Count(got, "\n") != 6 {
		t.Errorf("\n%s", got)
	}
	rows := strings.Split(got, "\n")
	if at := strings.IndexFunc(rows[0], isBraille); at < 0 || strings.IndexFunc(rows[4], isBraille) < at {
		t.Errorf("it does not fall:\n%s", got)
	}
	if !strings.HasSuffix(rows[5], "0"+strings.Repeat(" ", 22)+"49") {
		t.Errorf("%q", rows[5])
	}
	for _, row := range rows {
		if runewidth.StringWidth(row) > 30 {
			t.Errorf("%q is wider than 30", row)
		}
	}
}

func isBraille(r rune) bool { return r > 0x2800 && r < 0x2900 }

func TestOddCurvesAreDrawnOrLeftOut(t *testing.T) {
	t.Parallel()
	one := []registry.XY{{X: 3, Y: 2}}
	if got := registry.Plot(20, 3, one, nil); strings.Count(got, "\n") != 4 || strings.IndexFunc(got, isBraille) < 0 {
		t.Errorf("one point:\n%s", got)
	}
	for name, got := range map[string]string{
		"none": registry.Plot(20, 3, nil, nil), "no room": registry.Plot(6, 3, one, nil), "no height": registry.Plot(40, 1, one, nil),
		"no number": registry.Plot(20, 3, []registry.XY{{X: 1, Y: math.NaN()}, {X: 2, Y: math.Inf(1)}}, nil),
	} {
		if got != "" {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

func FuzzAnyCurveFitsItsWidth(f *testing.F) {
	f.Add(40, 5, 1.0, 2.0, 3.0, 4.0)
	f.Add(10, 2, -math.MaxFloat64, math.MaxFloat64, 0.0, 1e300)
	f.Fuzz(func(t *testing.T, width, height int, a, b, c, d float64) {
		if width > 300 || height > 100 {
			return
		}
		got := registry.Plot(width, height, []registry.XY{{X: a, Y: b}, {X: c, Y: d}}, []registry.XY{{X: b, Y: a}})
		for row := range strings.SplitSeq(got, "\n") {
			if runewidth.StringWidth(row) > max(width, 0) {
				t.Errorf("%d columns: %q", width, row)
			}
		}
	})
}
