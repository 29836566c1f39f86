package llm

// FoldSeed folds a seed into 0…2³¹-1, which every server takes: some keep it in
// 32 bits, and a negative one asks for a random one. A seed that fits stays.
func FoldSeed(seed uint64) int {
	const most = 1<<31 - 1
	if seed <= most {
		return int(seed)
	}
	// The finaliser of SplitMix64: every bit counts.
	seed = (seed ^ seed>>30) * 0xbf58476d1ce4e5b9
	seed = (seed ^ seed>>27) * 0x94d049bb133111eb
	return int((seed ^ seed>>31) & most)
}
