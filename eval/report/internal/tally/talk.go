package tally

import (
	"cmp"
	"slices"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxThreads    = 1024 // followed at once
	maxPosts      = 12   // kept of a thread
	maxThreadIDs  = 4096 // whose answers are found
	maxPostRunes  = 600
	directMessage = "direct" // audience of what only two can read
)

// Post is a message.
type Post struct {
	ID     string
	Author string
	Kind   string
	Text   string // cut
	Tick   int64
	Depth  int // 0 for what answers nothing
	// Valence of the text, -1 to 1; nil where it was not rated.
	Valence *float64
}

// Thread is a post with what answers it, in the order in which it was written.
type Thread struct {
	Posts   []Post // the first of them
	Answers int    // all of them

	ids  map[string]int // depth by id
	last int64
	born int
}

// talk follows who answers whom. Of many threads it forgets those with the
// fewest answers.
type talk struct {
	threads map[string]*Thread // by the id of each post in it
	all     []*Thread
	born    int
	opening []Post
}

func newTalk() talk { return talk{threads: map[string]*Thread{}} }

func (t *talk) add(e event.Event, a event.Action) {
	if a.Audience == directMessage {
		return
	}
	p := Post{ID: a.ID, Author: e.Agent, Kind: a.Kind, Text: text.Cut(a.Text, maxPostRunes), Tick: e.Tick}
	if a.Sentiment != nil {
		p.Valence = &a.Sentiment.Valence
	}
	if len(t.opening) < maxPosts {
		t.opening = append(t.opening, p)
	}
	if a.ID == "" {
		return
	}
	thread := t.threads[a.Target]
	if thread == nil {
		thread = t.start()
	} else {
		thread.Answers++
		p.Depth = thread.ids[a.Target] + 1
	}
	thread.last = e.Tick
	if len(thread.Posts) < maxPosts {
		thread.Posts = append(thread.Posts, p)
	}
	if len(thread.ids) < maxThreadIDs {
		thread.ids[a.ID] = p.Depth
		t.threads[a.ID] = thread
	}
}

func (t *talk) start() *Thread {
	if len(t.all) == maxThreads {
		t.forget()
	}
	t.born++
	thread := &Thread{ids: map[string]int{}, born: t.born}
	t.all = append(t.all, thread)
	return thread
}

// forget drops the half of the threads that is answered least, of these the
// stalest.
func (t *talk) forget() {
	slices.SortFunc(t.all, func(a, b *Thread) int {
		return cmp.Or(cmp.Compare(b.Answers, a.Answers), cmp.Compare(b.last, a.last), cmp.Compare(b.born, a.born))
	})
	for _, dull := range t.all[maxThreads/2:] {
		for id := range dull.ids {
			delete(t.threads, id)
		}
	}
	t.all = slices.Clone(t.all[:maxThreads/2])
}

// best is the thread with the most answers, of equal ones the earliest.
func (t *talk) best() *Thread {
	var best *Thread
	for _, thread := range t.all {
		if thread.Answers > 0 && (best == nil || thread.Answers > best.Answers ||
			thread.Answers == best.Answers && thread.born < best.born) {
			best = thread
		}
	}
	if best != nil {
		best.ids = nil
	}
	return best
}
