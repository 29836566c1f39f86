package cluster

import (
	"context"
	"time"
)

// Transfer says what a Stage or a Fetch did.
type Transfer struct {
	Files   int   `json:"files"`   // in all
	Changed int   `json:"changed"` // that were carried over
	Bytes   int64 `json:"bytes"`   // that were carried over
	Resumed int64 `json:"resumed"` // bytes that an earlier, cut attempt had carried over
}

const (
	// chunk is what a single write carries: after a cut, everything before the
	// last chunk is known to be there.
	chunk = 4 << 20
	// attempts that may fail in a row because nobody answers.
	attempts = 6
)

// resumeAt is where to go on with a file of which size bytes are there: the last
// chunk may have holes.
func resumeAt(size, whole int64) int64 {
	if size = min(size, whole); size <= 0 {
		return 0
	}
	return (size - 1) / chunk * chunk
}

// persist tries again while nobody answers, waiting longer each time.
func persist(ctx context.Context, do func() error) error {
	delay := 250 * time.Millisecond
	for n := 1; ; n++ {
		err := do()
		if !IsKind(err, Unreachable) || n == attempts {
			return err
		}
		if err := pause(ctx, delay); err != nil {
			return err
		}
		delay *= 2
	}
}

// pause waits, or returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
