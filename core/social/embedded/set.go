package embedded

import "slices"

// Sets are ascending slices: small, compact, and ordered by themselves.

func has(set []int32, v int32) bool {
	_, ok := slices.BinarySearch(set, v)
	return ok
}

// with adds v and reports whether it was not there.
func with(set []int32, v int32) ([]int32, bool) {
	at, ok := slices.BinarySearch(set, v)
	if ok {
		return set, false
	}
	return slices.Insert(set, at, v), true
}

// without removes v and reports whether it was there.
func without(set []int32, v int32) ([]int32, bool) {
	at, ok := slices.BinarySearch(set, v)
	if !ok {
		return set, false
	}
	return slices.Delete(set, at, at+1), true
}

// last appends v to a list of at most limit, dropping the oldest.
func last(list []int32, v int32, limit int) []int32 {
	if len(list) >= limit {
		list = append(list[:0], list[len(list)-limit+1:]...)
	}
	return append(list, v)
}
