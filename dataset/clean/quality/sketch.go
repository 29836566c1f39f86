package quality

const (
	sketchRows = 4
	sketchBits = 19
)

// sketch counts hashes in 8 MB, however many there are: never too few, and too
// many by little and seldom (count-min, conservative).
type sketch struct{ rows [sketchRows][]uint32 }

// cells are where a hash is counted.
func (s *sketch) cells(h uint64) (out [sketchRows]uint32) {
	const step = 0xff51afd7ed558ccd
	for i := range out {
		h *= step
		h ^= h >> 32
		out[i] = uint32(h & (1<<sketchBits - 1))
	}
	return out
}

// add counts a hash once more and returns how often it was.
func (s *sketch) add(h uint64) uint64 {
	if s.rows[0] == nil {
		for i := range s.rows {
			s.rows[i] = make([]uint32, 1<<sketchBits)
		}
	}
	cells := s.cells(h)
	n := uint32(s.get(h) + 1)
	for i, cell := range cells {
		s.rows[i][cell] = max(s.rows[i][cell], n)
	}
	return uint64(n)
}

func (s *sketch) get(h uint64) uint64 {
	if s.rows[0] == nil {
		return 0
	}
	cells := s.cells(h)
	n := s.rows[0][cells[0]]
	for i := 1; i < sketchRows; i++ {
		n = min(n, s.rows[i][cells[i]])
	}
	return uint64(n)
}
