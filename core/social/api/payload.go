package api

import (
	"sync"

	"github.com/llm-city/gorod/core/social/view"
)

// Bounds of what is kept of the last news, so that it is made once for all who
// read them.
const (
	payloadsKept = 2000 // posts, and as many again
	chunksKept   = 32   // of about newsAtOnce posts each
)

// payloads keeps the JSON of the last posts that streams told.
type payloads struct {
	mu       sync.Mutex
	new, old map[payloadKey]*payload
}

// payload is the JSON of a post, and a text that holds it.
type payload struct {
	once         sync.Once
	data, quoted []byte
}

type payloadKey struct {
	base   string
	status *view.Status
}

func newPayloads() *payloads { return &payloads{new: map[payloadKey]*payload{}} }

func (p *payloads) of(r render, s *view.Status) *payload {
	made := p.at(payloadKey{r.base, s})
	made.once.Do(func() {
		made.data = encoded(r.status(s))
		made.quoted = encoded(string(made.data))
	})
	return made
}

func (p *payloads) at(key payloadKey) *payload {
	p.mu.Lock()
	defer p.mu.Unlock()
	made, ok := p.new[key]
	if !ok {
		made, ok = p.old[key]
	}
	if ok {
		return made
	}
	if len(p.new) >= payloadsKept {
		p.old, p.new = p.new, map[payloadKey]*payload{}
	}
	made = &payload{}
	p.new[key] = made
	return made
}

// chunks keeps the last parts of the public stream.
type chunks struct {
	mu   sync.Mutex
	made map[chunkKey]*chunk
	keys []chunkKey // oldest first
}

// chunk is what a stream tells after a place, and where it goes on.
type chunk struct {
	once sync.Once
	data []byte
	next uint64
}

type chunkKey struct {
	base   string
	stream view.Stream
	after  uint64
}

func (c *chunks) of(key chunkKey, do func() ([]byte, uint64)) ([]byte, uint64) {
	found := c.at(key)
	found.once.Do(func() { found.data, found.next = do() })
	return found.data, found.next
}

func (c *chunks) at(key chunkKey) *chunk {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found, ok := c.made[key]; ok {
		return found
	}
	if len(c.keys) >= chunksKept {
		delete(c.made, c.keys[0])
		c.keys = c.keys[1:]
	}
	if c.made == nil {
		c.made = map[chunkKey]*chunk{}
	}
	c.made[key], c.keys = &chunk{}, append(c.keys, key)
	return c.made[key]
}
