// Package dedup finds texts that are the same or nearly the same among more than
// fit in memory. Texts are equal when their normal forms are, by a 128-bit hash;
// nearly equal when the sets of their character shingles are alike (Jaccard),
// found by MinHash and locality-sensitive hashing and then verified on the
// texts. What is needed to find them lies in a temporary file; four bytes per
// text and a fixed amount are held in memory.
package dedup

import (
	"errors"
	"fmt"
	"runtime"
)

// Class says how texts of some length are compared.
type Class struct {
	// From is the least length, in characters of the normal form; the class
	// reaches to the next. Of two texts the shorter one decides.
	From int `json:"from"`
	// Shingle is how many characters a shingle has.
	Shingle int `json:"shingle"`
	// Threshold is the Jaccard similarity of shingle sets from which on texts
	// are near-duplicates. Their lengths may differ no more than that either.
	Threshold float64 `json:"threshold"`
}

// Options say what a duplicate is. The zero value is for messages of chats.
type Options struct {
	// Classes are in the order of From; texts shorter than the first are only
	// compared as wholes. Nil means DefaultClasses; an empty slice that nothing
	// but equal texts are duplicates.
	Classes []Class
	// Alone is the length under which a text is nobody's duplicate, however many
	// say the same: short stock phrases would tie everything together.
	Alone int
	// Workers is the number of goroutines; 0 means one per processor. The result
	// does not depend on it.
	Workers int
}

// DefaultClasses are those for messages of chats: under 20 characters texts
// must be equal, from there to 60 nearly so.
func DefaultClasses() []Class {
	return []Class{{From: 20, Shingle: 3, Threshold: 0.9}, {From: 60, Shingle: 5, Threshold: 0.8}}
}

// ErrOptions says that a duplicate cannot be found by the options given.
var ErrOptions = errors.New("dedup: options")

func (o Options) complete() (Options, error) {
	if o.Classes == nil {
		o.Classes = DefaultClasses()
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	for i, c := range o.Classes {
		switch {
		case c.From < 1 || i > 0 && c.From <= o.Classes[i-1].From:
			return o, fmt.Errorf("%w: class %d: from %d is not above the one before", ErrOptions, i, c.From)
		case c.Shingle < 1 || c.Shingle > c.From:
			return o, fmt.Errorf("%w: class %d: shingles of %d characters in texts of %d", ErrOptions, i, c.Shingle, c.From)
		case !(c.Threshold >= minThreshold && c.Threshold < 1):
			return o, fmt.Errorf("%w: class %d: threshold %v is not between %v and 1", ErrOptions, i, c.Threshold, minThreshold)
		}
	}
	return o, nil
}

// minThreshold is what 128 hashes can find with certainty enough.
const minThreshold = 0.3

// Lowered are the options with every threshold at most that high.
func (o Options) Lowered(threshold float64) Options {
	classes := o.Classes
	if classes == nil {
		classes = DefaultClasses()
	}
	o.Classes = make([]Class, len(classes))
	for i, c := range classes {
		c.Threshold = min(c.Threshold, threshold)
		o.Classes[i] = c
	}
	return o
}

// class is the index of the class of a length, -1 for texts too short for any.
func (o *Options) class(length int) int {
	for i := len(o.Classes) - 1; i >= 0; i-- {
		if length >= o.Classes[i].From {
			return i
		}
	}
	return -1
}

// within reports whether a text of some length can have a near-duplicate in a
// class: its own, or the one below if it is not much longer than that.
func (o *Options) within(length, class int) bool {
	c := o.Classes[class]
	if length < c.From {
		return false
	}
	return class == len(o.Classes)-1 || float64(length)*c.Threshold < float64(o.Classes[class+1].From)
}

// near reports whether texts that are not equal are near-duplicates.
func (o *Options) near(similarity float64, a, b int) bool {
	class := o.class(min(a, b))
	return class >= 0 && min(a, b) >= o.Alone && o.Classes[class].holds(similarity, a, b)
}

// least is the lowest of the thresholds, 1 where there is none.
func (o *Options) least() float64 {
	t := 1.0
	for _, c := range o.Classes {
		t = min(t, c.Threshold)
	}
	return t
}
