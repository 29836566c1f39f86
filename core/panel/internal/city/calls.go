package city

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/llm/cassette"
)

// callBook counts the calls of models by ticks, so that it can be said how they
// stood after any of them.
type callBook struct {
	seq    int64
	number map[callKey]int32
	keys   []callKey
	ticks  []tickCalls
}

type callKey struct{ model, endpoint, purpose string }

// tickCalls are the calls of one tick. Those made before the first are the
// first's.
type tickCalls struct {
	calls, tokens int64
	shares        []share
}

// share is the calls of one key in a tick. Of the classes it holds those that
// have calls.
type share struct {
	key int32
	Sum
	classes []classCount
}

type classCount struct {
	class uint8
	calls int32
}

// Sum sums up calls.
type Sum struct {
	Calls        int64
	Repairs      int64 // asked again after a bad reply
	Truncated    int64
	PromptTokens int64
	ReplyTokens  int64
	Latency      time.Duration
}

// Calls are calls of one kind. Latencies are counted in classes whose limits lie
// a tenth apart.
type Calls struct {
	Model, Endpoint, Purpose string
	Sum
	classes [latencyClasses]int64
}

const (
	latencyClasses = 200 // up to three hours
	classStep      = 1.1
	shortestClass  = 100 * time.Microsecond
)

func (b *callBook) take(t cassette.Timing) {
	b.seq = t.Seq
	key := callKey{t.Model, t.Endpoint, Purpose(t.Purpose)}
	num, ok := b.number[key]
	if !ok {
		if b.number == nil {
			b.number = map[callKey]int32{}
		}
		num = int32(len(b.keys))
		b.number[key], b.keys = num, append(b.keys, key)
	}
	for int64(len(b.ticks)) <= max(t.Tick, 0) {
		b.ticks = append(b.ticks, tickCalls{})
	}
	at := &b.ticks[max(t.Tick, 0)]
	at.calls++
	at.tokens += t.PromptTokens + t.ReplyTokens
	at.share(num).take(t)
}

// Purpose is what a call is for without what it is about: its first word.
func Purpose(s string) string {
	purpose, _, _ := strings.Cut(s, " ")
	return purpose
}

func (t *tickCalls) share(key int32) *share {
	for i := range t.shares {
		if t.shares[i].key == key {
			return &t.shares[i]
		}
	}
	t.shares = append(t.shares, share{key: key})
	return &t.shares[len(t.shares)-1]
}

func (s *share) take(t cassette.Timing) {
	s.add(Sum{1, one(t.Repair), one(t.Truncated), t.PromptTokens, t.ReplyTokens, t.Latency})
	class := uint8(classOf(t.Latency))
	at, ok := slices.BinarySearchFunc(s.classes, class, func(c classCount, class uint8) int { return cmp.Compare(c.class, class) })
	if !ok {
		s.classes = slices.Insert(s.classes, at, classCount{class: class})
	}
	s.classes[at].calls++
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

func (s *Sum) add(other Sum) {
	s.Calls += other.Calls
	s.Repairs += other.Repairs
	s.Truncated += other.Truncated
	s.PromptTokens += other.PromptTokens
	s.ReplyTokens += other.ReplyTokens
	s.Latency += other.Latency
}

func classOf(d time.Duration) int {
	if d <= shortestClass {
		return 0
	}
	return min(int(math.Ceil(math.Log(float64(d)/float64(shortestClass))/math.Log(classStep))), latencyClasses-1)
}

// Quantile is the latency that a share of the calls does not exceed.
func (c *Calls) Quantile(share float64) time.Duration {
	want, seen := int64(math.Ceil(share*float64(c.Calls))), int64(0)
	for i, n := range c.classes {
		if seen += n; n > 0 && seen >= want {
			if i == 0 {
				return 0
			}
			return time.Duration(float64(shortestClass) * math.Pow(classStep, float64(i)))
		}
	}
	return 0
}

// take puts the calls of a tick to those of other ticks.
func (c *Calls) take(s *share) {
	c.add(s.Sum)
	for _, n := range s.classes {
		c.classes[n.class] += int64(n.calls)
	}
}

// shares are the calls up to the view's tick; to the last belong those of the
// tick that is being computed.
func (v *View) shares(do func(key callKey, s *share)) {
	book := &v.past.calls
	ticks := book.ticks
	if v.Tick < v.Last {
		ticks = ticks[:min(int(v.Tick+1), len(ticks))]
	}
	for i := range ticks {
		for j := range ticks[i].shares {
			s := &ticks[i].shares[j]
			do(book.keys[s.key], s)
		}
	}
}

// Total are all calls of the run's models.
func (v *View) Total() (all Calls) {
	v.shares(func(_ callKey, s *share) { all.take(s) })
	return all
}

// ByModel are the calls of each model at each endpoint, and for each purpose.
func (v *View) ByModel() (models, purposes []Calls) {
	atModel, atPurpose := map[callKey]*Calls{}, map[callKey]*Calls{}
	v.shares(func(key callKey, s *share) {
		put(atModel, callKey{model: key.model, endpoint: key.endpoint}, s)
		put(atPurpose, callKey{model: key.model, purpose: key.purpose}, s)
	})
	return sorted(atModel), sorted(atPurpose)
}

func put(into map[callKey]*Calls, key callKey, s *share) {
	if into[key] == nil {
		into[key] = &Calls{Model: key.model, Endpoint: key.endpoint, Purpose: key.purpose}
	}
	into[key].take(s)
}

func sorted(by map[callKey]*Calls) []Calls {
	out := make([]Calls, 0, len(by))
	for _, c := range by {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Calls) int {
		return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.Endpoint, b.Endpoint), cmp.Compare(a.Purpose, b.Purpose))
	})
	return out
}

// CallsPerTick are calls and tokens of each tick up to the view's.
func (v *View) CallsPerTick() (calls, tokens []float64) {
	for i := range v.Tick + 1 {
		var at tickCalls
		if i < int64(len(v.past.calls.ticks)) {
			at = v.past.calls.ticks[i]
		}
		calls, tokens = append(calls, float64(at.calls)), append(tokens, float64(at.tokens))
	}
	return calls, tokens
}

// Usages are what the runs' processes counted in each tick up to the view's, and
// sum is all of it, with the greatest peak; false where the journal keeps none.
func (v *View) Usages() (each []event.Usage, sum event.Usage, ok bool) {
	for i := range v.Tick + 1 {
		t := &v.past.ticks[i]
		each = append(each, t.usage)
		sum.Calls += t.usage.Calls
		sum.Hits += t.usage.Hits
		sum.Errors += t.usage.Errors
		sum.Peak = max(sum.Peak, t.usage.Peak)
		ok = ok || t.used
	}
	return each, sum, ok
}
