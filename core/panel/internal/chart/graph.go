package chart

import (
	"cmp"
	"math"
	"slices"
)

// Graphs are GraphWidth × GraphHeight units.
const (
	GraphWidth  = 1000.0
	GraphHeight = 620.0
	margin      = 40.0
	aside       = 115.0 // room for names
)

// Node is somebody in a graph. Weight is the size.
type Node struct {
	Label  string
	Title  string
	Link   string
	Class  string
	Weight int
}

// Edge joins two nodes by their places.
type Edge struct {
	From, To int
	Weight   int
	Class    string
	Title    string
}

// Graph is a drawn graph.
type Graph struct {
	Nodes []Placed
	Edges []Joined
}

// Placed is a node at its place.
type Placed struct {
	Node
	X, Y, R string
	LabelY  string
	Named   bool // its label is shown; the others tell it
}

// Joined is an edge at its place. Width is w1 (thin) to w4.
type Joined struct {
	X1, Y1, X2, Y2 string
	Width          string
	Class          string
	Title          string
}

// labelled is how many nodes show their names.
const labelled = 24

// Lay places the nodes of a graph by forces: those that are joined attract each
// other, all others keep apart. The same graph is always placed the same.
func Lay(nodes []Node, edges []Edge) Graph {
	at := place(len(nodes), edges)
	heaviest := 1
	for _, n := range nodes {
		heaviest = max(heaviest, n.Weight)
	}
	var g Graph
	g.Edges = join(edges, at)
	byWeight := make([]int, len(nodes))
	for i := range byWeight {
		byWeight[i] = i
	}
	slices.SortStableFunc(byWeight, func(a, b int) int { return cmp.Compare(nodes[b].Weight, nodes[a].Weight) })
	named := map[int]bool{}
	for _, i := range byWeight[:min(labelled, len(nodes))] {
		named[i] = true
	}
	for i, n := range nodes {
		r := 5 + 13*math.Sqrt(float64(n.Weight)/float64(heaviest))
		g.Nodes = append(g.Nodes, Placed{n, unit(at[i].x), unit(at[i].y), unit(r), unit(at[i].y + r + 15), named[i]})
	}
	return g
}

func join(edges []Edge, at []point) (out []Joined) {
	heaviest := 1
	for _, e := range edges {
		heaviest = max(heaviest, e.Weight)
	}
	for _, e := range slices.Backward(edges) { // the strongest on top
		width := 1 + int(3*float64(e.Weight)/float64(heaviest))
		out = append(out, Joined{
			unit(at[e.From].x), unit(at[e.From].y), unit(at[e.To].x), unit(at[e.To].y),
			[]string{"w1", "w2", "w3", "w4"}[min(width, 4)-1], e.Class, e.Title,
		})
	}
	return out
}

type point struct{ x, y float64 }

const (
	rounds   = 160
	together = 3 // pull to the middle: whoever talks to few does not drift away
)

// place is Fruchterman and Reingold's layout from a spiral.
func place(n int, edges []Edge) []point {
	at := make([]point, n)
	const golden = 2.399963229728653 // angle that spreads points evenly
	for i := range at {
		r := math.Sqrt((float64(i) + 0.5) / float64(n))
		at[i] = point{r * math.Cos(float64(i)*golden), r * math.Sin(float64(i)*golden)}
	}
	if n > 1 {
		k := 1.6 / math.Sqrt(float64(n))
		for round := range rounds {
			relax(at, edges, k, 0.12*(1-float64(round)/rounds))
		}
	}
	return fit(at)
}

// relax moves every point by its forces, no further than heat.
func relax(at []point, edges []Edge, k, heat float64) {
	force := make([]point, len(at))
	for i := range at {
		for j := range i {
			dx, dy := at[i].x-at[j].x, at[i].y-at[j].y
			d2 := max(dx*dx+dy*dy, 1e-6)
			push := k * k / d2
			force[i].x += dx * push
			force[i].y += dy * push
			force[j].x -= dx * push
			force[j].y -= dy * push
		}
		force[i].x -= at[i].x * k * together
		force[i].y -= at[i].y * k * together
	}
	for _, e := range edges {
		dx, dy := at[e.From].x-at[e.To].x, at[e.From].y-at[e.To].y
		pull := math.Hypot(dx, dy) / k * (0.5 + 0.5*math.Log2(1+float64(e.Weight)))
		force[e.From].x -= dx * pull
		force[e.From].y -= dy * pull
		force[e.To].x += dx * pull
		force[e.To].y += dy * pull
	}
	for i, f := range force {
		size := max(math.Hypot(f.x, f.y), 1e-9)
		step := min(size, heat)
		at[i].x += f.x / size * step
		at[i].y += f.y / size * step
	}
}

// fit stretches the points over the drawing.
func fit(at []point) []point {
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, p := range at {
		low, high = point{min(low.x, p.x), min(low.y, p.y)}, point{max(high.x, p.x), max(high.y, p.y)}
	}
	for i, p := range at {
		at[i] = point{stretch(p.x, low.x, high.x, GraphWidth, aside), stretch(p.y, low.y, high.y, GraphHeight, margin)}
	}
	return at
}

func stretch(v, low, high, room, margin float64) float64 {
	if high-low < 1e-9 {
		return room / 2
	}
	return margin + (v-low)/(high-low)*(room-2*margin)
}
