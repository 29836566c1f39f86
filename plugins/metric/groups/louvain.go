package groups

import (
	"cmp"
	"slices"
)

// network is a weighted, directed graph, or one of communities of it. As a
// gain of modularity counts ties in both directions, links hold their sum; a
// node's ties to itself change no gain and stand in out and in alone.
type network struct {
	links   [][]link
	out, in []float64 // what leaves and reaches each node
	total   float64
}

// link to another node.
type link struct {
	to     int
	weight float64
}

// newNetwork makes the network of n nodes.
func newNetwork(n int, keys []tie, weights map[tie]float64) *network {
	g := &network{links: make([][]link, n), out: make([]float64, n), in: make([]float64, n)}
	for _, k := range keys {
		w := weights[k]
		g.out[k.from] += w
		g.in[k.to] += w
		g.total += w
		g.links[k.from] = append(g.links[k.from], link{k.to, w})
		g.links[k.to] = append(g.links[k.to], link{k.from, w})
	}
	for i := range g.links {
		g.links[i] = merged(g.links[i])
	}
	return g
}

// merged sorts links and adds up those to the same node.
func merged(links []link) []link {
	slices.SortStableFunc(links, func(a, b link) int { return cmp.Compare(a.to, b.to) })
	out := links[:0]
	for _, l := range links {
		if n := len(out); n > 0 && out[n-1].to == l.to {
			out[n-1].weight += l.weight
		} else {
			out = append(out, l)
		}
	}
	return out
}

// louvain is the community of each node, numbered from 0, by the method of
// Blondel et al. 2008 with the gain of directed modularity: nodes move, in
// their order, to the community that gains most until none does; then
// communities become nodes.
func (g *network) louvain() []int {
	of := make([]int, len(g.links))
	for i := range of {
		of[i] = i
	}
	for {
		moved, n := g.move()
		for i := range of {
			of[i] = moved[of[i]]
		}
		if n == len(g.links) {
			return of
		}
		g = g.reduced(moved, n)
	}
}

const (
	maxSweeps = 100
	leastGain = 1e-10 // of modularity that is more than rounding
)

// move finds the community of each node, numbered from 0, and their number.
func (g *network) move() (of []int, n int) {
	of = make([]int, len(g.links))
	for i := range of {
		of[i] = i
	}
	out, in := slices.Clone(g.out), slices.Clone(g.in) // of communities
	tied := make([]float64, len(g.links))              // to the node at hand
	for range maxSweeps {
		moves := 0
		for i, links := range g.links {
			own := of[i]
			out[own], in[own] = out[own]-g.out[i], in[own]-g.in[i]
			for _, l := range links {
				tied[of[l.to]] += l.weight
			}
			gain := func(c int) float64 {
				return (tied[c] - (g.out[i]*in[c]+g.in[i]*out[c])/g.total) / g.total
			}
			best, most := own, gain(own)
			for _, l := range links {
				if c := of[l.to]; gain(c) > most+leastGain {
					best, most = c, gain(c)
				}
			}
			for _, l := range links {
				tied[of[l.to]] = 0
			}
			of[i] = best
			out[best], in[best] = out[best]+g.out[i], in[best]+g.in[i]
			if best != own {
				moves++
			}
		}
		if moves == 0 {
			break
		}
	}
	return renumbered(of)
}

// renumbered are the same communities, numbered from 0 in the order of their
// first node, and their number.
func renumbered(of []int) ([]int, int) {
	names := map[int]int{}
	for i, c := range of {
		if _, ok := names[c]; !ok {
			names[c] = len(names)
		}
		of[i] = names[c]
	}
	return of, len(names)
}

// reduced is the network of communities.
func (g *network) reduced(of []int, n int) *network {
	r := &network{links: make([][]link, n), out: make([]float64, n), in: make([]float64, n), total: g.total}
	for i, links := range g.links {
		c := of[i]
		r.out[c] += g.out[i]
		r.in[c] += g.in[i]
		for _, l := range links {
			if of[l.to] != c {
				r.links[c] = append(r.links[c], link{of[l.to], l.weight})
			}
		}
	}
	for i := range r.links {
		r.links[i] = merged(r.links[i])
	}
	return r
}
