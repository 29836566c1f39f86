package embedded

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/text"
)

// maxTerms of a post are looked at.
const maxTerms = 64

// words keeps the terms of the recent posts: all for search, those of public
// posts counted for trends.
type words struct {
	terms   map[string]*term // by stem, of public posts
	stemmer *text.Stemmer
	stop    map[string]bool
}

type term struct {
	posts int
	form  string // as it was written last
}

func newWords() words {
	stop := text.StopWords(text.Russian)
	maps.Copy(stop, text.StopWords(text.English))
	return words{terms: map[string]*term{}, stemmer: text.NewStemmer(), stop: stop}
}

// enter takes in the newest post and lets go of the one that is recent no
// longer.
func (w *words) enter(posts *store, p *post) {
	if p.Text != "" && p.Audience != social.Direct {
		forms := map[string]string{}
		p.terms = w.stems(p.Text, forms)
		w.count(p, forms)
	}
	if gone := posts.at(p.num - recentPosts); gone != nil {
		w.forget(gone)
	}
}

func (w *words) count(p *post, forms map[string]string) {
	if p.Audience != social.Public {
		return
	}
	for _, stem := range p.terms {
		t := w.terms[stem]
		if t == nil {
			t = &term{}
			w.terms[stem] = t
		}
		t.posts++
		t.form = forms[stem]
	}
}

func (w *words) forget(p *post) {
	if p.Audience == social.Public {
		for _, stem := range p.terms {
			if t := w.terms[stem]; t.posts > 1 {
				t.posts--
			} else {
				delete(w.terms, stem)
			}
		}
	}
	p.terms = nil
}

// stems are the different terms of a text, in order: words without their
// endings that are no stop-words, and hashtags. forms receives how each is
// written.
func (w *words) stems(s string, forms map[string]string) []string {
	var out []string
	var scanner text.Scanner
	scanner.Reset(s)
	tag := false
	for len(out) < maxTerms {
		token, ok := scanner.Next()
		if !ok {
			break
		}
		if token.Kind == text.Mark {
			tag = strings.HasSuffix(token.Raw, "#")
			continue
		}
		stem, form := w.term(token, tag && token.Glued)
		if tag = false; stem == "" || forms[stem] != "" {
			continue
		}
		forms[stem] = form
		out = append(out, stem)
	}
	return out
}

// term is a word's stem and form, empty where it carries no topic.
func (w *words) term(token text.Token, tag bool) (stem, form string) {
	form = string(token.Folded)
	switch {
	case tag:
		return "#" + w.stemmer.Stem(token.Folded), "#" + form
	case w.stop[form] || utf8.RuneCountInString(form) < 3:
		return "", ""
	}
	return w.stemmer.Stem(token.Folded), form
}

// Trends implements social.Reader. Hashtags count double: they are meant to be
// found.
func (n *Network) Trends(_ context.Context, limit int) ([]social.Trend, error) {
	type ranked struct {
		social.Trend
		weight int
	}
	var all []ranked
	for _, t := range n.words.terms {
		if t.posts < 2 {
			continue
		}
		r := ranked{social.Trend{Term: t.form, Posts: t.posts}, t.posts}
		if strings.HasPrefix(t.form, "#") {
			r.weight *= 2
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.Term, b.Term))
	})
	out := make([]social.Trend, 0, limit)
	for _, r := range all[:min(limit, len(all))] {
		out = append(out, r.Trend)
	}
	return out, nil
}

// Search implements social.Reader: posts that hold most of the query's terms,
// the newest first among equals.
func (n *Network) Search(_ context.Context, viewer, query string, limit int) ([]*social.Post, error) {
	v, err := n.agent(viewer)
	if err != nil {
		return nil, err
	}
	wanted := n.words.stems(query, map[string]string{})
	type found struct {
		post *post
		hits int
	}
	var all []found
	for num := n.posts.count - 1; num >= max(0, n.posts.count-recentPosts) && len(wanted) > 0; num-- {
		p := n.posts.at(num)
		if p == nil || p.author == v || len(p.terms) == 0 {
			continue
		}
		if hits := matches(p.terms, wanted); hits > 0 && n.visible(v, p) {
			all = append(all, found{p, hits})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(b.hits, a.hits) })
	out := make([]*social.Post, 0, limit)
	for _, f := range all[:min(limit, len(all))] {
		out = append(out, &f.post.Post)
	}
	return out, nil
}

// matches counts the wanted terms that are there, as words or as hashtags.
func matches(terms, wanted []string) int {
	hits := 0
	for _, w := range wanted {
		if slices.ContainsFunc(terms, func(t string) bool { return t == w || t[0] == '#' && t[1:] == w }) {
			hits++
		}
	}
	return hits
}
