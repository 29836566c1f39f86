package quality

const (
	sketchBlocks = 1 << 17
	blockCells   = 16 // of 4 bytes: one line of a processor's cache
	cellsEach    = 4
)

// sketch counts hashes in 8 MB, however many there are: never too few, and too
// many by little and seldom (count-min, conservative). The cells of a hash lie
// in one block.
type sketch struct{ blocks [][blockCells]uint32 }

// cells are where a hash is counted within its block.
func cells(h uint64) (out [cellsEach]uint8) {
	for i := range out {
		h >>= 8
		out[i] = uint8(i*blockCells/cellsEach) + uint8(h%(blockCells/cellsEach))
	}
	return out
}

func (s *sketch) block(h uint64) *[blockCells]uint32 {
	if s.blocks == nil {
		s.blocks = make([][blockCells]uint32, sketchBlocks)
	}
	return &s.blocks[(h>>40)%sketchBlocks]
}

// add counts a hash once more and returns how often it was.
func (s *sketch) add(h uint64) uint64 {
	block, n := s.block(h), uint32(s.get(h)+1)
	for _, cell := range cells(h) {
		block[cell] = max(block[cell], n)
	}
	return uint64(n)
}

func (s *sketch) get(h uint64) uint64 {
	const most = 1<<32 - 1
	block, n := s.block(h), uint32(most)
	for _, cell := range cells(h) {
		n = min(n, block[cell])
	}
	return uint64(n)
}
