package cassette

import (
	"context"
	"errors"
	"sync"
)

// flights makes sure that a key is asked for by one at a time.
type flights[T any] struct {
	mu    sync.Mutex
	under map[Key]*flight[T]
}

// flight is a question under way. Value and err may be read when done is
// closed.
type flight[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// join gives the flight of a key; lead says that the caller must land it.
func (f *flights[T]) join(key Key) (fl *flight[T], lead bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl, ok := f.under[key]; ok {
		return fl, false
	}
	if f.under == nil {
		f.under = map[Key]*flight[T]{}
	}
	fl = &flight[T]{done: make(chan struct{})}
	f.under[key] = fl
	return fl, true
}

// land ends a flight. A value must be in the cassette before.
func (f *flights[T]) land(key Key, fl *flight[T], value T, err error) {
	fl.value, fl.err = value, err
	f.mu.Lock()
	delete(f.under, key)
	f.mu.Unlock()
	close(fl.done)
}

// wait for another's flight. When it failed because its leader was called off,
// gone is true: ask again.
func (fl *flight[T]) wait(ctx context.Context) (value T, gone bool, err error) {
	select {
	case <-fl.done:
	case <-ctx.Done():
		return value, false, context.Cause(ctx)
	}
	if called := errors.Is(fl.err, context.Canceled) || errors.Is(fl.err, context.DeadlineExceeded); called && ctx.Err() == nil {
		return value, true, nil
	}
	return fl.value, false, fl.err
}
