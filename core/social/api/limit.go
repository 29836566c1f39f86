package api

import (
	"sync"
	"time"
)

// maxKeys is how many clients a limiter tells apart in a window.
const maxKeys = 100_000

// limiter counts what clients do in windows of time.
type limiter struct {
	limit  int
	window time.Duration
	now    func() time.Time

	mu    sync.Mutex
	until time.Time
	count map[string]int
}

func newLimiter(limit int, window time.Duration, now func() time.Time) *limiter {
	return &limiter{limit: limit, window: window, now: now, count: map[string]int{}}
}

// take counts one more and reports whether it may be, how many are left and
// when the window ends.
func (l *limiter) take(key string) (left int, reset time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if now.After(l.until) {
		l.until, l.count = now.Add(l.window), map[string]int{}
	}
	n, known := l.count[key]
	if !known && len(l.count) >= maxKeys {
		return 0, l.until, false
	}
	if n >= l.limit {
		return 0, l.until, false
	}
	l.count[key] = n + 1
	return l.limit - n - 1, l.until, true
}
