package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/text"
)

// recent is how many posts a search and trends look at, maxTerms how many words
// of a query.
const (
	recent   = 4000
	maxTerms = 16
)

// SearchPosts finds recent posts that hold all words of a query, in any form of
// them, or its hashtag.
func (v *View) SearchPosts(viewer, query string, page Page) []*Status {
	terms := stems(query)
	if len(terms) == 0 {
		return nil
	}
	defer v.read()()
	me := v.s.people.find(viewer)
	posts := v.s.posts[max(0, len(v.s.posts)-recent):]
	return v.s.statuses(me, choose(posts, page, func(p *post) bool { return p.Text != "" && v.s.sees(me, p) && holds(p.Text, terms) }))
}

// stems are the words of a query without their endings.
func stems(query string) (out []string) {
	for _, word := range text.Words(query, maxTerms) {
		out = append(out, text.Stem(word))
	}
	return out
}

// holds reports whether words of a text begin with all stems.
func holds(body string, stems []string) bool {
	body = text.Fold(body)
	for _, stem := range stems {
		found := false
		for from := 0; !found; {
			at := strings.Index(body[from:], stem)
			if at < 0 {
				return false
			}
			at += from
			found = at == 0 || !wordly(lastRune(body[:at]))
			from = at + len(stem)
		}
	}
	return true
}

func lastRune(s string) rune {
	var last rune
	for _, last = range s[max(0, len(s)-4):] {
	}
	return last
}

// SearchAccounts finds accounts by a part of their name or handle: those that
// begin with it stand first.
func (v *View) SearchAccounts(query string, limit, offset int) []*Account {
	query = text.Fold(strings.TrimPrefix(strings.TrimSpace(query), "@"))
	if query == "" {
		return nil
	}
	defer v.read()()
	var begin, inside []int32
	for _, p := range v.s.people.all {
		name, handle := text.Fold(p.name), strings.ToLower(p.handle)
		switch {
		case strings.HasPrefix(name, query), strings.HasPrefix(handle, query):
			begin = append(begin, p.at)
		case strings.Contains(name, query), strings.Contains(handle, query):
			inside = append(inside, p.at)
		}
	}
	all := append(begin, inside...)
	all = all[min(offset, len(all)):]
	return v.s.accounts(all[:min(limit, len(all))])
}

// Trend is a hashtag with the number of recent posts that have it and of their
// authors. Group is the group that it stands for, if it does.
type Trend struct {
	Tag     string
	Group   *social.Group
	Posts   int
	Authors int
}

// Trends are the hashtags of recent public posts that begin with a prefix, the
// most frequent first.
func (v *View) Trends(prefix string, limit int) []Trend {
	defer v.read()()
	all := v.s.trends.Load()
	if all == nil { // posts have changed; readers who come together all count them
		made := v.s.frequent()
		all = &made
		v.s.trends.Store(all)
	}
	out := []Trend{}
	for _, t := range *all {
		if len(out) == limit {
			break
		}
		if strings.HasPrefix(t.Tag, prefix) {
			t.Group = v.s.open(t.Tag)
			out = append(out, t)
		}
	}
	return out
}

// frequent are the hashtags of recent public posts, the most frequent first.
func (s *state) frequent() []Trend {
	counts := map[string]*Trend{}
	authors := map[string]map[int32]bool{}
	for _, p := range s.posts[max(0, len(s.posts)-recent):] {
		if p.Audience != social.Public {
			continue
		}
		for _, tag := range p.tags {
			if counts[tag] == nil {
				counts[tag], authors[tag] = &Trend{Tag: tag}, map[int32]bool{}
			}
			counts[tag].Posts++
			authors[tag][p.author] = true
		}
	}
	out := make([]Trend, 0, len(counts))
	for tag, t := range counts {
		t.Authors = len(authors[tag])
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b Trend) int { return cmp.Or(cmp.Compare(b.Posts, a.Posts), cmp.Compare(a.Tag, b.Tag)) })
	return out
}

// open is the group that a hashtag stands for, if its posts are for everybody.
func (s *state) open(tag string) *social.Group {
	for _, g := range s.groups.all {
		if g.tag == tag && g.Audience == social.Public {
			found := g.Group
			return &found
		}
	}
	return nil
}

// Groups are those whose posts are for everybody, the largest first, with their
// hashtags.
func (v *View) Groups() []Trend {
	defer v.read()()
	var out []Trend
	for _, g := range v.s.groups.all {
		if g.Audience == social.Public {
			found := g.Group
			out = append(out, Trend{Tag: g.tag, Group: &found})
		}
	}
	slices.SortStableFunc(out, func(a, b Trend) int { return cmp.Compare(b.Group.Members, a.Group.Members) })
	return out
}

// Group is the public group that a hashtag stands for, or nil.
func (v *View) Group(tag string) *social.Group {
	defer v.read()()
	return v.s.open(tagOf(tag))
}
