package view

import (
	"strings"
	"time"

	"github.com/llm-city/gorod/core/social"
)

// Account is a resident or a visitor as others see it.
type Account struct {
	ID        int64  // Mastodon's
	Who       string // the run's: a0001, @alice
	Handle    string // username, or username@server
	Name      string
	Bio       string
	Fields    []Field
	Visitor   bool
	Entered   bool // the run knows it: no visitor before its first visit
	Posts     int  // that everybody may read
	Followers int
	Following int
	Created   time.Time
	LastPost  time.Time // zero: none
}

// Username is the handle without a server.
func (a *Account) Username() string {
	name, _, _ := strings.Cut(a.Handle, "@")
	return name
}

// Remote reports whether the account is of another server.
func (a *Account) Remote() bool { return strings.Contains(a.Handle, "@") }

func (s *state) account(at int32) *Account {
	p := s.people.all[at]
	a := &Account{
		ID: p.number, Who: p.id, Handle: p.handle, Name: p.name, Bio: p.bio, Visitor: p.visitor, Entered: p.entered || !p.visitor,
		Posts: p.public, Followers: len(p.followed), Following: len(p.follows), Created: s.meta.Clock.Start, Fields: p.fields,
	}
	if p.visitor {
		a.Bio = sayVisitor.In(s.people.language)
	}
	if p.mood != nil {
		a.Fields = append([]Field{moodField(*p.mood, s.people.language)}, p.fields...)
	}
	for i := len(p.posts) - 1; i >= 0 && a.LastPost.IsZero(); i-- {
		if p.posts[i].Audience == social.Public {
			a.LastPost = p.posts[i].Time
		}
	}
	return a
}

func (s *state) accounts(all []int32) []*Account {
	out := make([]*Account, len(all))
	for i, at := range all {
		out[i] = s.account(at)
	}
	return out
}

// Account is an account by its Mastodon id.
func (v *View) Account(id int64) (*Account, error) {
	defer v.read()()
	at, ok := v.s.people.byNumber[id]
	if !ok {
		return nil, social.ErrNoAgent
	}
	return v.s.account(at), nil
}

// Find is an account by its id in the run or its handle, with or without @.
func (v *View) Find(who string) (*Account, error) {
	defer v.read()()
	at := v.s.people.find(who)
	if at == nobody {
		var ok bool
		if at, ok = v.s.people.byHandle[strings.ToLower(strings.TrimPrefix(who, "@"))]; !ok {
			return nil, social.ErrNoAgent
		}
	}
	return v.s.account(at), nil
}

// Know makes a visitor an account before it does anything in the run.
func (v *View) Know(visitor social.Visitor) *Account {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.s.account(v.s.people.visitor(visitor))
}

// Following are whom an account follows, Followers who follow it: at most limit,
// in the order of their coming, from the account after that of an id on (0: from
// the first).
func (v *View) Following(id, after int64, limit int) ([]*Account, error) {
	return v.ties(id, after, limit, func(p *person) []int32 { return p.follows })
}

// Followers are who follows an account.
func (v *View) Followers(id, after int64, limit int) ([]*Account, error) {
	return v.ties(id, after, limit, func(p *person) []int32 { return p.followed })
}

func (v *View) ties(id, after int64, limit int, of func(*person) []int32) ([]*Account, error) {
	defer v.read()()
	at, ok := v.s.people.byNumber[id]
	if !ok {
		return nil, social.ErrNoAgent
	}
	return v.s.accounts(v.s.people.from(of(v.s.people.all[at]), after, limit)), nil
}

// from is a part of a list of persons.
func (ps *people) from(list []int32, after int64, limit int) []int32 {
	start := 0
	if last, ok := ps.byNumber[after]; ok {
		for start < len(list) && list[start] <= last {
			start++
		}
	}
	return list[start:min(len(list), start+limit)]
}

// Relationship is what an account is to a viewer.
type Relationship struct {
	ID         int64
	Following  bool
	FollowedBy bool
}

// Relationships says what accounts are to a viewer; those that are not there are
// left out.
func (v *View) Relationships(viewer string, ids []int64) []Relationship {
	defer v.read()()
	me := v.s.people.find(viewer)
	var out []Relationship
	for _, id := range ids {
		at, ok := v.s.people.byNumber[id]
		if !ok {
			continue
		}
		r := Relationship{ID: id}
		if me != nobody {
			r.Following, r.FollowedBy = has(v.s.people.all[me].follows, at), has(v.s.people.all[me].followed, at)
		}
		out = append(out, r)
	}
	return out
}
