package mastodon

import (
	"context"

	"github.com/mattn/go-mastodon"
)

// least is how many characters every server takes.
const least = 500

// limits are what a server takes.
type limits struct {
	characters int // of a status
	choices    int // of a poll
	choice     int // characters of one
}

// usual are Mastodon's own.
func usual() limits { return limits{least, 4, 50} }

// learnLimits asks the server, once, what it takes. One that does not say takes
// what Mastodon does.
func (a *account) learnLimits(ctx context.Context) {
	a.limitsOnce.Lock()
	defer a.limitsOnce.Unlock()
	if a.limits != nil {
		return
	}
	var info *mastodon.Instance
	err := a.call(ctx, reading, func(ctx context.Context) (err error) {
		info, err = a.client.GetInstance(ctx)
		return err
	})
	_, no := asRefusal(err)
	if err != nil && !no {
		return // it is asked again
	}
	l := usual()
	if err == nil {
		l = limitsOf(info)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.limits = &l
}

// limitsOf are the limits that a server tells of.
func limitsOf(info *mastodon.Instance) limits {
	l, c := usual(), info.Configuration
	if c == nil {
		return l
	}
	return limits{
		number(c.Statuses, "max_characters", l.characters, 100, 100_000),
		number(c.Polls, "max_options", l.choices, 2, 100),
		number(c.Polls, "max_characters_per_option", l.choice, 10, 1000),
	}
}

// bounds are the server's limits as far as they are known.
func (b *Bridge) bounds() limits {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limits == nil {
		return usual()
	}
	return *b.limits
}

// number reads a number between bounds.
func number(of *mastodon.InstanceConfigMap, name string, usual, low, high int) int {
	if of == nil {
		return usual
	}
	n, ok := (*of)[name].(float64)
	if !ok || n < float64(low) {
		return usual
	}
	return int(min(n, float64(high)))
}

// options are those of a poll that the server takes; none where they are too few
// or no longer differ.
func (l limits) options(all []string) (out []string) {
	known := map[string]bool{}
	for _, o := range all[:min(len(all), l.choices)] {
		if o = cut(o, l.choice); known[o] {
			return nil
		}
		known[o] = true
		out = append(out, o)
	}
	if len(out) < 2 {
		return nil
	}
	return out
}
