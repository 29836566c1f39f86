package network

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/embedded"
	"github.com/llm-city/gorod/core/spec"
)

// maxFollows of all residents together at the start.
const maxFollows = 4_000_000

// embed makes the embedded network with the follow graph and the groups that a
// study wants.
func embed(o Options, directory *people.Directory) (social.Network, error) {
	follows, err := Graph(o.Settings.Follows, o.Residents, o.Seed)
	if err != nil {
		return nil, err
	}
	options := embedded.Options{Follows: follows}
	for _, r := range o.Residents {
		options.Agents = append(options.Agents, r.ID)
	}
	for _, g := range o.Settings.Groups {
		members, err := membersOf(g, o.Residents, directory)
		if err != nil {
			return nil, err
		}
		options.Groups = append(options.Groups, embedded.Founded{
			Group:   social.Group{Name: g.Name, About: g.About, Audience: social.Audience(g.Audience)},
			Members: members,
		})
	}
	return embedded.New(options)
}

// membersOf finds the members of a group: residents by name or id, or all of a
// group of the population.
func membersOf(g spec.NetGroup, residents []spec.Resident, directory *people.Directory) ([]int32, error) {
	var members []int32
	for _, name := range g.Members {
		i := directory.Find(name)
		if i >= 0 {
			members = append(members, int32(i))
			continue
		}
		before := len(members)
		for j, r := range residents {
			if r.Group == name {
				members = append(members, int32(j))
			}
		}
		if len(members) == before {
			return nil, fmt.Errorf("group %q: no resident and no group of the population is called %q", g.Name, name)
		}
	}
	slices.Sort(members)
	return slices.Compact(members), nil
}

// Graph draws the follow graph: for each resident the places of those it
// follows, ascending. The same seed draws the same graph. Degree is at most all
// others.
//
//   - none: nobody follows anybody.
//   - complete: everybody follows everybody.
//   - random: each follows Degree others, drawn uniformly.
//   - ring: each follows the Degree nearest by place, half on each side.
//   - small-world: a ring in which every tie is, with probability Rewire, moved
//     to a random other (Watts and Strogatz 1998); ties are mutual.
//   - groups: each follows Degree others of its group of the population, or all
//     of them where Degree is 0, and each other resident with probability
//     Between.
func Graph(f spec.Follows, residents []spec.Resident, seed uint64) ([][]int32, error) {
	g := &graph{count: len(residents), draw: rand.New(rand.NewPCG(seed, 0x666f6c6c6f7773))} // "follows"
	g.edges = make([][]int32, g.count)
	f.Degree = min(max(f.Degree, 0), max(g.count-1, 0))
	total := g.count * f.Degree
	if f.Graph == "complete" {
		total = g.count * g.count
	}
	if total > maxFollows {
		return nil, fmt.Errorf("follows: a %s graph of %d residents is too large: at most %d follows", f.Graph, g.count, maxFollows)
	}
	switch f.Graph {
	case "none", "":
	case "complete":
		g.within(g.everybody(), all)
	case "random":
		g.within(g.everybody(), f.Degree)
	case "ring":
		g.ring(f.Degree)
	case "small-world":
		g.smallWorld(f.Degree, f.Rewire)
	case "groups":
		return g.edges, g.groups(f, residents)
	default:
		return nil, fmt.Errorf("follows: no graph is called %q: none, complete, random, ring, small-world and groups are", f.Graph)
	}
	return g.edges, nil
}

type graph struct {
	count int
	draw  *rand.Rand
	edges [][]int32
}

func (g *graph) everybody() []int32 {
	out := make([]int32, g.count)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// link makes a follow b and says whether it did not yet.
func (g *graph) link(a, b int32) bool {
	at, found := slices.BinarySearch(g.edges[a], b)
	if !found {
		g.edges[a] = slices.Insert(g.edges[a], at, b)
	}
	return !found
}

func (g *graph) unlink(a, b int32) {
	if at, found := slices.BinarySearch(g.edges[a], b); found {
		g.edges[a] = slices.Delete(g.edges[a], at, at+1)
	}
}

// all others, as a degree.
const all = -1

// within makes each of some follow degree others of them, drawn uniformly, or
// all where there are no more.
func (g *graph) within(some []int32, degree int) {
	for _, a := range some {
		if degree == all || degree >= len(some)-1 {
			for _, b := range some {
				if b != a {
					g.link(a, b)
				}
			}
			continue
		}
		for made := 0; made < degree; {
			if b := some[g.draw.IntN(len(some))]; b != a && g.link(a, b) {
				made++
			}
		}
	}
}

// ring links each to its nearest neighbours; an odd degree adds one ahead.
func (g *graph) ring(degree int) {
	for a := range g.count {
		for d := 1; d <= (degree+1)/2; d++ {
			g.link(int32(a), int32((a+d)%g.count))
			if d <= degree/2 {
				g.link(int32(a), int32((a-d+g.count)%g.count))
			}
		}
	}
}

// smallWorld moves ties of a ring, lap by lap as Watts and Strogatz did.
func (g *graph) smallWorld(degree int, rewire float64) {
	g.ring(degree / 2 * 2)
	for d := 1; d <= degree/2; d++ {
		for a := range int32(g.count) {
			old := int32((int(a) + d) % g.count)
			if g.draw.Float64() >= rewire || len(g.edges[a]) >= g.count-1 {
				continue
			}
			to := int32(g.draw.IntN(g.count))
			for to == a || !g.link(a, to) {
				to = int32(g.draw.IntN(g.count))
			}
			g.link(to, a)
			g.unlink(a, old)
			g.unlink(old, a)
		}
	}
}

// groups links residents inside their groups, and some across.
func (g *graph) groups(f spec.Follows, residents []spec.Resident) error {
	var names []string
	members := map[string][]int32{}
	for i, r := range residents {
		if members[r.Group] == nil {
			names = append(names, r.Group)
		}
		members[r.Group] = append(members[r.Group], int32(i))
	}
	expected := f.Between * float64(g.count) * float64(g.count)
	for _, name := range names {
		if n := len(members[name]); f.Degree == 0 {
			expected += float64(n) * float64(n)
		}
	}
	if expected > maxFollows {
		return fmt.Errorf("follows: %.0f follows between %d residents are too many: at most %d", expected, g.count, maxFollows)
	}
	degree := f.Degree
	if degree == 0 {
		degree = all
	}
	for _, name := range names {
		g.within(members[name], degree)
	}
	g.across(f.Between, residents)
	return nil
}

// across links each ordered pair of different groups with a probability. It
// draws how many pairs to skip, which costs what it links.
func (g *graph) across(p float64, residents []spec.Resident) {
	if p <= 0 {
		return
	}
	pairs := float64(g.count) * float64(g.count)
	for at := -1.0; ; {
		if at++; p < 1 {
			at += math.Floor(math.Log1p(-g.draw.Float64()) / math.Log1p(-p))
		}
		if at >= pairs {
			return
		}
		a, b := int32(int64(at)/int64(g.count)), int32(int64(at)%int64(g.count))
		if residents[a].Group != residents[b].Group {
			g.link(a, b)
		}
	}
}
