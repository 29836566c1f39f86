package chart_test

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/panel/internal/chart"
)

func options() chart.Options {
	return chart.Options{
		Label: func(tick int64) string { return strconv.FormatInt(tick, 10) }, Say: func(tick int64) string { return fmt.Sprint("tick ", tick) },
		Value: func(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) },
	}
}

func TestALineGoesFromEdgeToEdgeAndLeavesGaps(t *testing.T) {
	t.Parallel()
	opts := options()
	opts.Marks = []chart.Mark{{Tick: 1, Kind: "event", Title: "snow"}, {Tick: 9}}
	f := chart.Draw([]chart.Series{{Name: "a", Values: []float64{0, 10, math.NaN(), 5, 10}}}, opts)
	if got := f.Lines[0].Path; got != "M0 240L250 0M750 120L1000 0" {
		t.Errorf("path %s", got)
	}
	if !reflect.DeepEqual(f.Y, []string{"10", "8", "6", "4", "2", "0"}) || !reflect.DeepEqual(f.X, []string{"0", "2", "4"}) || f.Zero != "" || f.Lines[0].Last != "10" {
		t.Errorf("%+v", f)
	}
	if len(f.Marks) != 1 || f.Marks[0].X != "250" || f.Hits[1].Title != "tick 1\na: 10" || f.Rows[2][1] != "—" {
		t.Errorf("%+v", f)
	}
}

func TestSharesFillTheFigure(t *testing.T) {
	t.Parallel()
	opts := options()
	opts.Stack, opts.Share, opts.High = true, true, 1
	f := chart.Draw([]chart.Series{{Name: "a", Values: []float64{1, 0, 3}}, {Name: "b", Values: []float64{3, 0, 1}}}, opts)
	if f.Lines[0].Last != "0.75" || f.Lines[1].Last != "0.25" || f.Y[0] != "1" {
		t.Errorf("%+v", f.Lines)
	}
	if got := f.Lines[1].Area; got != "M0 0L0 180ZM1000 0L1000 60Z" {
		t.Errorf("area %s", got)
	}
	if f.Rows[1][1] != "—" {
		t.Errorf("a share of nothing is %s", f.Rows[1][1])
	}
}

func TestScalesAreEasyToRead(t *testing.T) {
	t.Parallel()
	for top, want := range map[float64]string{0: "1 0.8 0.6 0.4 0.2 0", 13: "15 10 5 0", 99: "100 80 60 40 20 0", 12345: "12500 10000 7500 5000 2500 0", 0.07: "0.08 0.06 0.04 0.02 0"} {
		opts := options()
		opts.Value = func(v float64) string { return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64) }
		f := chart.Draw([]chart.Series{{Values: []float64{0, top}}}, opts)
		if got := strings.Join(f.Y, " "); got != want {
			t.Errorf("up to %v: %s", top, got)
		}
	}
	opts := options()
	opts.Low, opts.High = -0.2, 0.4
	if f := chart.Draw([]chart.Series{{Values: []float64{-0.5, 0.5}}}, opts); f.Zero != "120" {
		t.Errorf("zero at %q of %v", f.Zero, f.Y)
	}
}

func TestLongRunsAreDrawnWithFewPoints(t *testing.T) {
	t.Parallel()
	values := make([]float64, 10_000)
	for i := range values {
		values[i] = float64(i)
	}
	f := chart.Draw([]chart.Series{{Values: values}}, options())
	if n := strings.Count(f.Lines[0].Path, "L"); n > 250 || len(f.Hits) > 250 || len(f.Rows) > 60 {
		t.Errorf("%d points, %d places, %d rows", n, len(f.Hits), len(f.Rows))
	}
	if f.Lines[0].Last != "9999" || f.Rows[len(f.Rows)-1][0] != "9996" {
		t.Errorf("%s, %v", f.Lines[0].Last, f.Rows[len(f.Rows)-1])
	}
}

func TestNothingAndOneValueAreDrawn(t *testing.T) {
	t.Parallel()
	if f := chart.Draw([]chart.Series{{Name: "a"}}, options()); !f.Empty {
		t.Errorf("%+v", f)
	}
	if f := chart.Draw([]chart.Series{{Values: []float64{3}}}, options()); f.Lines[0].Path != "M500 0h2" || len(f.X) != 1 {
		t.Errorf("%+v", f)
	}
}

func ring(n int) (nodes []chart.Node, edges []chart.Edge) {
	for i := range n {
		nodes = append(nodes, chart.Node{Label: fmt.Sprint(i), Weight: i})
		edges = append(edges, chart.Edge{From: i, To: (i + 1) % n, Weight: 1 + i})
	}
	return nodes, edges
}

func TestAGraphIsAlwaysLaidTheSameAndWithinItsBounds(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, 60, 150} {
		nodes, edges := ring(n)
		g := chart.Lay(nodes, edges)
		if !reflect.DeepEqual(g, chart.Lay(nodes, edges)) {
			t.Errorf("%d nodes are laid differently", n)
		}
		places := map[string]bool{}
		for _, p := range g.Nodes {
			x, errX := strconv.ParseFloat(p.X, 64)
			y, errY := strconv.ParseFloat(p.Y, 64)
			if errX != nil || errY != nil || math.IsNaN(x) || x < 0 || x > chart.GraphWidth || y < 0 || y > chart.GraphHeight {
				t.Fatalf("%d nodes: %+v", n, p)
			}
			places[p.X+" "+p.Y] = true
		}
		if len(places) != n {
			t.Errorf("%d nodes lie at %d places", n, len(places))
		}
	}
}

func TestThoseWhoAreJoinedLieNearer(t *testing.T) {
	t.Parallel()
	nodes := make([]chart.Node, 20)
	var edges []chart.Edge
	for i := range 20 { // two circles of friends, joined once
		for j := range i {
			if i/10 == j/10 {
				edges = append(edges, chart.Edge{From: i, To: j, Weight: 3})
			}
		}
	}
	edges = append(edges, chart.Edge{From: 0, To: 10, Weight: 1})
	g := chart.Lay(nodes, edges)
	far := func(a, b int) float64 {
		at := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }
		return math.Hypot(at(g.Nodes[a].X)-at(g.Nodes[b].X), at(g.Nodes[a].Y)-at(g.Nodes[b].Y))
	}
	if near, away := far(1, 2), far(1, 12); near >= away {
		t.Errorf("friends are %.0f apart, strangers %.0f", near, away)
	}
}

func BenchmarkLay(b *testing.B) {
	nodes, edges := ring(150)
	for b.Loop() {
		chart.Lay(nodes, edges)
	}
}
