package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/api/door"
	"github.com/llm-city/gorod/core/social/view"
)

// need says who may call.
type need int

const (
	anyone  need = iota
	anApp        // with a token
	visitor      // with a token that a visitor allowed
)

// route is a method of the API. What do returns is the answer as JSON.
type route struct {
	pattern string
	need    need
	scope   string
	do      func(c *call) (any, error)
}

// call is a request under way.
type call struct {
	*server
	w     http.ResponseWriter
	r     *http.Request
	form  url.Values
	base  string
	grant *door.Grant    // nil without a token
	me    social.Visitor // zero: nobody
}

func (s *server) handle(r route) http.Handler {
	return s.bare(func(c *call) {
		answer, err := c.serve(r)
		if err != nil {
			c.fail(err)
			return
		}
		c.answer(answer)
	})
}

func (c *call) serve(r route) (any, error) {
	switch {
	case r.need >= anApp && c.grant == nil, r.need >= visitor && c.me.ID == "":
		return nil, errNoToken
	case c.grant != nil && r.scope != "" && !c.grant.Scopes.Allow(r.scope):
		return nil, errScope
	}
	if err := c.parse(); err != nil {
		return nil, err
	}
	return r.do(c)
}

// bare prepares a request that any client may make from anywhere: it is for
// tokens alone, never for cookies.
func (s *server) bare(do func(c *call)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		allowOrigins(w.Header())
		c := &call{server: s, w: w, r: r, base: s.base(r)}
		if err := c.identify(); err != nil {
			c.fail(err)
			return
		}
		if err := c.limit(); err != nil {
			c.fail(err)
			return
		}
		do(c)
	})
}

// identify finds out whose token the request has.
func (c *call) identify() error {
	token := c.token()
	if token == "" {
		return nil
	}
	grant, err := c.Door.Grant(c.r.Context(), token)
	if errors.Is(err, door.ErrUnknown) {
		if err := c.limit(); err != nil { // who guesses is counted
			return err
		}
		return errBadToken
	}
	if err != nil {
		return err
	}
	c.grant = &grant
	if grant.Visitor == "" {
		return nil
	}
	if c.me, err = c.Door.Visitor(c.r.Context(), grant.Visitor); err != nil {
		return err
	}
	if _, err := c.View.Find(c.me.ID); err != nil {
		c.View.Know(c.me)
	}
	return nil
}

// token is given as Mastodon's clients do: in a header, and in the address of a
// stream or in its protocol by browsers, which can set no header there.
func (c *call) token() string {
	if scheme, token, ok := strings.Cut(c.r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "bearer") {
		return strings.TrimSpace(token)
	}
	if strings.HasPrefix(c.r.URL.Path, "/api/v1/streaming") {
		if token := c.r.URL.Query().Get("access_token"); token != "" {
			return token
		}
		return c.r.Header.Get("Sec-WebSocket-Protocol")
	}
	return ""
}

// client is whose requests are counted together: those of a visitor, or of an
// address without one. Tokens of apps alone count as none, as anybody may have
// any number of them.
func (c *call) client() string { return cmp.Or(c.me.ID, c.from(c.r)) }

func (c *call) limit() error {
	left, reset, ok := c.limits.take(c.client())
	h := c.w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(c.Requests))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", reset.UTC().Format("2006-01-02T15:04:05.000000Z"))
	if !ok {
		c.later(h, reset)
		return errTooMany
	}
	return nil
}

func (c *call) answer(v any) {
	data, err := json.Marshal(v)
	if err != nil {
		c.fail(err)
		return
	}
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = c.w.Write(data) // a client that has gone
}

// id is the id in a path; one that is none is of nothing.
func (c *call) id() int64 {
	id, err := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	if err != nil {
		return -1
	}
	return id
}

// page is the part of a list that is asked for, of at most limit items.
func (c *call) page(usual, limit int) view.Page {
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(c.form.Get(name), 10, 64)
		return max(n, 0)
	}
	page := view.Page{Max: number("max_id"), Since: number("since_id"), Min: number("min_id"), Limit: usual}
	if n := number("limit"); n > 0 {
		page.Limit = int(min(n, int64(limit)))
	}
	return page
}

// flag is a parameter that is true or false.
func (c *call) flag(name string) bool {
	switch strings.ToLower(c.form.Get(name)) {
	case "true", "t", "1", "on", "yes":
		return true
	}
	return false
}

// list is a parameter with several values: name[] or name. Empty ones are none.
func (c *call) list(name string) []string {
	given := slices.Concat(c.form[name+"[]"], c.form[name])
	return slices.DeleteFunc(given, func(s string) bool { return s == "" })
}

// paged adds the links to the next and the previous part of a list, of which
// first and last are the ids of the ends of this part.
func (c *call) paged(page view.Page, count int, first, last int64) {
	if count == 0 {
		return
	}
	link := func(rel, name string, id int64) string {
		q := url.Values{}
		for key, values := range c.r.URL.Query() {
			if key != "max_id" && key != "min_id" && key != "since_id" && key != "access_token" {
				q[key] = values
			}
		}
		q.Set(name, strconv.FormatInt(id, 10))
		return "<" + c.base + c.r.URL.EscapedPath() + "?" + q.Encode() + `>; rel="` + rel + `"`
	}
	var all []string
	if count >= page.Limit {
		all = append(all, link("next", "max_id", last))
	}
	c.w.Header().Set("Link", strings.Join(append(all, link("prev", "min_id", first)), ", "))
}
