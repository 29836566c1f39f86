package score

import (
	"maps"
	"slices"

	"github.com/llm-city/gorod/plugins/text"
)

const (
	// maxNames is how many names a Counter tells apart: an environment of a
	// plugin may invent them.
	maxNames = 256
	// maxName is how much of a name is kept, in characters.
	maxName = 80
)

// Others is the name under which a Counter counts what came after too many
// other names.
const Others = "(others)"

// Counter counts names, a bounded number of them.
type Counter struct {
	counts map[string]float64
	Total  int
}

// Add counts a name.
func (c *Counter) Add(name string) {
	if c.counts == nil {
		c.counts = map[string]float64{}
	}
	name = Name(name)
	if _, known := c.counts[name]; !known && len(c.counts) >= maxNames {
		name = Others
	}
	c.counts[name]++
	c.Total++
}

// Names are those counted, sorted.
func (c *Counter) Names() []string { return slices.Sorted(maps.Keys(c.counts)) }

// Of is how often a name was counted.
func (c *Counter) Of(name string) float64 { return c.counts[name] }

// Counts are the counts, in the order of Names.
func (c *Counter) Counts() []float64 {
	out := make([]float64, 0, len(c.counts))
	for _, name := range c.Names() {
		out = append(out, c.counts[name])
	}
	return out
}

// Name is a name as scores give it: not too long.
func Name(s string) string {
	if len(s) <= maxName {
		return s
	}
	return text.Cut(s, maxName)
}
