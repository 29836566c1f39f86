package split

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
)

// byDialogue gives each group to a split by the least hash of its sessions, so
// that other examples that come along later move none of those there are.
func (s *Splitter) byDialogue(a *Assignment, of forest) {
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

// byTime gives the latest of what is still in train to a split.
func (s *Splitter) byTime(a *Assignment, l links, to Split, share float64) {
	if share == 0 {
		return
	}
	cut, ok := s.cut(a, l.whole(), int(math.Round(share*float64(len(s.times)))))
	if !ok {
		return
	}
	a.Summary.Cuts[to.String()] = cut
	across := make([]straddling, len(l))
	for i := range l {
		across[i] = s.across(a, l[i].of, cut)
	}
	whole := across[len(across)-1]
	for i, was := range a.of {
		if was != Train {
			continue
		}
		later := s.times[i] >= cut
		switch {
		case !whole.has(i) && later, whole.has(i) && s.opts.Straddle == KeepLater, whole.has(i) && later && s.opts.Straddle == DropEarlier:
			a.of[i] = to
		case whole.has(i) && (later || s.opts.Straddle == DropEarlier):
			a.of[i] = Dropped
			first := slices.IndexFunc(across, func(x straddling) bool { return x.has(i) })
			a.Summary.Dropped[l[first].by+"_across_"+to.String()]++
		}
	}
}

// straddling is a bit for each example whose group lies on both sides of a cut.
type straddling []uint64

func (x straddling) has(i int) bool { return x[i/64]>>(i%64)&1 == 1 }

func (s *Splitter) across(a *Assignment, of forest, cut int64) straddling {
	const before, after = 1, 2
	sides := make([]uint8, len(of))
	for i, root := range of {
		switch {
		case a.of[i] != Train:
		case s.times[i] < cut:
			sides[root] |= before
		default:
			sides[root] |= after
		}
	}
	x := make(straddling, (len(of)+63)/64)
	for i, root := range of {
		if a.of[i] == Train && sides[root] == before|after {
			x[i/64] |= 1 << (i % 64)
		}
	}
	return x
}
