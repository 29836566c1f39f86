package network

import (
	"math"
	"time"
)

// Weights of what a post got. Passing on and answering cost more than liking.
const (
	favouriteWeight = 1
	replyWeight     = 2
	boostWeight     = 2
)

// hot shows what gets attention now:
//
//	(1 + favourites + 2·replies + 2·boosts) · 2^(−age / half-life)
//
// The decay is exponential, as in Reddit's hot order, log10(votes) + t/45000 s,
// which ranks as votes · 2^(−age / 3.8 h) does; Hacker News divides by a power
// of age instead. The one in front lets a post nobody has touched yet be seen.
type hot struct{ halfLife time.Duration }

func (h hot) score(o *onlooker, c candidate) float64 {
	p := c.post
	attention := 1 + favouriteWeight*p.Favourites + replyWeight*p.Replies + boostWeight*p.Boosts
	age := max(0, o.now.Sub(p.Time))
	return float64(attention) * math.Exp2(-float64(age)/float64(h.halfLife))
}
