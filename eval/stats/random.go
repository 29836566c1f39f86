package stats

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
)

// Stream is the random stream of a purpose: the same for the same seed and
// names, and independent of that of any other names.
func Stream(seed uint64, names ...string) *rand.Rand {
	text := binary.LittleEndian.AppendUint64(nil, seed)
	for _, name := range names {
		text = binary.LittleEndian.AppendUint64(text, uint64(len(name)))
		text = append(text, name...)
	}
	sum := sha256.Sum256(text)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])))
}

// blockSize is how many resamples share a stream.
const blockSize = 128

// inBlocks does n pieces of work in blocks, several at once. Each block has a
// stream of its own, drawn before any starts, so that the result is the same on
// any number of CPUs. work is made once for each worker and holds its scratch.
func inBlocks(n int, random *rand.Rand, work func() func(stream *rand.PCG, from, to int)) {
	blocks := (n + blockSize - 1) / blockSize
	seeds := make([][2]uint64, blocks)
	for i := range seeds {
		seeds[i] = [2]uint64{random.Uint64(), random.Uint64()}
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), blocks) {
		workers.Go(func() {
			do := work()
			for b := int(next.Add(1)) - 1; b < blocks; b = int(next.Add(1)) - 1 {
				do(rand.NewPCG(seeds[b][0], seeds[b][1]), b*blockSize, min((b+1)*blockSize, n))
			}
		})
	}
	workers.Wait()
}

// drawn calls use with n indexes below n. Halves of a number make two of them: the
// bias, n/2³², is far below what a bootstrap can tell.
func drawn(stream *rand.PCG, n int, use func(i uint64)) {
	below := uint64(n)
	for i := 0; i < n; i += 2 {
		u := stream.Uint64()
		use((u >> 32) * below >> 32)
		if i+1 < n {
			use((u & 0xffffffff) * below >> 32)
		}
	}
}
