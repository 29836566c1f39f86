package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// Stream names a random stream of a run. The same names give the same stream
// on every machine, whatever else drew numbers before.
type Stream struct {
	Seed    uint64 // of the run
	Agent   string
	Tick    int64
	Purpose string
	Index   int
}

// Rand is the stream itself.
func (s Stream) Rand() *rand.Rand {
	sum := s.sum()
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])))
}

// Derive is one number drawn from the names: the seed of a model call.
func (s Stream) Derive() uint64 {
	sum := s.sum()
	return binary.LittleEndian.Uint64(sum[:8])
}

func (s Stream) sum() [sha256.Size]byte {
	buf := make([]byte, 0, 64)
	buf = binary.LittleEndian.AppendUint64(buf, s.Seed)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(s.Tick))
	buf = binary.LittleEndian.AppendUint64(buf, uint64(s.Index))
	buf = binary.LittleEndian.AppendUint64(buf, uint64(len(s.Agent)))
	buf = append(buf, s.Agent...)
	buf = append(buf, s.Purpose...)
	return sha256.Sum256(buf)
}
