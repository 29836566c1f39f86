package network

// random shows posts in an order drawn for the resident and the tick: the
// control against which a ranking is compared. Scores are uniform in [0, 1).
type random struct{}

func (random) score(o *onlooker, _ candidate) float64 { return o.rand.Float64() }
