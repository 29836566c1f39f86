package gguf

// Single is for tests of this package.
func Single(h uint16) float32 { return single(h) }
