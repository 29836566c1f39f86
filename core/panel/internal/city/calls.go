package city

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/llm/cassette"
)

// callBook counts the calls of models.
type callBook struct {
	seq   int64
	all   Calls
	by    map[callKey]*Calls
	ticks []tickCalls
}

type callKey struct{ model, endpoint, purpose string }

type tickCalls struct {
	calls, tokens int64
	latency       time.Duration
}

// Calls sums up calls of models. Latencies are counted in classes whose limits
// lie a tenth apart.
type Calls struct {
	Model, Endpoint, Purpose string

	Calls        int64
	Repairs      int64 // asked again after a bad reply
	Truncated    int64
	PromptTokens int64
	ReplyTokens  int64
	Latency      time.Duration // summed up
	classes      [latencyClasses]int64
}

const (
	latencyClasses = 200 // up to three hours
	classStep      = 1.1
	shortestClass  = 100 * time.Microsecond
)

func (b *callBook) take(t cassette.Timing) {
	b.seq = t.Seq
	key := callKey{t.Model, t.Endpoint, t.Purpose}
	if b.by == nil {
		b.by = map[callKey]*Calls{}
	}
	one := b.by[key]
	if one == nil {
		one = &Calls{Model: t.Model, Endpoint: t.Endpoint, Purpose: t.Purpose}
		b.by[key] = one
	}
	one.take(t)
	b.all.take(t)
	for int64(len(b.ticks)) <= t.Tick {
		b.ticks = append(b.ticks, tickCalls{})
	}
	if t.Tick >= 0 {
		at := &b.ticks[t.Tick]
		at.calls++
		at.tokens += t.PromptTokens + t.ReplyTokens
		at.latency += t.Latency
	}
}

func (c *Calls) take(t cassette.Timing) {
	c.Calls++
	if t.Repair {
		c.Repairs++
	}
	if t.Truncated {
		c.Truncated++
	}
	c.PromptTokens += t.PromptTokens
	c.ReplyTokens += t.ReplyTokens
	c.Latency += t.Latency
	c.classes[classOf(t.Latency)]++
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

// add puts the calls of another together with these.
func (c *Calls) add(other *Calls) {
	c.Calls += other.Calls
	c.Repairs += other.Repairs
	c.Truncated += other.Truncated
	c.PromptTokens += other.PromptTokens
	c.ReplyTokens += other.ReplyTokens
	c.Latency += other.Latency
	for i, n := range other.classes {
		c.classes[i] += n
	}
}

// Total are all calls of the run's models.
func (v *View) Total() Calls { return v.past.calls.all }

// ByModel are the calls of each model at each endpoint, and for each purpose.
func (v *View) ByModel() (models, purposes []Calls) {
	atModel, atPurpose := map[callKey]*Calls{}, map[callKey]*Calls{}
	for key, calls := range v.past.calls.by {
		put(atModel, callKey{model: key.model, endpoint: key.endpoint}, calls)
		put(atPurpose, callKey{model: key.model, purpose: key.purpose}, calls)
	}
	return sorted(atModel), sorted(atPurpose)
}

func put(into map[callKey]*Calls, key callKey, calls *Calls) {
	if into[key] == nil {
		into[key] = &Calls{Model: key.model, Endpoint: key.endpoint, Purpose: key.purpose}
	}
	into[key].add(calls)
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

// Usage is what the runs' processes counted up to the view's tick, with the
// greatest peak; false where the journal keeps none.
func (v *View) Usage() (sum event.Usage, ok bool) {
	for i := range v.Tick + 1 {
		t := &v.past.ticks[i]
		sum.Calls += t.usage.Calls
		sum.Hits += t.usage.Hits
		sum.Errors += t.usage.Errors
		sum.Peak = max(sum.Peak, t.usage.Peak)
		ok = ok || t.used
	}
	return sum, ok
}
