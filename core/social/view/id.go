package view

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// Ids of Mastodon are numbers that grow with time. Those of what happened in a
// tick begin with its number, so that every process derives the same ones from
// the journal:
//
//	(tick+1)<<20 |       n   the post with number n of the tick, and what it tells a visitor
//	(tick+1)<<20 | 1<<18|n   what the event with number n of the tick tells a visitor
//	(tick+1)<<20 | 1<<19|n   the nth visit asked for after the tick
//
// Accounts of residents are numbered from 1 in population order; those of
// visitors are derived from their ids.
const (
	tickBits   = 20
	noteBit    = 1 << 18
	visitBit   = 1 << 19
	accountBit = 1 << 62
)

// MaxVisits is how many visits can be asked for between two ticks.
const MaxVisits = visitBit

// VisitID is the id of the nth visit, from 0, that was asked for when tick was
// the last one committed (-1: none was).
func VisitID(tick, n int64) int64 { return (tick+1)<<tickBits | visitBit | n%MaxVisits }

func postID(tick int64, n int32) int64 { return (tick+1)<<tickBits | int64(n)%noteBit }

func noteID(tick int64, seq int) int64 { return (tick+1)<<tickBits | noteBit | int64(seq)%noteBit }

// visitorID is the number of a visitor's account.
func visitorID(id string) int64 {
	sum := sha256.Sum256([]byte(id))
	return int64(accountBit | binary.BigEndian.Uint64(sum[:])>>2)
}

// visitNumber reads the id of a visit that an API of ours numbered.
func visitNumber(id string) (int64, bool) {
	n, err := strconv.ParseInt(id, 10, 64)
	return n, err == nil && n > 0 && n&visitBit != 0
}

// number reads the number of a post in the run: p1 is the first.
func number(id string) (int64, bool) {
	if len(id) < 2 || id[0] != 'p' {
		return 0, false
	}
	n, err := strconv.ParseInt(id[1:], 10, 32)
	return n, err == nil && n > 0
}

func rowID(number int64) string { return "p" + strconv.FormatInt(number, 10) }
