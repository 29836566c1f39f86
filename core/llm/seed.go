package llm

// FoldSeed folds a seed into 0…2³¹-1, which every server takes: some keep it in
// 32 bits, and a negative one asks for a random one.
func FoldSeed(seed uint64) int {
	return int((seed ^ seed>>31 ^ seed>>62) & (1<<31 - 1))
}
