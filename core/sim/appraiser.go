package sim

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Weights of what a resident reads: what is meant for it moves it most.
const (
	weightAddressed = 1.0
	weightRead      = 0.25
)

// stimulus is a text that moves a mood.
type stimulus struct {
	text   string
	weight float64
}

// stimuli are the texts of others that are new in an observation: all
// notifications and feed items (an environment shows them once), and of a
// room's history what was said since the last tick.
func stimuli(self string, t env.Tick, step time.Duration, o *sdk.Observation) []stimulus {
	var out []stimulus
	add := func(item sdk.Item) {
		if item.Text == "" || item.Author == self {
			return
		}
		w := weightRead
		if item.Addressed || item.Kind == sdk.ItemEvent {
			w = weightAddressed
		}
		out = append(out, stimulus{item.Text, w})
	}
	for _, item := range o.Notifications {
		add(item)
	}
	for _, item := range o.Timeline {
		add(item)
	}
	since := t.Time.Add(-step).Format(time.RFC3339)
	for _, item := range o.Messages {
		if item.Time == since {
			add(item)
		}
	}
	return out
}

// appraiser asks the classifier once for every text: many residents read the
// same post. It forgets the older half of what it knows when it holds
// cacheSize texts, which changes no answer.
type appraiser struct {
	classifier sdk.Classifier
	mu         sync.Mutex
	young, old map[string]sdk.Sentiment
}

const cacheSize = 1 << 15

func newAppraiser(c sdk.Classifier) *appraiser {
	return &appraiser{classifier: c, young: map[string]sdk.Sentiment{}}
}

// classify returns one sentiment a text, in order.
func (a *appraiser) classify(ctx context.Context, tick int64, texts []string) ([]sdk.Sentiment, error) {
	out := make([]sdk.Sentiment, len(texts))
	unknown, where := a.lookup(texts, out)
	if len(unknown) == 0 {
		return out, nil
	}
	found, err := a.classifier.Classify(ctx, tick, unknown)
	if err != nil {
		return nil, err
	}
	if len(found) != len(unknown) {
		return nil, fmt.Errorf("the sentiment plugin answered %d of %d texts", len(found), len(unknown))
	}
	a.learn(unknown, found)
	for i, at := range where {
		if at >= 0 {
			out[i] = found[at]
		}
	}
	return out, nil
}

// lookup fills in what is known. It returns the distinct unknown texts, and for
// every text its place among them, or -1.
func (a *appraiser) lookup(texts []string, out []sdk.Sentiment) (unknown []string, where []int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	where = make([]int, len(texts))
	places := map[string]int{}
	for i, text := range texts {
		where[i] = -1
		if s, ok := a.known(text); ok {
			out[i] = s
			continue
		}
		at, ok := places[text]
		if !ok {
			at = len(unknown)
			places[text], unknown = at, append(unknown, text)
		}
		where[i] = at
	}
	return unknown, where
}

func (a *appraiser) known(text string) (sdk.Sentiment, bool) {
	if s, ok := a.young[text]; ok {
		return s, true
	}
	s, ok := a.old[text]
	return s, ok
}

func (a *appraiser) learn(texts []string, found []sdk.Sentiment) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.young) >= cacheSize/2 {
		a.young, a.old = map[string]sdk.Sentiment{}, a.young
	}
	for i, text := range texts {
		a.young[text] = found[i]
	}
}
