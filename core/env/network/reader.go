package network

import (
	"slices"

	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/social"
)

// reader is what the environment keeps of a resident, and of a visitor what it
// knows. A resident's Observe
// changes nothing but its own reader, and of others reads only what they
// knew when the tick began.
type reader struct {
	id      string
	place   int      // in the population
	told    []string // events of the study that it has yet to see
	knows   hearsay.Knowledge
	found   []string // posts that its last search found
	shown   []shown  // posts it has seen, the latest last
	unsaved bool

	// What follows lives for a tick and is not kept.
	view   view
	posted int // posts it made in tick
	tick   int64
}

// shown is a post that a resident has seen, with the answers it had then.
type shown struct {
	key     uint64 // of id: looking for a post reads no other memory
	replies int
	id      string
}

// keyOf is the FNV-1a hash of a post's id.
func keyOf(id string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * 1099511628211
	}
	return h
}

// view is what a resident saw in the tick's observation: what it can act on.
type view struct {
	posts   []string // items that show a post
	others  []string // of these, those that others wrote
	public  []string // of others, those that may be passed on
	polls   []string // of others
	talks   []string // posts of conversations that it is part of
	joined  []string // groups
	open    []string
	follows bool // anybody
}

// newView makes room for a feed's posts.
func newView(size int) view {
	return view{posts: make([]string, 0, size), others: make([]string, 0, size), public: make([]string, 0, size)}
}

// add notes the item under which the resident saw a post.
func (v *view) add(item string, p *social.Post, own bool) {
	v.posts = append(v.posts, item)
	if own {
		return
	}
	v.others = append(v.others, item)
	if p.Audience == social.Public {
		v.public = append(v.public, item)
	}
	if len(p.Options) > 0 {
		v.polls = append(v.polls, item)
	}
}

// remember notes that the resident has seen a post.
func (r *reader) remember(id string, replies, limit int) {
	if at := r.find(id); at >= 0 {
		r.shown = slices.Delete(r.shown, at, at+1)
	}
	if len(r.shown) >= limit {
		r.shown = append(r.shown[:0], r.shown[len(r.shown)-limit+1:]...)
	}
	r.shown = append(r.shown, shown{keyOf(id), replies, id})
	r.unsaved = true
}

func (r *reader) find(id string) int {
	key := keyOf(id)
	for i := range r.shown {
		if r.shown[i].key == key && r.shown[i].id == id {
			return i
		}
	}
	return -1
}
