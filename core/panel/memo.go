package panel

import "sync"

// mostRemembered bounds the figures of a run that are kept.
const mostRemembered = 16

// memo keeps what costs much to draw and is the same for every reader of a tick.
type memo struct {
	mu    sync.Mutex
	order []memoKey
	known map[memoKey]any
}

type memoKey struct {
	what string
	tick int64
}

// remember is what was made for a tick, or made now. One reader makes it while
// the others wait.
func remember[T any](m *memo, what string, tick int64, make func() T) T {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := memoKey{what, tick}
	if v, ok := m.known[key].(T); ok {
		return v
	}
	if m.known == nil {
		m.known = map[memoKey]any{}
	}
	if len(m.order) == mostRemembered {
		delete(m.known, m.order[0])
		m.order = m.order[1:]
	}
	v := make()
	m.known[key], m.order = v, append(m.order, key)
	return v
}
