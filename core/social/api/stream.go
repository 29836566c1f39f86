package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/view"
)

// newsAtOnce is about how much a reader of streams is told before the next is
// looked for.
const newsAtOnce = 100

// streamNamed is a stream by the name that clients call it; false where there is
// none of that name.
func streamNamed(name, tag string) (view.Stream, bool) {
	switch name {
	case "user":
		return view.Stream{Kind: view.Home}, true
	case "user:notification":
		return view.Stream{Kind: view.Home, NotesOnly: true}, true
	case "public":
		return view.Stream{Kind: view.Public}, true
	case "public:local":
		return view.Stream{Kind: view.Public, Local: true}, true
	case "public:remote":
		return view.Stream{Kind: view.Public, Remote: true}, true
	case "hashtag":
		return view.Stream{Kind: view.Tag, Tag: tag}, tag != ""
	case "hashtag:local":
		return view.Stream{Kind: view.Tag, Tag: tag, Local: true}, tag != ""
	case "direct":
		return view.Stream{Kind: view.Direct}, true
	}
	return view.Stream{}, false
}

// private reports whether a stream is for its visitor alone.
func private(st view.Stream) bool { return st.Kind == view.Home || st.Kind == view.Direct }

// permit checks that the token allows a stream.
func (c *call) permit(st view.Stream) error {
	switch {
	case !private(st):
		return nil
	case c.me.ID == "":
		return errNoToken
	case !c.grant.Scopes.Allow("read:statuses") && (!st.NotesOnly || !c.grant.Scopes.Allow("read:notifications")):
		return errScope
	}
	return nil
}

// occupy takes one of the places for streams.
func (c *call) occupy() (leave func(), err error) {
	who := c.client()
	if !c.seats.take(who, c.Streams) {
		return nil, errStreams
	}
	return func() { c.seats.leave(who) }, nil
}

// seats are the places of open streams, by who has them.
type seats struct {
	mu   sync.Mutex
	open int
	by   map[string]int
}

// take gives a place away, of which one client has a quarter at most.
func (p *seats) take(who string, all int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open >= all || p.by[who] >= max(all/4, 1) {
		return false
	}
	if p.by == nil {
		p.by = map[string]int{}
	}
	p.open++
	p.by[who]++
	return true
}

func (p *seats) leave(who string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
	if p.by[who]--; p.by[who] == 0 {
		delete(p.by, who)
	}
}

// message is what a stream tells: Mastodon's event and its payload.
type message struct {
	stream  int // by place among those asked for
	event   string
	payload []byte // JSON
	quoted  []byte // a text that holds it; nil: to be made
}

// told are the messages of the news after a place.
func (c *call) told(streams []view.Stream, after uint64) (all []message, next uint64) {
	news, next := c.View.News(c.me.ID, streams, after, newsAtOnce)
	r := c.render()
	for _, n := range news {
		m := message{stream: n.Stream}
		switch {
		case n.Status != nil:
			m.event = "update"
			made := c.payload.of(r, n.Status)
			m.payload, m.quoted = made.data, made.quoted
		case n.Notification != nil:
			m.event, m.payload = "notification", encoded(r.notification(n.Notification))
		case n.Conversation != nil:
			m.event, m.payload = "conversation", encoded(r.conversation(n.Conversation, 0))
		default:
			m.event, m.payload = "delete", []byte(decimal(n.Deleted))
		}
		all = append(all, m)
	}
	return all, next
}

// encoded cannot fail: it is for plain data made here.
func encoded(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("api: " + err.Error())
	}
	return data
}

// eventStream serves a stream as server-sent events.
func (s *server) eventStream(c *call) {
	if err := c.serveEvents(); err != nil {
		c.fail(err)
	}
}

func (c *call) serveEvents() error {
	if c.r.Method != http.MethodGet {
		return errNoMethod
	}
	name := strings.ReplaceAll(strings.Trim(c.r.PathValue("stream"), "/"), "/", ":")
	stream, ok := streamNamed(name, c.r.URL.Query().Get("tag"))
	if !ok {
		return errNoMethod
	}
	if err := c.permit(stream); err != nil {
		return err
	}
	leave, err := c.occupy()
	if err != nil {
		return err
	}
	defer leave()
	c.events(c.r.Context(), stream)
	return nil
}

// events writes until the client is gone, or too slow.
func (c *call) events(ctx context.Context, stream view.Stream) {
	at := c.View.Now()
	out := newEventWriter(c.w, c.StreamTime)
	c.w.Header().Set("Content-Type", "text/event-stream")
	c.w.WriteHeader(http.StatusOK)
	if out.write([]byte(":)\n\n")) != nil {
		return
	}
	for {
		err := c.await(ctx, at)
		if ctx.Err() != nil {
			return
		}
		if err != nil { // nothing came for a while
			if out.write([]byte(":thump\n\n")) != nil {
				return
			}
			continue
		}
		var chunk []byte
		if chunk, at = c.chunk(stream, at); len(chunk) > 0 && out.write(chunk) != nil {
			return
		}
	}
}

// chunk is what a stream tells at once, and where it goes on. Of the public
// stream it is the same for all who read it, and made once for them.
func (c *call) chunk(stream view.Stream, after uint64) (data []byte, next uint64) {
	if stream.Kind != view.Public {
		return c.sse(stream, after)
	}
	nobody := *c
	nobody.me = social.Visitor{}
	return c.chunks.of(chunkKey{c.base, stream, after}, func() ([]byte, uint64) { return nobody.sse(stream, after) })
}

func (c *call) sse(stream view.Stream, after uint64) (data []byte, next uint64) {
	all, next := c.told([]view.Stream{stream}, after)
	var b bytes.Buffer
	for _, m := range all {
		b.WriteString("event: " + m.event + "\ndata: ")
		b.Write(m.payload)
		b.WriteString("\n\n")
	}
	return b.Bytes(), next
}

// await waits for news; an error says that none came for a while.
func (c *call) await(ctx context.Context, at uint64) error {
	ctx, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	return c.View.Wait(ctx, at)
}
