package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/llm-city/gorod/core/social/view"
)

// newsAtOnce is how many posts a reader of streams is told of at once, the
// newest, as many as a client shows: a tick of a large town makes hundreds.
const newsAtOnce = 40

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
	if c.streams.Add(1) > int64(c.Streams) {
		c.streams.Add(-1)
		return nil, errStreams
	}
	return func() { c.streams.Add(-1) }, nil
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
			m.payload, m.quoted = c.payload.of(r, n.Status)
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

// payloads keeps the JSON of the last posts that streams told, so that it is
// made once for all who read them.
type payloads struct {
	mu       sync.Mutex
	new, old map[payloadKey]payload
}

// payload is the JSON of a post, and a text that holds it.
type payload struct{ data, quoted []byte }

type payloadKey struct {
	base   string
	status *view.Status
}

// payloadsKept is how many are kept, and as many again.
const payloadsKept = 2000

func newPayloads() *payloads { return &payloads{new: map[payloadKey]payload{}} }

func (p *payloads) of(r render, s *view.Status) (data, quoted []byte) {
	key := payloadKey{r.base, s}
	p.mu.Lock()
	made, ok := p.new[key]
	if !ok {
		made, ok = p.old[key]
	}
	p.mu.Unlock()
	if ok {
		return made.data, made.quoted
	}
	data = encoded(r.status(s))
	made = payload{data, encoded(string(data))}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.new) >= payloadsKept {
		p.old, p.new = p.new, map[payloadKey]payload{}
	}
	p.new[key] = made
	return made.data, made.quoted
}

// eventStream serves a stream as server-sent events.
func (s *server) eventStream(c *call) {
	if err := c.serveEvents(); err != nil {
		c.fail(err)
	}
}

func (c *call) serveEvents() error {
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
	out := newEventWriter(c.w)
	c.w.Header().Set("Content-Type", "text/event-stream")
	c.w.WriteHeader(http.StatusOK)
	if out.write(":)\n\n") != nil {
		return
	}
	for {
		err := c.await(ctx, at)
		if ctx.Err() != nil {
			return
		}
		if err != nil { // nothing came for a while
			if out.write(":thump\n\n") != nil {
				return
			}
			continue
		}
		var all []message
		all, at = c.told([]view.Stream{stream}, at)
		var b strings.Builder
		for _, m := range all {
			b.WriteString("event: " + m.event + "\ndata: ")
			b.Write(m.payload)
			b.WriteString("\n\n")
		}
		if b.Len() > 0 && out.write(b.String()) != nil {
			return
		}
	}
}

// await waits for news; an error says that none came for a while.
func (c *call) await(ctx context.Context, at uint64) error {
	ctx, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	return c.View.Wait(ctx, at)
}
