package split

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"github.com/llm-city/gorod/dataset/forest"
)

// byDialogue gives each group to a split by the least hash of its sessions, so
// that other examples that come along later move none of those there are.
func (s *Splitter) byDialogue(a *Assignment, of forest.Forest) {
	least := make([]uint64, len(of))
	for i := range least {
		least[i] = math.MaxUint64
	}
	for i, root := range of {
		least[root] = min(least[root], s.threads[i])
	}
	for i, root := range of {
		switch u := s.draw(least[root]); {
		case u < s.opts.Test:
			a.of[i] = Test
		case u < s.opts.Test+s.opts.Validation:
			a.of[i] = Validation
		}
	}
}

// draw is a number in [0,1) for a session.
func (s *Splitter) draw(thread uint64) float64 {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], s.opts.Seed)
	binary.LittleEndian.PutUint64(b[8:], thread)
	sum := sha256.Sum256(b[:])
	return float64(binary.LittleEndian.Uint64(sum[:8])>>11) / (1 << 53)
}
