package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

func (s *Suite) metric() []Check {
	return []Check{
		{"names what it measures, with a definition", s.metricNamed},
		{"scores a run with what it names, within its range", s.metricRange},
		{"scores the same run alike in another process", s.metricDeterministic},
		{"measures one run after another without mixing them up", s.metricTwice},
		{"measures a run in which nothing happened", func(ctx context.Context) error {
			return s.measureOnce(ctx, events(0))
		}},
		{"lives through events that it does not know", func(ctx context.Context) error {
			return s.measureOnce(ctx, strange())
		}},
	}
}

// run is the suite's small world as a metric sees it.
func run() sdk.Run {
	return sdk.Run{
		Study: "check", Cell: "base", Seed: 7, Language: "ru", Start: time.Date(2025, 1, 1, 8, 0, 0, 0, time.UTC),
		Step: time.Hour, Ticks: runTicks, Agents: people(),
	}
}

const runTicks = 12

// events are those of a run of so many ticks, in which people post, answer
// and feel.
func events(ticks int64) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		for tick := range ticks {
			for i, e := range eventsOf(tick) {
				e.Tick, e.Seq = tick, i
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

func eventsOf(tick int64) (all []sdk.Event) {
	add := func(agent, kind, format string, args ...any) {
		all = append(all, sdk.Event{Agent: agent, Kind: kind, Data: fmt.Appendf(nil, format, args...)})
	}
	everybody := people()
	if tick == 2 {
		add(everybody[0].ID, "told", `{"event":"bridge","text":"Мост закрыт на ремонт."}`)
		add(everybody[0].ID, "heard", `{"event":"bridge","via":"event","hops":0}`)
	}
	for i, a := range everybody {
		other := everybody[(i+1)%len(everybody)].ID
		add(a.ID, "mood", `{"valence":%g,"arousal":0.4,"stimuli":2,"mean":0.1}`, 0.2*float64(i)-0.01*float64(tick))
		add(a.ID, "plan", `{"purpose":"поговорить о мосте %d"}`, tick%3)
		add(a.ID, "action", `{"kind":"reply","id":"p%d-%d","target":"p0-0","target_agent":%q,"audience":"public","about":"bridge",`+
			`"text":"Про мост скажу: еду в объезд, раз %d 😡","sentiment":{"valence":%g,"arousal":0.5,"label":"negative","emotion":"anger"}}`,
			tick, i, other, tick, -0.3+0.1*float64(i))
		if tick == 3 && i > 0 {
			add(a.ID, "heard", `{"event":"bridge","from":%q,"via":"post","item":"p2-0","hops":%d}`, everybody[i-1].ID, i)
		}
	}
	add(everybody[2].ID, "invalid", `{"why":"нет такого поста"}`)
	return all
}

// strange are events of kinds that nobody knows and with payloads that make no
// sense.
func strange() iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		for i, kind := range []string{"told", "heard", "exposure", "mood", "plan", "action", "invalid", "no-such-kind"} {
			for j, data := range []string{`{}`, `{"valence":null,"text":7,"extra":[1,{"deep":true}]}`} {
				e := sdk.Event{Tick: int64(i), Seq: j, Agent: "nobody", Kind: kind, Data: json.RawMessage(data)}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

func (s *Suite) measureOnce(ctx context.Context, events iter.Seq2[sdk.Event, error]) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		_, err := c.Measure(ctx, run(), events)
		return refused(err)
	})
}

func (s *Suite) metricNamed(context.Context) error {
	if len(s.Info.Metrics) == 0 {
		return errors.New("it names no metric")
	}
	known, form := map[string]bool{}, regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	var problems []error
	for _, m := range s.Info.Metrics {
		if !form.MatchString(m.Name) || known[m.Name] {
			problems = append(problems, fmt.Errorf("metric %q is named twice, or not with lower-case letters, digits and underscores", m.Name))
		}
		known[m.Name] = true
		if m.Definition == "" {
			problems = append(problems, fmt.Errorf("metric %q has no definition", m.Name))
		}
		if m.Low != nil && m.High != nil && *m.Low > *m.High {
			problems = append(problems, fmt.Errorf("metric %q ranges from %v to %v", m.Name, *m.Low, *m.High))
		}
	}
	return errors.Join(problems...)
}

func (s *Suite) metricRange(ctx context.Context) error {
	scores, err := s.measure(ctx)
	if err != nil {
		return err
	}
	named := map[string]sdk.MetricInfo{}
	for _, m := range s.Info.Metrics {
		named[m.Name] = m
	}
	for _, score := range scores {
		m, ok := named[score.Metric]
		if !ok {
			return fmt.Errorf("it scores %q, which it does not name", score.Metric)
		}
		if (m.Low != nil && score.Value < *m.Low) || (m.High != nil && score.Value > *m.High) {
			return fmt.Errorf("%s is %v, out of its range", score.Metric, score.Value)
		}
	}
	return nil
}

// measure scores the suite's run in a process of its own.
func (s *Suite) measure(ctx context.Context) (scores []sdk.Score, err error) {
	err = s.work(ctx, nil, func(c *wire.Client) (err error) {
		scores, err = c.Measure(ctx, run(), events(runTicks))
		return err
	})
	return scores, err
}

func (s *Suite) metricDeterministic(ctx context.Context) error {
	want, err := s.measure(ctx)
	if err != nil {
		return err
	}
	got, err := s.measure(ctx)
	if err != nil {
		return err
	}
	return alike("the scores of another process", got, want, mayBeChance)
}

func (s *Suite) metricTwice(ctx context.Context) error {
	return s.work(ctx, nil, func(c *wire.Client) error {
		want, err := c.Measure(ctx, run(), events(runTicks))
		if err != nil {
			return err
		}
		if _, err := c.Measure(ctx, run(), events(1)); err != nil {
			return err
		}
		got, err := c.Measure(ctx, run(), events(runTicks))
		if err != nil {
			return err
		}
		return alike("the scores after another run", got, want, mayBeShared)
	})
}
