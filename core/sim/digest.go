package sim

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"strconv"

	"github.com/llm-city/gorod/core/event"
)

// Digest is the running SHA-256 over a run's events in order, each as one line
// of JSON. Its state is part of every commit, so that a resumed run goes on
// where it stopped.
type Digest struct {
	h    hash.Hash
	line []byte
}

// NewDigest starts a digest, or with the state of a commit continues it.
func NewDigest(state []byte) (*Digest, error) {
	d := &Digest{h: sha256.New()}
	if len(state) == 0 {
		return d, nil
	}
	if err := d.h.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
		return nil, fmt.Errorf("continue the digest: %w", err)
	}
	return d, nil
}

// Add appends an event.
func (d *Digest) Add(e event.Event) error {
	agent, err := json.Marshal(e.Agent)
	if err != nil {
		return fmt.Errorf("digest event %d.%d: %w", e.Tick, e.Seq, err)
	}
	// What package json makes of an Event, without reading Data again.
	d.line = strconv.AppendInt(append(d.line[:0], `{"tick":`...), e.Tick, 10)
	d.line = strconv.AppendInt(append(d.line, `,"seq":`...), int64(e.Seq), 10)
	if e.Agent != "" {
		d.line = append(append(d.line, `,"agent":`...), agent...)
	}
	d.line = append(append(append(d.line, `,"kind":"`...), e.Kind...), `","data":`...)
	d.line = append(append(d.line, e.Data...), "}\n"...)
	d.h.Write(d.line)
	return nil
}

// State can be given to NewDigest.
func (d *Digest) State() ([]byte, error) {
	state, err := d.h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("save the digest: %w", err)
	}
	return state, nil
}

// Sum is the digest so far, in hexadecimal.
func (d *Digest) Sum() string { return hex.EncodeToString(d.h.Sum(nil)) }
