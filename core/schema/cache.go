package schema

import "sync"

// cacheSize is how many schemas a Cache holds.
const cacheSize = 1024

// Cache compiles every schema once. Its zero value is ready; it may be used by
// several goroutines.
type Cache struct {
	mu    sync.RWMutex
	known map[string]*Schema
}

// Compile is Compile, but for a text seen before.
func (c *Cache) Compile(text []byte) (*Schema, error) {
	c.mu.RLock()
	s, ok := c.known[string(text)]
	c.mu.RUnlock()
	if ok {
		return s, nil
	}
	s, err := Compile(text)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= cacheSize {
		c.known = map[string]*Schema{}
	}
	c.known[string(text)] = s
	return s, nil
}
