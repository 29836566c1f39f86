// Package metrictest makes runs by hand, and measures them.
package metrictest

import (
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
)

// Run is a run made by hand, in Russian and with ticks of an hour.
type Run struct {
	sdk.Run
	Events []sdk.Event
}

// New makes a run of residents, each "id" or "id@group".
func New(ticks int64, agents ...string) *Run {
	r := &Run{Run: sdk.Run{
		Study: "test", Cell: "base", Seed: 1, Language: "ru", Ticks: ticks, Step: time.Hour,
		Start: time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC),
	}}
	for _, a := range agents {
		id, group, _ := strings.Cut(a, "@")
		r.Agents = append(r.Agents, sdk.Agent{ID: id, Group: group, Persona: &sdk.Persona{Name: id}})
	}
	return r
}

// Fields is a payload.
type Fields map[string]any

// Add adds an event.
func (r *Run) Add(tick int64, agent, kind string, payload Fields) {
	data, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	r.Events = append(r.Events, sdk.Event{Tick: tick, Agent: agent, Kind: kind, Data: data})
}

// Says adds a post with its sentiment.
func (r *Run) Says(tick int64, agent, about, text string, valence float64) {
	r.Add(tick, agent, "action", Fields{"kind": "post", "about": about, "text": text, "sentiment": Fields{"valence": valence}})
}

// Writes adds a direct message.
func (r *Run) Writes(tick int64, from, to string) {
	r.Add(tick, from, "action", Fields{"kind": "message", "target_agent": to, "text": "Привет!"})
}

// Feels adds a mood.
func (r *Run) Feels(tick int64, agent string, valence float64) {
	r.Add(tick, agent, "mood", Fields{"valence": valence, "arousal": 0.5})
}

// Hears adds that an agent heard of an event.
func (r *Run) Hears(tick int64, agent, event, from string, hops int) {
	r.Add(tick, agent, "heard", Fields{"event": event, "from": from, "hops": hops})
}

// Scores are those of a run.
type Scores []sdk.Score

// Measure measures the run. A host of nil is one without a model.
func (r *Run) Measure(t testing.TB, p sdk.Plugin, config string, host sdk.Host) Scores {
	t.Helper()
	scores, err := r.Try(t, p, config, host)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]sdk.MetricInfo{}
	for _, m := range p.Info().Metrics {
		known[m.Name] = m
	}
	for _, s := range scores {
		m, ok := known[s.Metric]
		switch {
		case !ok:
			t.Errorf("the plugin does not name %q", s.Metric)
		case math.IsNaN(s.Value) || math.IsInf(s.Value, 0):
			t.Errorf("%+v is no number", s)
		case m.Low != nil && s.Value < *m.Low || m.High != nil && s.Value > *m.High:
			t.Errorf("%+v is out of its range", s)
		}
	}
	return scores
}

// Try is Measure for a run that may be refused.
func (r *Run) Try(t testing.TB, p sdk.Plugin, config string, host sdk.Host) ([]sdk.Score, error) {
	t.Helper()
	if host == nil {
		host = &conformance.Host{}
	}
	made, err := p.New(t.Context(), sdk.Setup{
		Config: json.RawMessage(config), Seed: 1, RunID: "test", Language: r.Language, Host: host, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	return made.(sdk.Metric).Measure(t.Context(), r.Run, r.InOrder())
}

// InOrder are the events by tick; within a tick as they were added.
func (r *Run) InOrder() iter.Seq2[sdk.Event, error] {
	events := slices.Clone(r.Events)
	slices.SortStableFunc(events, func(a, b sdk.Event) int { return int(a.Tick - b.Tick) })
	for i := range events {
		if i > 0 && events[i].Tick == events[i-1].Tick {
			events[i].Seq = events[i-1].Seq + 1
		}
	}
	return func(yield func(sdk.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Key names a score: what it is about and where.
type Key struct {
	Metric, Agent, Group, Item string
	At                         int64 // last tick of a window, counted from 1; 0 is the whole run
}

func (k Key) fits(s sdk.Score) bool {
	return s.Metric == k.Metric && s.Agent == k.Agent && s.Group == k.Group && s.Item == k.Item && s.Tick == k.At-1
}

// Has reports whether there is a score.
func (s Scores) Has(k Key) bool { return slices.ContainsFunc(s, k.fits) }

// Value is a score's value; NaN where there is none.
func (s Scores) Value(k Key) float64 {
	if at := slices.IndexFunc(s, k.fits); at >= 0 {
		return s[at].Value
	}
	return math.NaN()
}

// Want checks values that are known, within 1e-9.
func (s Scores) Want(t testing.TB, want map[Key]float64) {
	t.Helper()
	for k, value := range want {
		if got := s.Value(k); !(math.Abs(got-value) <= 1e-9) {
			t.Errorf("%s: %v, want %v", fmt.Sprintf("%+v", k), got, value)
		}
	}
}
