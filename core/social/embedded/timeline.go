package embedded

import (
	"context"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Home implements social.Reader.
func (n *Network) Home(_ context.Context, viewer string, limit int) ([]*social.Post, error) {
	v, err := n.agent(viewer)
	if err != nil {
		return nil, err
	}
	a := &n.accounts[v]
	out := make([]*social.Post, 0, limit)
	take := func(num int32) bool {
		if p := n.posts.at(num); p != nil && n.atHome(v, p) {
			out = append(out, &p.Post)
		}
		return len(out) < limit
	}
	if len(a.follows) > manyFollows {
		for num := n.posts.count - 1; num >= max(0, n.posts.count-recentPosts) && take(num); num-- {
		}
		return out, nil
	}
	near := n.near(a)
	for i := len(near) - 1; i >= 0 && take(near[i]); i-- {
	}
	return out, nil
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

// Public implements social.Reader. It leaves out what Home shows.
func (n *Network) Public(_ context.Context, viewer string, limit int, draw *rand.Rand) ([]*social.Post, error) {
	v, err := n.agent(viewer)
	if err != nil {
		return nil, err
	}
	out := make([]*social.Post, 0, limit)
	recent := n.public[max(0, len(n.public)-recentPosts):]
	looks := 4 * limit // so that a viewer who follows nearly all costs no more
	for end := len(recent); end > 0 && len(out) < limit && looks > 0; {
		start := n.tickStart(recent[:end])
		out = n.fill(out, v, recent[start:end], limit, &looks, draw)
		end = start
	}
	return out, nil
}

// tickStart is where the posts of the last one's tick begin.
func (n *Network) tickStart(nums []int32) int {
	last := n.posts.at(nums[len(nums)-1])
	if last == nil {
		return 0
	}
	return sort.Search(len(nums), func(i int) bool {
		p := n.posts.at(nums[i])
		return p != nil && p.Tick >= last.Tick
	})
}

// fill adds posts of one tick: newest first where all fit, else drawn in a
// walk through them with a random start and stride, which costs what it takes
// and not what there is.
func (n *Network) fill(out []*social.Post, viewer int32, nums []int32, limit int, looks *int, draw *rand.Rand) []*social.Post {
	at, stride := len(nums)-1, len(nums)-1
	if len(nums) > limit-len(out) {
		at, stride = draw.IntN(len(nums)), coprime(draw, len(nums))
	}
	for range nums {
		if len(out) == limit || *looks == 0 {
			break
		}
		*looks--
		if p := n.posts.at(nums[at]); p != nil && p.author != viewer && n.visible(viewer, p) && !n.atHome(viewer, p) {
			out = append(out, &p.Post)
		}
		at = (at + stride) % len(nums)
	}
	return out
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
