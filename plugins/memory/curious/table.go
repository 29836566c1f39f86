package curious

import "fmt"

// table holds unit vectors by key, for exact search.
type table struct {
	keys []string
	rows map[string]int
	data [][]float32
}

func newTable() *table { return &table{rows: map[string]int{}} }

func (t *table) Put(key string, v []float32) error {
	if len(t.data) > 0 && len(t.data[0]) != len(v) {
		return fmt.Errorf("a vector of %d among vectors of %d", len(v), len(t.data[0]))
	}
	t.rows[key] = len(t.keys)
	t.keys, t.data = append(t.keys, key), append(t.data, v)
	return nil
}

// Remove puts the last row in the place of the one removed.
func (t *table) Remove(key string) {
	at, end := t.rows[key], len(t.keys)-1
	t.keys[at], t.data[at] = t.keys[end], t.data[end]
	t.rows[t.keys[at]] = at
	delete(t.rows, key)
	t.keys, t.data = t.keys[:end], t.data[:end]
}

func (t *table) Dots(query, into []float32) []float32 {
	for _, v := range t.data {
		into = append(into, float32(dot(query, v)))
	}
	return into
}
