package embedded

import (
	"context"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// walk is the reading of a timeline: posts of which keep may be shown, at most
// limit of them, after at most looks at posts.
type walk struct {
	n     *Network
	keep  func(*post) bool
	limit int
	looks int
	draw  *rand.Rand
	out   []*social.Post
}

// Home implements social.Reader.
func (n *Network) Home(_ context.Context, viewer string, limit int, draw *rand.Rand) ([]*social.Post, error) {
	v, err := n.agent(viewer)
	if err != nil {
		return nil, err
	}
	w := &walk{n: n, keep: func(p *post) bool { return n.atHome(v, p) }, limit: limit, looks: recentPosts, draw: draw}
	if a := &n.accounts[v]; len(a.follows) > manyFollows {
		first := max(n.posts.oldest(), n.posts.count-recentPublic)
		w.read(int(n.posts.count-first), func(i int) *post { return n.posts.at(first + int32(i)) })
	} else {
		near := n.near(a)
		w.read(len(near), func(i int) *post { return n.posts.at(near[i]) })
	}
	return w.out, nil
}

// Public implements social.Reader.
func (n *Network) Public(_ context.Context, viewer string, limit int, draw *rand.Rand) ([]*social.Post, error) {
	v, err := n.agent(viewer)
	if err != nil {
		return nil, err
	}
	keep := func(p *post) bool { return p.author != v && n.visible(v, p) && !n.atHome(v, p) }
	w := &walk{n: n, keep: keep, limit: limit, looks: 4 * limit, draw: draw}
	recent := n.public[max(0, len(n.public)-recentPublic):]
	w.read(len(recent), func(i int) *post { return n.posts.at(recent[i]) })
	return w.out, nil
}

// read goes through count posts, given in the order of their making, from the
// last tick backwards. Posts that are not kept any more are nil.
func (w *walk) read(count int, at func(int) *post) {
	w.out = make([]*social.Post, 0, min(count, w.limit))
	for end := count; end > 0 && len(w.out) < w.limit && w.looks > 0; {
		last := at(end - 1)
		if last == nil {
			return
		}
		start := sort.Search(end, func(i int) bool {
			p := at(i)
			return p != nil && p.Tick >= last.Tick
		})
		w.fill(start, end, at)
		end = start
	}
}

// fill adds posts of one tick: newest first where all fit, else drawn in a
// walk through them with a random start and stride, which costs what it takes
// and not what there is.
func (w *walk) fill(start, end int, at func(int) *post) {
	count := end - start
	i, stride := count-1, count-1
	if count > w.limit-len(w.out) {
		i, stride = w.draw.IntN(count), coprime(w.draw, count)
	}
	for range count {
		if len(w.out) == w.limit || w.looks == 0 {
			return
		}
		w.looks--
		if p := at(start + i); p != nil && w.keep(p) {
			w.out = append(w.out, &p.Post)
		}
		i = (i + stride) % count
	}
}

// coprime draws a stride that visits each of count places once.
func coprime(draw *rand.Rand, count int) int {
	for {
		stride := 1 + draw.IntN(count)
		if gcd(stride, count) == 1 {
			return stride
		}
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// near are the recent posts of those whom an account follows and of its groups.
func (n *Network) near(a *account) []int32 {
	size := 0
	for _, f := range a.follows {
		size += len(n.accounts[f].recent)
	}
	for _, g := range a.groups {
		size += len(n.groups[g].recent)
	}
	near := make([]int32, 0, size)
	for _, f := range a.follows {
		near = append(near, n.accounts[f].recent...)
	}
	for _, g := range a.groups {
		near = append(near, n.groups[g].recent...)
	}
	slices.Sort(near)
	return slices.Compact(near)
}

// atHome reports whether a home timeline shows a post: one of a group of the
// viewer, or of somebody followed; of answers only those to oneself or to
// somebody whom the viewer follows too.
func (n *Network) atHome(viewer int32, p *post) bool {
	if p.author == viewer || p.Audience == social.Direct || !n.visible(viewer, p) {
		return false
	}
	v := &n.accounts[viewer]
	if p.Kind == sdk.ItemReply {
		parent := n.posts.at(p.parent)
		if parent == nil || parent.author != p.author && !has(v.follows, parent.author) {
			return false
		}
		return has(v.follows, p.author)
	}
	return has(v.follows, p.author) || p.group != none && has(v.groups, p.group)
}
