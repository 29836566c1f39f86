// Package split assigns examples to train, validation and test so that nothing
// of one is found in another: what shares a session, the origin of a forward or a
// cluster of near-duplicates stays together. A certificate says how
// alike the splits still are, and can be made again from the files written.
package split

import (
	"errors"
	"fmt"
)

// Split is where an example goes.
type Split uint8

// The splits, in the order of time.
const (
	Dropped Split = iota
	Train
	Validation
	Test
)

// Names are those of the splits that are written.
func Names() []string { return []string{Train.String(), Validation.String(), Test.String()} }

func (s Split) String() string {
	switch s {
	case Train:
		return "train"
	case Validation:
		return "validation"
	case Test:
		return "test"
	case Dropped:
	}
	return "dropped"
}

// By says what decides about a group of examples that must stay together.
type By string

// The ways to split.
const (
	ByTime     By = "time"     // the latest are test, those before validation
	ByDialogue By = "dialogue" // by a hash of the dialogue, the same in every run
)

// Straddle says what becomes of a group that lies on both sides of the time at
// which a later split begins.
type Straddle string

// What to do with such groups.
const (
	DropEarlier Straddle = "drop_earlier" // its examples before that time
	DropLater   Straddle = "drop_later"   // those from then on
	KeepLater   Straddle = "keep_later"   // nothing: all go to the later split, though some are older than others in train
)

// Options say how to split. With the zero value everything is train.
type Options struct {
	By         By       `json:"by"`         // ByTime where empty
	Test       float64  `json:"test"`       // share of the examples
	Validation float64  `json:"validation"` // share of the examples
	Straddle   Straddle `json:"straddle"`   // DropEarlier where empty; for ByTime
	Seed       uint64   `json:"seed"`       // for ByDialogue
}

// ErrOptions says that examples cannot be split by the options given.
var ErrOptions = errors.New("split: options")

func (o Options) complete() (Options, error) {
	if o.By == "" {
		o.By = ByTime
	}
	if o.Straddle == "" {
		o.Straddle = DropEarlier
	}
	switch {
	case o.By != ByTime && o.By != ByDialogue:
		return o, fmt.Errorf("%w: by %q: want %s or %s", ErrOptions, o.By, ByTime, ByDialogue)
	case o.Straddle != DropEarlier && o.Straddle != DropLater && o.Straddle != KeepLater:
		return o, fmt.Errorf("%w: straddle %q: want %s, %s or %s", ErrOptions, o.Straddle, DropEarlier, DropLater, KeepLater)
	case !(o.Test >= 0 && o.Validation >= 0 && o.Test+o.Validation < 1):
		return o, fmt.Errorf("%w: shares %v for test and %v for validation leave none for train", ErrOptions, o.Test, o.Validation)
	}
	return o, nil
}

// Example is what of an example decides where it goes. The time is in any unit,
// the same for all.
type Example struct {
	Time     int64
	Threads  []string // sessions that its turns are of, that of the reply first
	Origins  []string // of forwards in it
	Clusters []int64  // one for each way in which examples were clustered, such as by the whole and by the reply
}
