package view

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
)

// postsAtOnce is how many rows of posts are looked for at once.
const postsAtOnce = 200

// step is what ticks changed.
type step struct {
	tick      int64
	residents []journal.Resident // new ones
	events    []event.Event
	deeds     []deed
	rows      []journal.StoredRow // but for posts
	missing   map[[2]string]bool  // rows that may have changed and are not there
	posts     []numbered
	people    int                     // who were known when texts were looked through
	named     func(key string) string // the run's id of a post that a state knows, or its key
}

// seen is how far a state has come.
type seen struct {
	tick      int64
	residents int
	groups    int
	post      int64 // number of the last one
}

func (s *state) seen() seen { return seen{s.tick, len(s.people.names), len(s.groups.all), s.count} }

// steps reads what happened since a state was seen; nil where no tick did.
func steps(ctx context.Context, snap *journal.Snapshot, was seen, named func(string) string) (*step, error) {
	if snap.Tick() <= was.tick {
		return nil, nil
	}
	st := &step{tick: snap.Tick(), missing: map[[2]string]bool{}, named: named}
	var err error
	if st.residents, err = snap.Residents(ctx, was.residents); err != nil {
		return nil, err
	}
	filter := journal.Filter{From: was.tick + 1, Kinds: []event.Kind{event.KindAction, event.KindMood, event.KindIntervention, event.KindControl}}
	for e, err := range snap.Events(ctx, filter) {
		if err != nil {
			return nil, err
		}
		d, err := read(e)
		if err != nil {
			return nil, err
		}
		e.Data = nil // all of it is in the deed
		st.events, st.deeds = append(st.events, e), append(st.deeds, d)
	}
	if err := st.readPosts(ctx, snap, was.post); err != nil {
		return nil, err
	}
	if was.tick < 0 {
		return st, st.readAll(ctx, snap) // how it began is in no event
	}
	return st, st.readRows(ctx, snap, was.groups)
}

func (st *step) readPosts(ctx context.Context, snap *journal.Snapshot, count int64) error {
	for {
		ids := make([]string, postsAtOnce)
		for i := range ids {
			ids[i] = rowID(count + int64(i) + 1)
		}
		found := 0
		for row, err := range snap.RowsOf(ctx, rowPost, ids...) {
			if err != nil {
				return err
			}
			made, err := decode(row)
			if err != nil {
				return err
			}
			n, _ := number(row.ID)
			st.posts = append(st.posts, numbered{number: n, post: made})
			found++
		}
		if found < postsAtOnce {
			break
		}
		count += postsAtOnce
	}
	slices.SortFunc(st.posts, func(a, b numbered) int { return int(a.number - b.number) })
	return nil
}

// kinds are those of the rows that a view reads beside posts, in the order in
// which they can be taken in.
func kinds() []string {
	return []string{rowVisitor, rowGroup, rowMember, rowFollow, rowFavourite, rowVote}
}

func (st *step) readAll(ctx context.Context, snap *journal.Snapshot) error {
	for _, kind := range kinds() {
		for row, err := range snap.Rows(ctx, kind) {
			if err != nil {
				return err
			}
			st.rows = append(st.rows, row)
		}
	}
	return nil
}

// target is the run's id of the post that a deed is about.
func (st *step) target(d *deed) string {
	id := d.action.Target
	if d.visit != nil && id == "" {
		id = d.visit.Target
	}
	if _, ok := number(id); ok {
		return id
	}
	for _, p := range st.posts {
		if p.post.Visit == id {
			return p.post.ID
		}
	}
	return st.named(id)
}

// readRows reads the rows that the deeds may have changed.
func (st *step) readRows(ctx context.Context, snap *journal.Snapshot, groups int) error {
	wanted := map[string][]string{}
	add := func(kind, id string) {
		if key := [2]string{kind, id}; !st.missing[key] {
			st.missing[key] = true
			wanted[kind] = append(wanted[kind], id)
		}
	}
	for i := range st.deeds {
		st.deeds[i].keys(st.target(&st.deeds[i]), add)
		if st.deeds[i].did() == "create_group" {
			groups++
			add(rowGroup, fmt.Sprintf("g%d", groups))
		}
	}
	for _, kind := range kinds() {
		for row, err := range snap.RowsOf(ctx, kind, wanted[kind]...) {
			if err != nil {
				return err
			}
			delete(st.missing, [2]string{kind, row.ID})
			st.rows = append(st.rows, row)
		}
	}
	return nil
}

// refer looks for what the texts of a step refer to, as far as people who are
// known already can tell. It only reads the state: readers need not wait for it.
func (st *step) refer(s *state) {
	if len(st.residents) > 0 || slices.ContainsFunc(st.rows, func(r journal.StoredRow) bool { return r.Kind == rowVisitor }) {
		return // they may be whom texts name
	}
	st.people = len(s.people.all)
	for i := range st.posts {
		p := &st.posts[i]
		p.found = &found{}
		p.found.mentions, p.found.tags = s.references(&p.post)
	}
}

// breath is how many changes are made before readers who wait have their turn.
const breath = 200

// advance takes a step. Again and again it lets readers breathe, who may see a
// part of the step then: posts come in the order of their ids, before what
// refers to them.
func (s *state) advance(st *step, breathe func()) error {
	done := 0
	change := func() {
		if done++; done%breath == 0 {
			breathe()
		}
	}
	s.people.settle(st.residents)
	late := func(kind string) bool { return kind == rowFavourite || kind == rowVote }
	if err := s.rows(st.rows, func(kind string) bool { return !late(kind) }, change); err != nil {
		return err
	}
	s.tick = st.tick
	for _, made := range st.posts {
		s.publish(st, made)
		change()
	}
	if err := s.rows(st.rows, late, change); err != nil {
		return err
	}
	for key := range maps.Keys(st.missing) {
		s.without(key[0], key[1])
		change()
	}
	for i, e := range st.events {
		s.done(e, st.deeds[i])
		change()
	}
	return nil
}

// rows takes in the rows of some kinds.
func (s *state) rows(all []journal.StoredRow, wanted func(kind string) bool, change func()) error {
	for _, r := range all {
		if !wanted(r.Kind) {
			continue
		}
		if err := s.row(r); err != nil {
			return fmt.Errorf("row %s %s: %w", r.Kind, r.ID, err)
		}
		change()
	}
	return nil
}

// publish takes in a post of a step and tells of it.
func (s *state) publish(st *step, made numbered) {
	if st.people != len(s.people.all) {
		made.found = nil // somebody came whom it may name
	}
	waited := s.byKey[made.post.Visit]
	p := s.post(made)
	if p == nil {
		return
	}
	if p != waited {
		s.arrived(p)
	}
	s.announce(p)
}

// without takes in that a row is not there.
func (s *state) without(kind, id string) {
	switch kind {
	case rowFollow:
		if who := s.people.find(id); who != nobody {
			for _, other := range slices.Clone(s.people.all[who].follows) {
				s.people.unfollow(who, other)
			}
		}
	case rowFavourite:
		post, agent, _ := strings.Cut(id, "/")
		if p, who := s.byKey[post], s.people.find(agent); p != nil && who != nobody {
			p.favourites = without(p.favourites, who)
		}
	case rowVote:
		post, agent, _ := strings.Cut(id, "/")
		if p, who := s.byKey[post], s.people.find(agent); p != nil {
			p.ballots = slices.DeleteFunc(p.ballots, func(b ballot) bool { return b.who == who })
		}
	}
}
