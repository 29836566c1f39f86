package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"

	"github.com/coder/websocket"

	"github.com/llm-city/gorod/core/social/view"
)

// maxSubscriptions of one connection.
const maxSubscriptions = 20

// socket serves streams over a WebSocket: the one that the address names, and
// those that the client subscribes to.
type socket struct {
	*call
	conn *websocket.Conn

	mu   sync.Mutex
	subs []subscription
}

// subscription is a stream with what clients call it.
type subscription struct {
	stream view.Stream
	name   []string // hashtag and the tag, or the name alone
}

func (s *server) socket(c *call) {
	sock := &socket{call: c}
	if err := sock.open(); err != nil {
		c.fail(err)
		return
	}
	leave, err := c.occupy()
	if err != nil {
		c.fail(err)
		return
	}
	defer leave()
	// Pages of others may connect: what they may read is in the token, not in a
	// cookie. Browsers that give it as a protocol want that confirmed.
	options := &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled}
	if protocol := c.r.Header.Get("Sec-WebSocket-Protocol"); protocol != "" {
		options.Subprotocols = []string{protocol}
	}
	if sock.conn, err = websocket.Accept(c.w, c.r, options); err != nil {
		return // it has answered
	}
	defer sock.conn.CloseNow() //nolint:errcheck // it is over
	sock.conn.SetReadLimit(4 << 10)
	ctx, cancel := context.WithCancel(c.r.Context())
	defer cancel()
	go func() {
		defer cancel()
		sock.listen(ctx)
	}()
	sock.tell(ctx)
}

// open subscribes to the stream of the address.
func (s *socket) open() error {
	q := s.r.URL.Query()
	if name := q.Get("stream"); name != "" {
		return s.subscribe(name, q.Get("tag"))
	}
	return nil
}

func (s *socket) subscribe(name, tag string) error {
	stream, ok := streamNamed(name, tag)
	if !ok {
		return &refusal{http.StatusBadRequest, "Такого потока нет ¦ Unknown stream type"}
	}
	if err := s.permit(stream); err != nil {
		return err
	}
	sub := subscription{stream, named(name, tag)}
	s.mu.Lock()
	defer s.mu.Unlock()
	same := func(other subscription) bool { return slices.Equal(other.name, sub.name) }
	if len(s.subs) < maxSubscriptions && !slices.ContainsFunc(s.subs, same) {
		s.subs = append(s.subs, sub)
	}
	return nil
}

func (s *socket) unsubscribe(name, tag string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subs = slices.DeleteFunc(s.subs, func(sub subscription) bool { return slices.Equal(sub.name, named(name, tag)) })
}

func named(name, tag string) []string {
	if tag == "" {
		return []string{name}
	}
	return []string{name, tag}
}

func (s *socket) streams() (streams []view.Stream, names [][]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sub := range s.subs {
		streams, names = append(streams, sub.stream), append(names, sub.name)
	}
	return streams, names
}

// listen takes what the client says until it is gone.
func (s *socket) listen(ctx context.Context) {
	for {
		kind, data, err := s.conn.Read(ctx)
		if err != nil {
			return
		}
		var said struct{ Type, Stream, Tag string }
		if kind != websocket.MessageText || json.Unmarshal(data, &said) != nil {
			continue
		}
		switch said.Type {
		case "subscribe":
			if err := s.subscribe(said.Stream, said.Tag); err != nil && s.send(ctx, encoded(map[string]string{"error": err.Error()})) != nil {
				return
			}
		case "unsubscribe":
			s.unsubscribe(said.Stream, said.Tag)
		}
	}
}

// tell writes what is new until the client is gone, or too slow.
func (s *socket) tell(ctx context.Context) {
	at := s.View.Now()
	for {
		err := s.await(ctx, at)
		if ctx.Err() != nil {
			return
		}
		if err != nil { // nothing came for a while
			if s.ping(ctx) != nil {
				return
			}
			continue
		}
		streams, names := s.streams()
		var all []message
		all, at = s.told(streams, at)
		for _, m := range all {
			if s.send(ctx, framed(names[m.stream], m)) != nil {
				return
			}
		}
	}
}

// framed is a message as Mastodon sends it: the payload is a text that holds
// JSON.
func framed(stream []string, m message) []byte {
	if m.quoted == nil {
		m.quoted = encoded(string(m.payload))
	}
	return slices.Concat([]byte(`{"stream":`), encoded(stream), []byte(`,"event":"`+m.event+`","payload":`), m.quoted, []byte(`}`))
}

func (s *socket) send(ctx context.Context, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, s.StreamTime)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, data)
}

func (s *socket) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.StreamTime)
	defer cancel()
	return s.conn.Ping(ctx)
}
