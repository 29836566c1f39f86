package pages

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/api/markup"
	"github.com/llm-city/gorod/core/social/view"
	"github.com/llm-city/gorod/plugins/sdk"
)

// perPage is how many posts a page shows.
const perPage = 30

// page is what templates show.
type page struct {
	Language string
	Path     string
	Run      view.Run
	Place    string // public, groups, wall, tag, thread or missing
	Live     bool   // looks for news by itself
	Account  *view.Account
	Note     template.HTML
	Group    *social.Group
	Tag      string
	Groups   []view.Trend
	Trends   []view.Trend
	Before   []item
	Items    []item
	After    []item
	Older    string // address of the next page
}

// item is a post on a page.
type item struct {
	*view.Status
	Path   string
	Text   template.HTML
	Passed *item // boosted or quoted
	Boost  bool
	Here   bool // what a thread is about
}

// Address of the post's thread.
func (i item) Address() string {
	return i.Path + "/@" + i.Author.Handle + "/" + strconv.FormatInt(i.ID, 10)
}

// When it was posted, by the clock of the run.
func (i item) When() string { return i.Time.Format("2006-01-02 15:04") }

// Share of an option's votes, in percent.
func (i item) Share(votes int) int { return votes * 100 / max(i.Poll.Voters, 1) }

func (s *site) page(r *http.Request, place string) page {
	run := s.View.Run()
	return page{Language: Language(r.Header.Get("Accept-Language"), run.Language), Path: s.Path, Run: run, Place: place}
}

func (s *site) write(w http.ResponseWriter, status int, p page) {
	secure(w.Header(), "'none'")
	s.Look.write(w, status, "town", p.Language, p)
}

func (s *site) items(r *http.Request, all []*view.Status) []item {
	out := make([]item, len(all))
	for i, status := range all {
		out[i] = s.item(r, status)
	}
	return out
}

func (s *site) item(r *http.Request, status *view.Status) item {
	base := s.Base(r)
	links := markup.Links{
		Account: func(a *view.Account) string { return base + "/@" + a.Handle },
		Tag:     func(tag string) string { return base + "/tags/" + url.PathEscape(tag) },
	}
	i := item{Status: status, Path: s.Path, Boost: status.Kind == sdk.ItemBoost}
	i.Text = template.HTML(links.HTML(status.Text, status.Spans)) // escaped there
	if status.Passed != nil {
		passed := s.item(r, status.Passed)
		i.Passed = &passed
	}
	return i
}

// list shows a timeline.
func (s *site) list(w http.ResponseWriter, r *http.Request, p page, t view.Timeline) {
	below, _ := strconv.ParseInt(r.URL.Query().Get("max_id"), 10, 64)
	all, err := s.View.Timeline("", t, view.Page{Max: max(below, 0), Limit: perPage})
	if err != nil {
		s.missing(w, r)
		return
	}
	p.Live, p.Items = below == 0, s.items(r, all)
	if len(all) == perPage {
		p.Older = s.Path + r.URL.EscapedPath() + "?max_id=" + strconv.FormatInt(all[perPage-1].ID, 10)
	}
	s.write(w, http.StatusOK, p)
}

func (s *site) public(w http.ResponseWriter, r *http.Request) {
	p := s.page(r, "public")
	p.Trends = s.View.Trends("", 10)
	s.list(w, r, p, view.Timeline{Kind: view.Public})
}

func (s *site) groups(w http.ResponseWriter, r *http.Request) {
	p := s.page(r, "groups")
	p.Groups = s.View.Groups()
	s.write(w, http.StatusOK, p)
}

func (s *site) tag(w http.ResponseWriter, r *http.Request) {
	p := s.page(r, "tag")
	p.Tag = view.TagOf(r.PathValue("tag"))
	p.Group = s.View.Group(p.Tag)
	s.list(w, r, p, view.Timeline{Kind: view.Tag, Tag: p.Tag})
}

// account is who a path names with @.
func (s *site) account(r *http.Request) (*view.Account, error) {
	handle, ok := strings.CutPrefix(r.PathValue("handle"), "@")
	if !ok {
		return nil, social.ErrNoAgent
	}
	return s.View.Find(handle)
}

func (s *site) wall(w http.ResponseWriter, r *http.Request) {
	a, err := s.account(r)
	if err != nil {
		s.missing(w, r)
		return
	}
	p := s.page(r, "wall")
	p.Account, p.Note = a, template.HTML(markup.Links{}.HTML(a.Bio, nil)) // escaped there
	s.list(w, r, p, view.Timeline{Kind: view.ByOne, Account: a.ID})
}

func (s *site) thread(w http.ResponseWriter, r *http.Request) {
	a, err := s.account(r)
	id, bad := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if errors.Join(err, bad) != nil {
		s.missing(w, r)
		return
	}
	status, err := s.View.Status("", id)
	if err != nil || status.Author.ID != a.ID {
		s.missing(w, r)
		return
	}
	before, after, err := s.View.Context("", id)
	if err != nil {
		s.missing(w, r)
		return
	}
	p := s.page(r, "thread")
	p.Account, p.Before, p.Items, p.After = a, s.items(r, before), s.items(r, []*view.Status{status}), s.items(r, after)
	p.Items[0].Here = true
	s.write(w, http.StatusOK, p)
}

func (s *site) missing(w http.ResponseWriter, r *http.Request) {
	s.write(w, http.StatusNotFound, s.page(r, "missing"))
}
