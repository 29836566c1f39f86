package quality

import "time"

// FloodOptions of a Floods. Where a field is 0 its default holds.
type FloodOptions struct {
	Most   int           // times that one speaker says the same within Window; 5
	Window time.Duration // a minute
}

const (
	floodMost   = 5
	floodWindow = time.Minute
	// floodSlots bounds what is remembered: a newer text replaces an older one.
	floodSlots = 1 << 14
)

// Floods finds messages that one speaker of a chat sends again and again within
// a short time. It remembers a bounded number of texts and is not safe for
// concurrent use.
type Floods struct {
	most   uint32
	window int64
	slots  []repeat
}

type repeat struct {
	hash uint64
	time int64
	n    uint32
}

// NewFloods makes a Floods.
func NewFloods(o FloodOptions) *Floods {
	f := &Floods{most: uint32(max(o.Most, 0)), window: int64(o.Window / time.Second), slots: make([]repeat, floodSlots)}
	if f.most == 0 {
		f.most = floodMost
	}
	if f.window <= 0 {
		f.window = int64(floodWindow / time.Second)
	}
	return f
}

// Check takes the messages of chats in their order, with their time in Unix
// seconds. Flood is its answer to those beyond the allowed ones: each within the
// window after the one before it.
func (f *Floods) Check(chat, speaker string, at int64, text string) Reason {
	h, n := normal(text)
	if n == 0 {
		return Keep
	}
	h = hashWith(chat, hashWith(speaker, h))
	s := &f.slots[h%floodSlots]
	if s.hash != h || at-s.time > f.window || at < s.time {
		*s = repeat{hash: h, time: at, n: 1}
		return Keep
	}
	s.time = at
	if s.n++; s.n > f.most {
		return Flood
	}
	return Keep
}
