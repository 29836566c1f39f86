package stream

import "math"

// powers are those of a decay by whole seconds, where a decay is what is left
// after an hour: products of what is left after seconds, hours and blocks of
// hours, each looked up.
type powers struct {
	decay   float64
	seconds [3600]float64
	hours   [256]float64
	blocks  [1024]float64 // of 256 hours: 30 years
}

func newPowers(decay float64) *powers {
	p := &powers{decay: decay}
	for i := range p.seconds {
		p.seconds[i] = math.Pow(decay, float64(i)/3600)
	}
	for i := range p.hours {
		p.hours[i] = math.Pow(decay, float64(i))
	}
	for i := range p.blocks {
		p.blocks[i] = math.Pow(decay, float64(i*len(p.hours)))
	}
	return p
}

// after is what is left after so many seconds. Before the beginning, all is.
func (p *powers) after(seconds int64) float64 {
	if seconds <= 0 {
		return 1
	}
	hours, rest := uint64(seconds)/3600, uint64(seconds)%3600
	block := hours / uint64(len(p.hours))
	if block >= uint64(len(p.blocks)) {
		return math.Pow(p.decay, float64(seconds)/3600)
	}
	return p.seconds[rest] * p.hours[hours%uint64(len(p.hours))] * p.blocks[block]
}
