// Package manifest holds what a dataset says of itself: what it was made of and
// how, what was left out and why, and the digests of its files.
package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/llm-city/gorod/dataset/chat"
)

// Names of the files of a dataset.
const (
	File        = "manifest.json"
	Certificate = "certificate.json"
	Card        = "README.md"
	DataDir     = "data"    // Parquet, a file a split
	FiguresDir  = "figures" // of the card
)

// ErrNone says that a folder holds something else, or nothing.
var ErrNone = errors.New("is no dataset")

// Format is the version of this format.
const Format = 1

// Manifest is the file manifest.json. It holds no time and no path of the
// machine: the same input, recipe and gorod give the same bytes.
type Manifest struct {
	Format   int              `json:"format"`
	Name     string           `json:"name"`
	Gorod    Gorod            `json:"gorod"`
	Recipe   json.RawMessage  `json:"recipe"` // with defaults
	Digest   string           `json:"recipe_sha256"`
	Sources  []Source         `json:"sources"`
	People   People           `json:"people"`
	Chats    []Chat           `json:"chats"`
	From     int64            `json:"from"` // Unix seconds of the earliest message
	To       int64            `json:"to"`   // and the latest
	Messages int64            `json:"messages"`
	Sessions int64            `json:"sessions"`
	Stages   []Stage          `json:"stages"`
	PII      map[string]int64 `json:"pii"` // personal data replaced, by kind
	Splits   []Split          `json:"splits"`
	Figures  []Histogram      `json:"figures"`
	Files    []Digest         `json:"files"` // all but this one, by path
}

// Gorod is the program that made it.
type Gorod struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // of its source code
}

// Source is where messages came from.
type Source struct {
	Kind   string `json:"kind"` // telegram, live, table
	File   string `json:"file"` // its name, without the folder
	SHA256 string `json:"sha256"`
	chat.Report
}

// People counts participants by what they agreed to.
type People struct {
	Targets       int `json:"targets"`       // whose replies are learnt
	Consented     int `json:"consented"`     // others with recorded consent
	Pseudonymised int `json:"pseudonymised"` // without
	Dropped       int `json:"dropped"`       // without, and what they wrote is left out
}

// Chat is one chat, by its pseudonym.
type Chat struct {
	Chat     string `json:"chat"`
	Type     string `json:"type,omitempty"`
	Messages int64  `json:"messages"`
	Speakers int    `json:"speakers"`
	Examples int64  `json:"examples"`
}

// Stage is one stage of the build: what came in, what went out, and why the
// rest did not.
type Stage struct {
	Name string `json:"stage"`
	Unit string `json:"unit"` // messages, turns, examples
	In   int64  `json:"in"`
	Out  int64  `json:"out"`
	Drop []Drop `json:"drop,omitempty"`
}

// Drop is how many a stage left out for one reason.
type Drop struct {
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// Split is one part of the dataset.
type Split struct {
	Name     string `json:"split"`
	Examples int64  `json:"examples"`
	Turns    int64  `json:"turns"`
	Chars    int64  `json:"characters"`
	From     int64  `json:"from"` // Unix seconds of the earliest reply
	To       int64  `json:"to"`   // and the latest
}

// Histogram counts values between edges: Counts[i] are those from Edges[i] up to
// Edges[i+1], the last has no end.
type Histogram struct {
	Name   string  `json:"name"` // also of its file
	Title  string  `json:"title"`
	Unit   string  `json:"unit"`
	Edges  []int64 `json:"edges"`
	Counts []int64 `json:"counts"`
	// Labels, where set, name the counts: they are of kinds and not of ranges.
	Labels []string `json:"labels,omitempty"`
}

// Add counts a value.
func (h *Histogram) Add(value int64) {
	for i := len(h.Edges) - 1; i >= 0; i-- {
		if value >= h.Edges[i] {
			h.Counts[i]++
			return
		}
	}
}

// Label names one of the counts: the values that it is of.
func (h *Histogram) Label(i int) string {
	switch from := h.Edges[i]; {
	case len(h.Labels) > 0:
		return h.Labels[i]
	case i == len(h.Edges)-1:
		return fmt.Sprintf("%d+", from)
	case h.Edges[i+1] == from+1:
		return fmt.Sprint(from)
	default:
		return fmt.Sprintf("%d–%d", from, h.Edges[i+1]-1)
	}
}

// Total is how many values were counted.
func (h *Histogram) Total() int64 {
	var n int64
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// Digest is what a file must hash to.
type Digest struct {
	Path   string `json:"path"` // in the dataset's folder, with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Marshal is the manifest as it is written.
func (m *Manifest) Marshal() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	return out.Bytes(), nil
}

// Read reads the manifest of the dataset in a folder.
func Read(dir string) (*Manifest, error) {
	path := filepath.Join(dir, File)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s %w: %w (gorod dataset build writes one)", dir, ErrNone, err)
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if m.Format != Format {
		return nil, fmt.Errorf("read %s: it has format %d, this gorod reads %d: build the dataset again", path, m.Format, Format)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return &m, nil
}

// check finds what no build writes: the file may come from anybody.
func (m *Manifest) check() error {
	for _, s := range m.Splits {
		if s.Name != filepath.Base(s.Name) || s.Name == "" || s.Examples < 0 {
			return errors.New("its splits are none")
		}
	}
	for _, h := range m.Figures {
		if len(h.Edges) != len(h.Counts) || len(h.Labels) > 0 && len(h.Labels) != len(h.Counts) || slices.ContainsFunc(h.Counts, func(n int64) bool { return n < 0 }) {
			return errors.New("its figures are none")
		}
	}
	return nil
}
