package split

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/dataset/dedup/spill"
	"github.com/llm-city/gorod/dataset/forest"
)

// Splitter takes examples and then assigns them. It is for one goroutine; about
// 50 bytes per example are held in memory, the rest in a temporary file.
type Splitter struct {
	opts    Options
	file    *spill.File
	keys    *keyer
	times   []int64
	threads []uint64 // hash of each example's first thread
}

// New makes a splitter with its file in a directory ("" for that of the system).
func New(dir string, opts Options) (*Splitter, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	file, err := spill.Create(dir, int(kinds)*keyParts)
	if err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	return &Splitter{opts: opts, file: file, keys: &keyer{out: file.Writer()}}, nil
}

// Close removes the temporary file.
func (s *Splitter) Close() error { return s.file.Close() }

// Add takes the next example.
func (s *Splitter) Add(e *Example) error {
	if err := s.keys.example(uint32(len(s.times)), e); err != nil {
		return fmt.Errorf("split: %w", err)
	}
	var thread uint64
	if len(e.Threads) > 0 {
		thread, _ = s.keys.hash(threadKey, e.Threads[0])
	}
	s.times = append(s.times, e.Time)
	s.threads = append(s.threads, thread)
	return nil
}

// Assignment tells where each example goes.
type Assignment struct {
	of      []Split
	Summary Summary
}

// Summary counts examples.
type Summary struct {
	Examples map[string]int `json:"examples"` // by split
	// Dropped counts examples that were in the way of a cut in time, by what held
	// them together: "session_across_test", "near_duplicate_across_validation",
	// "forward_across_test" and so on.
	Dropped map[string]int `json:"dropped,omitempty"`
	// Cuts are the times at which splits begin.
	Cuts map[string]int64 `json:"cuts,omitempty"`
	// Groups is how many groups must each stay together; Largest is the size of
	// the largest.
	Groups  int `json:"groups"`
	Largest int `json:"largest"`
}

// Of is where the example goes that was added as number i, from 0.
func (a *Assignment) Of(i int) Split { return a.of[i] }

// Assign assigns all that were added. It is called once.
func (s *Splitter) Assign(ctx context.Context) (*Assignment, error) {
	if err := s.keys.out.Flush(); err != nil {
		return nil, fmt.Errorf("split: %w", err)
	}
	links, err := s.link(ctx)
	if err != nil {
		return nil, err
	}
	a := &Assignment{of: make([]Split, len(s.times))}
	a.Summary = Summary{Examples: map[string]int{}, Dropped: map[string]int{}, Cuts: map[string]int64{}}
	for i := range a.of {
		a.of[i] = Train
	}
	a.groups(links.whole())
	if s.opts.By == ByDialogue {
		s.byDialogue(a, links.whole())
	} else {
		err := s.byTime(ctx, a, links, Test, s.opts.Test)
		if err == nil {
			err = s.byTime(ctx, a, links, Validation, s.opts.Validation)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, to := range a.of {
		a.Summary.Examples[to.String()]++
	}
	delete(a.Summary.Examples, Dropped.String())
	return a, nil
}

func (a *Assignment) groups(of forest.Forest) {
	sizes := make([]int32, len(of))
	for _, root := range of {
		sizes[root]++
	}
	for _, n := range sizes {
		if n > 0 {
			a.Summary.Groups++
			a.Summary.Largest = max(a.Summary.Largest, int(n))
		}
	}
}
