package env

// Leavable is an environment that residents may be gone from for good.
type Leavable interface {
	// Absent says why a resident is there no more; empty: it is there. It is
	// called between ticks.
	Absent(agent string) string
}
