package language

import (
	"hash/maphash"
	"math"
	"strings"

	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/text"
)

// recent remembers the last hashes that differ.
type recent struct {
	known map[uint64]struct{}
	order []uint64 // a ring once it is full
	at    int
	limit int
}

func newRecent(limit int) recent { return recent{known: map[uint64]struct{}{}, limit: limit} }

// seen reports whether a hash is remembered, and remembers it.
func (r *recent) seen(hash uint64) bool {
	if _, ok := r.known[hash]; ok {
		return true
	}
	if len(r.order) < r.limit {
		r.order = append(r.order, hash)
	} else {
		delete(r.known, r.order[r.at])
		r.order[r.at] = hash
		r.at = (r.at + 1) % r.limit
	}
	r.known[hash] = struct{}{}
	return false
}

// pieces counts distinct words, and pairs of them, in pieces of one length.
type pieces struct {
	length     int
	words      map[uint64]struct{}
	pairs      map[[2]uint64]struct{}
	n, paired  int // of the open piece
	last       uint64
	ones, twos stat.Mean
}

func newPieces(length int) pieces {
	return pieces{length: length, words: map[uint64]struct{}{}, pairs: map[[2]uint64]struct{}{}}
}

// add adds a word; begins says that it begins a text.
func (p *pieces) add(word uint64, begins bool) {
	p.words[word] = struct{}{}
	if !begins && p.n > 0 {
		p.pairs[[2]uint64{p.last, word}] = struct{}{}
		p.paired++
	}
	p.last = word
	if p.n++; p.n == p.length {
		p.end()
	}
}

func (p *pieces) end() {
	p.ones.Add(stat.Ratio(len(p.words), p.n))
	if p.paired > 0 {
		p.twos.Add(stat.Ratio(len(p.pairs), p.paired))
	}
	clear(p.words)
	clear(p.pairs)
	p.n, p.paired = 0, 0
}

// distinct are the means over whole pieces, and their number; where there is
// none, those of what there is.
func (p *pieces) distinct() (ones, twos float64, n int) {
	if p.ones.N == 0 {
		if p.n == 0 {
			return math.NaN(), math.NaN(), 0
		}
		p.end()
	}
	return p.ones.Value(), p.twos.Value(), p.ones.N
}

// sentences takes texts apart.
type sentences struct {
	seed    maphash.Seed // hashes do not leave the run
	scanner text.Scanner
}

func newSentences() sentences { return sentences{seed: maphash.MakeSeed()} }

// maxWords of a text that are read.
const maxWords = 10000

// read calls word with each word's hash, and sentence with the hash of each
// sentence's words and their number.
func (s *sentences) read(t string, word func(hash uint64, begins bool), sentence func(hash uint64, length int)) {
	const prime = 1099511628211
	hash, length := uint64(0), 0
	s.scanner.Reset(t)
	for n := 0; n < maxWords; {
		token, ok := s.scanner.Next()
		if !ok {
			break
		}
		switch {
		case token.Kind == text.Word:
			h := maphash.Bytes(s.seed, token.Folded)
			word(h, n == 0)
			hash = (hash ^ h) * prime
			length++
			n++
		case strings.ContainsAny(token.Raw, ".!?…"):
			sentence(hash, length)
			hash, length = 0, 0
		}
	}
	sentence(hash, length)
}
