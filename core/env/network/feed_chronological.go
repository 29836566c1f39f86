package network

// chronological shows the newest first. The score is the time at which a post
// came into the timeline, in seconds since 1970.
type chronological struct{}

func (chronological) score(_ *onlooker, c candidate) float64 { return float64(c.entry.Time.Unix()) }
