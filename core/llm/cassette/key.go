package cassette

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/llm-city/gorod/core/llm"
)

// Key identifies a call.
type Key [sha256.Size]byte

// String is the key in hexadecimal.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// ParseKey reads what String wrote.
func ParseKey(text string) (k Key, err error) {
	n, err := hex.Decode(k[:], []byte(text[:min(len(text), 2*len(k))]))
	if err != nil || n != len(k) || len(text) != 2*len(k) {
		return k, fmt.Errorf("%q is not the key of a call: 64 hexadecimal digits", text)
	}
	return k, nil
}

// The encodings under the keys. Strings and lists begin with their length, so
// that no two requests have the same bytes. A change makes every recording
// useless: give it a new first byte.
const (
	callDomain  = 1
	embedDomain = 2
)

// writer appends canonical values to a buffer.
type writer []byte

func (w *writer) int(n int64)   { *w = binary.AppendVarint(*w, n) }
func (w *writer) text(s string) { w.int(int64(len(s))); *w = append(*w, s...) }

func (w *writer) float(f *float64) {
	if f == nil {
		*w = append(*w, 0)
		return
	}
	*w = append(*w, 1)
	*w = binary.BigEndian.AppendUint64(*w, math.Float64bits(*f))
}

func (w *writer) request(r *llm.Request) {
	*w = append(*w, callDomain)
	w.text(r.Model)
	w.int(int64(len(r.Messages)))
	for _, m := range r.Messages {
		w.text(m.Role)
		w.text(m.Content)
	}
	w.int(int64(len(r.Schema)))
	*w = append(*w, r.Schema...)
	w.sampling(&r.Sampling)
	w.text(r.Agent)
	w.int(r.Tick)
	w.text(r.Purpose)
	w.int(int64(r.Index))
	w.int(int64(r.Attempt))
	if r.Scored != "" {
		w.text(r.Scored)
	}
}

func (w *writer) sampling(s *llm.Sampling) {
	w.float(s.Temperature)
	w.float(s.TopP)
	w.int(int64(s.MaxTokens))
	*w = binary.BigEndian.AppendUint64(*w, s.Seed)
	w.int(int64(len(s.Stop)))
	for _, stop := range s.Stop {
		w.text(stop)
	}
	w.int(int64(len(s.LogitBias)))
	for _, token := range slices.Sorted(maps.Keys(s.LogitBias)) {
		w.text(token)
		w.int(int64(s.LogitBias[token]))
	}
}

// keyOf is the key of a generation.
func (c *Cassette) keyOf(r *llm.Request) Key {
	return c.hash(func(w *writer) { w.request(r) })
}

// textKey is the key of a text's embedding.
func (c *Cassette) textKey(model, text string) Key {
	return c.hash(func(w *writer) {
		*w = append(*w, embedDomain)
		w.text(model)
		w.text(text)
	})
}

func (c *Cassette) hash(write func(*writer)) Key {
	w := c.borrow()
	defer c.buffer.Put(w)
	write(w)
	return sha256.Sum256(*w)
}

// borrow gives an empty buffer, to be put back.
func (c *Cassette) borrow() *writer {
	w, ok := c.buffer.Get().(*writer)
	if !ok {
		w = new(writer)
	}
	*w = (*w)[:0]
	return w
}
