package panel

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/panel/internal/words"
)

// pages are the templates by language and name.
type pages map[string]map[string]*template.Template

// page is what the layout shows around a body.
type page struct {
	q       *request
	Lang    string
	Theme   string
	Title   string
	Active  string // entry of the menu
	Menu    []entryOf
	Run     *heading
	Scrub   *scrub
	Live    string // address that is shown again when the run goes on; empty: never
	Stream  string
	Seen    string // the pulse that the page was made after
	Self    string
	In      bool
	Who     string
	Form    string // of the session
	Version string
	Body    any
}

// entryOf is one entry of the menu.
type entryOf struct {
	Name, Title, URL string
}

// heading names the run of a page.
type heading struct {
	Name, URL string
	Short     string
}

// scrub moves a reader through the ticks of a run.
type scrub struct {
	Action                    string
	Fields                    [][2]string
	Tick, Last, Ticks         int64
	Time                      string
	Past                      bool
	First, Back, Next, Newest string
}

// parse reads the templates once for each language, whose phrases are functions
// in them.
func (p *Panel) parse() (pages, error) {
	all := pages{}
	for code, l := range p.words {
		base, err := template.New("layout.html").Funcs(p.functions(l)).ParseFS(files, "assets/pages/layout.html", "assets/pages/parts.html")
		if err != nil {
			return nil, fmt.Errorf("templates of the panel: %w", err)
		}
		names, err := files.ReadDir("assets/pages")
		if err != nil {
			return nil, fmt.Errorf("templates of the panel: %w", err)
		}
		all[code] = map[string]*template.Template{}
		for _, file := range names {
			name := strings.TrimSuffix(file.Name(), ".html")
			if name == "layout" || name == "parts" {
				continue
			}
			one, err := template.Must(base.Clone()).ParseFS(files, path.Join("assets/pages", file.Name()))
			if err != nil {
				return nil, fmt.Errorf("templates of the panel: %w", err)
			}
			all[code][name] = one
		}
	}
	return all, nil
}

// show answers with a page.
func (q *request) show(name, title string, body any) error {
	return q.showAs(http.StatusOK, name, title, body)
}

func (q *request) showAs(status int, name, title string, body any) error {
	v := &page{
		q: q, Lang: q.words.Code, Theme: q.theme, Title: title, Active: name, Self: q.self(), In: q.in, Who: q.session.Name,
		Version: q.panel.opts.Version, Body: body,
	}
	if q.in {
		v.Form = q.panel.door.Form(q.session)
	}
	if q.run != nil {
		q.around(v)
	}
	if located, ok := body.(located); ok {
		v.Active, v.Scrub = located.menu(), located.scrub(q)
		if located.live(q) {
			v.Live = v.Self
		}
	}
	var out bytes.Buffer
	if err := q.panel.pages[v.Lang][name].Execute(&out, v); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	q.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.w.Header().Set("Content-Language", v.Lang)
	q.w.WriteHeader(status)
	_, _ = out.WriteTo(q.w) // who asked is gone
	return nil
}

// around is the run that a page belongs to.
func (q *request) around(v *page) {
	parts := strings.Split(q.run.Name, "/")
	v.Run = &heading{Name: strings.Join(parts, " / "), URL: q.to(""), Short: strings.Join(parts[max(0, len(parts)-2):], " / ")}
	v.Seen = q.seen
	v.Stream = "/r/" + url.PathEscape(q.run.slug) + "/stream"
	for _, name := range []string{"overview", "chats", "people", "ties", "place", "models", "control"} {
		at := name
		if name == "overview" {
			at = ""
		}
		v.Menu = append(v.Menu, entryOf{name, q.words.T("menu." + name), q.to(at)})
	}
}

// self is the page's own address without the language, which has a cookie.
func (q *request) self() string {
	values := q.URL.Query()
	values.Del("lang")
	if len(values) == 0 {
		return q.URL.EscapedPath()
	}
	return q.URL.EscapedPath() + "?" + values.Encode()
}

// located is a body that stands in the menu of a run, at a tick.
type located interface {
	menu() string
	scrub(q *request) *scrub
	// live says that the page is shown again when the run goes on.
	live(q *request) bool
}

// at is where a page stands. Bodies hold it.
type at struct {
	section string
	moment  city.Moment
	last    int64
	ticks   int
}

func (a at) menu() string { return a.section }

func (a at) live(q *request) bool { return q.tick < 0 }

func here(section string, v *city.View, ticks int) at {
	moment, _ := v.Moment()
	return at{section: section, moment: moment, last: v.Last, ticks: ticks}
}

// read lets do look at the run as it stood after the tick that is asked for, and
// notes where the page stands.
func (q *request) read(ctx context.Context, section string, where *at, do func(*city.View) error) error {
	j, err := q.run.city.Journal(ctx)
	if err != nil {
		return err
	}
	return q.run.city.Read(ctx, q.tick, func(v *city.View) error {
		*where = here(section, v, j.Meta().Clock.Ticks)
		return do(v)
	})
}

// scrub is nil where there is no tick to show.
func (a at) scrub(q *request) *scrub {
	if a.last < 0 {
		return nil
	}
	s := &scrub{
		Action: q.URL.EscapedPath(), Tick: a.moment.Tick, Last: a.last, Ticks: int64(a.ticks), Time: q.words.Stamp(a.moment.Time),
		Past: q.tick >= 0,
	}
	values := q.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name != "tick" && name != "lang" && name != "page" {
			s.Fields = append(s.Fields, [2]string{name, values.Get(name)})
		}
	}
	link := func(tick int64) string {
		values.Del("lang")
		values.Del("page")
		values.Del("tick")
		if tick >= 0 {
			values.Set("tick", strconv.FormatInt(tick, 10))
		}
		if len(values) == 0 {
			return q.URL.EscapedPath()
		}
		return q.URL.EscapedPath() + "?" + values.Encode()
	}
	s.Newest = link(-1)
	if s.Tick > 0 {
		s.First, s.Back = link(0), link(s.Tick-1)
	}
	if s.Tick < s.Last {
		s.Next = link(s.Tick + 1)
	}
	return s
}

// Past reports whether the page shows how things were.
func (v *page) Past() bool { return v.Scrub != nil && v.Scrub.Past }

// To is an address of the run's pages.
func (v *page) To(parts ...string) string { return v.q.to(parts...) }

// Other is the page's address with one value of its query changed.
func (v *page) Other(name string, value any) string {
	values := v.q.URL.Query()
	values.Del("lang")
	values.Del("page")
	if text := fmt.Sprint(value); text == "" {
		values.Del(name)
	} else {
		values.Set(name, text)
	}
	if len(values) == 0 {
		return v.q.URL.EscapedPath()
	}
	return v.q.URL.EscapedPath() + "?" + values.Encode()
}

// Find is where the chats are in which a word is said.
func (v *page) Find(word string) string {
	at, err := url.Parse(v.q.to("chats"))
	if err != nil { // it was made of escaped parts
		return ""
	}
	values := at.Query()
	values.Set("q", prose(word, longestSearch))
	at.RawQuery = values.Encode()
	return at.String()
}

// Page is the page's address with another page of its list.
func (v *page) Page(number int) string {
	values := v.q.URL.Query()
	values.Del("lang")
	values.Set("page", strconv.Itoa(number))
	return v.q.URL.EscapedPath() + "?" + values.Encode()
}

// Languages are those that the page could be in.
func (v *page) Languages() []string { return words.Codes() }
