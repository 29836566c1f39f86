package api

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/social/api/door"
	"github.com/llm-city/gorod/core/social/view"
)

// Names of markers that are the server's own.
const (
	clearedMarker = "cleared"       // notifications up to which were cleared
	talkMarker    = "conversation/" // with the id of the conversation
)

// unread are the notifications on a page that the visitor has not dismissed.
func (c *call) unread(page view.Page, wanted func(kind string, from int64) bool) ([]*view.Notification, error) {
	cleared, err := c.Door.Marker(c.r.Context(), c.me.ID, clearedMarker)
	if err != nil {
		return nil, err
	}
	dismissed, err := c.Door.Dismissed(c.r.Context(), c.me.ID)
	if err != nil {
		return nil, err
	}
	limit := page.Limit
	page.Limit += len(dismissed)
	all := slices.DeleteFunc(c.View.Notifications(c.me.ID, page, wanted), func(n *view.Notification) bool {
		return n.ID <= cleared.Last || dismissed[n.ID]
	})
	if page.Min > 0 {
		return all[max(0, len(all)-limit):], nil
	}
	return all[:min(limit, len(all))], nil
}

func notifications(c *call) (any, error) {
	types, exclude, from := c.list("types"), c.list("exclude_types"), c.form.Get("account_id")
	page := c.page(40, 80)
	all, err := c.unread(page, func(kind string, id int64) bool {
		return (len(types) == 0 || slices.Contains(types, kind)) && !slices.Contains(exclude, kind) && (from == "" || from == decimal(id))
	})
	if err != nil {
		return nil, err
	}
	out := []notificationJSON{}
	r := c.render()
	for _, n := range all {
		out = append(out, r.notification(n))
	}
	if n := len(all); n > 0 {
		c.paged(page, n, all[0].ID, all[n-1].ID)
	}
	return out, nil
}

func all(string, int64) bool { return true }

func notification(c *call) (any, error) {
	id := c.id()
	if id <= 0 || id == math.MaxInt64 {
		return nil, errMissing
	}
	found, err := c.unread(view.Page{Max: id + 1, Since: id - 1, Limit: 1}, all)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errMissing
	}
	return c.render().notification(found[0]), nil
}

func unreadCount(c *call) (any, error) {
	read, err := c.Door.Marker(c.r.Context(), c.me.ID, "notifications")
	if err != nil {
		return nil, err
	}
	found, err := c.unread(view.Page{Since: read.Last, Limit: 100}, all)
	return object{"count": len(found)}, err
}

func clearNotifications(c *call) (any, error) {
	newest := c.View.Notifications(c.me.ID, view.Page{Limit: 1}, all)
	if len(newest) == 0 {
		return object{}, nil
	}
	_, err := c.Door.Mark(c.r.Context(), c.me.ID, clearedMarker, newest[0].ID)
	return object{}, err
}

func dismissNotification(c *call) (any, error) {
	if _, err := notification(c); err != nil {
		return nil, err
	}
	return object{}, c.Door.Dismiss(c.r.Context(), c.me.ID, c.id())
}

func conversations(c *call) (any, error) {
	page := c.page(20, 40)
	found := c.View.Conversations(c.me.ID, page)
	out := []conversationJSON{}
	r := c.render()
	for _, talk := range found {
		read, err := c.Door.Marker(c.r.Context(), c.me.ID, talkMarker+decimal(talk.ID))
		if err != nil {
			return nil, err
		}
		out = append(out, r.conversation(talk, read.Last))
	}
	if n := len(found); n > 0 {
		c.paged(page, n, found[0].Last.ID, found[n-1].Last.ID)
	}
	return out, nil
}

func readConversation(c *call) (any, error) {
	talk, err := c.View.Conversation(c.me.ID, c.id())
	if err != nil {
		return nil, err
	}
	read, err := c.Door.Mark(c.r.Context(), c.me.ID, talkMarker+decimal(talk.ID), talk.Last.ID)
	if err != nil {
		return nil, err
	}
	return c.render().conversation(talk, read.Last), nil
}

// places are the timelines that clients have markers of.
func places() []string { return []string{"home", "notifications"} }

func markers(c *call) (any, error) {
	out := map[string]markerJSON{}
	for _, place := range c.list("timeline") {
		if !slices.Contains(places(), place) {
			continue
		}
		m, err := c.Door.Marker(c.r.Context(), c.me.ID, place)
		if err != nil {
			return nil, err
		}
		if m.Version > 0 {
			out[place] = marked(m)
		}
	}
	return out, nil
}

func mark(c *call) (any, error) {
	out := map[string]markerJSON{}
	for _, place := range places() {
		id, err := strconv.ParseInt(strings.TrimSpace(c.form.Get(place+"[last_read_id]")), 10, 64)
		if err != nil {
			continue
		}
		m, err := c.Door.Mark(c.r.Context(), c.me.ID, place, id)
		if err != nil {
			return nil, err
		}
		out[place] = marked(m)
	}
	return out, nil
}

func marked(m door.Marker) markerJSON {
	return markerJSON{LastReadID: decimal(m.Last), Version: m.Version, UpdatedAt: moment(m.Updated)}
}
