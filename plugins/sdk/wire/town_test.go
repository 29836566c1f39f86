package wire_test

import (
	"context"
	"errors"
	"iter"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

// echoMayor remembers what it was asked and answers with what it was given.
type echoMayor struct {
	request  sdk.MayorRequest
	decision sdk.MayorDecision
}

func (e *echoMayor) Decide(_ context.Context, req sdk.MayorRequest) (sdk.MayorDecision, error) {
	e.request = req
	return e.decision, nil
}

func TestEveryFieldOfAMayorsDecisionCrossesTheWire(t *testing.T) {
	t.Parallel()
	e := &echoMayor{decision: filled[sdk.MayorDecision](t)}
	c := connect(t, sdk.MayorPlugin{Name: "echo", Make: func(context.Context, sdk.Setup) (sdk.Mayor, error) { return e, nil }}, &conformance.Host{})
	req := filled[sdk.MayorRequest](t)
	decision, err := c.Decide(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "request", e.request, req)
	same(t, "decision", decision, e.decision)

	e.decision = sdk.MayorDecision{Thought: "\xff"}
	if _, err := c.Decide(t.Context(), sdk.MayorRequest{}); !errors.Is(err, wire.ErrContract) {
		t.Errorf("a thought that is not UTF-8: %v", err)
	}
	same(t, "empty request", e.request, sdk.MayorRequest{})
}

// echoMetric remembers the run that it was given and scores it as told.
type echoMetric struct {
	run    sdk.Run
	events []sdk.Event
	stop   int // after so many events; 0 reads all
	scores []sdk.Score
	err    error
}

func (e *echoMetric) Measure(_ context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	e.run, e.events = run, nil
	for event, err := range events {
		if err != nil {
			return nil, err
		}
		e.events = append(e.events, event)
		if len(e.events) == e.stop {
			break
		}
	}
	return e.scores, e.err
}

func (e *echoMetric) plugin(t *testing.T) sdk.Plugin {
	return sdk.MetricPlugin{
		Name: "echo", Version: "1.0.0", Summary: "echoes", Metrics: filled[[]sdk.MetricInfo](t),
		Make: func(context.Context, sdk.Setup) (sdk.Metric, error) { return e, nil },
	}
}

func all[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func testRun(t *testing.T) sdk.Run {
	return sdk.Run{
		Study: "s", Cell: "c", Seed: 1 << 63, Language: "ru", Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC),
		Step: 90 * time.Minute, Ticks: 24, Agents: filled[[]sdk.Agent](t),
	}
}

func TestEveryFieldOfAMeasurementCrossesTheWire(t *testing.T) {
	t.Parallel()
	e := &echoMetric{scores: filled[[]sdk.Score](t)}
	plugin := e.plugin(t)
	c := connect(t, plugin, &conformance.Host{})
	info, err := c.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "metrics", info.Metrics, plugin.Info().Metrics)
	run, events := testRun(t), filled[[]sdk.Event](t)
	scores, err := c.Measure(t.Context(), run, all(events))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "run", e.run, run)
	same(t, "events", e.events, events)
	same(t, "scores", scores, e.scores)
}

// many are events of 20 MB, more than fit into one message.
func many() []sdk.Event {
	text := []byte(`"` + strings.Repeat("ж", 5000) + `"`)
	events := make([]sdk.Event, 2000)
	for i := range events {
		events[i] = sdk.Event{Tick: int64(i), Kind: "action", Data: text}
	}
	return events
}

func TestAMetricReadsAllEventsOrAsManyAsItLikes(t *testing.T) {
	t.Parallel()
	e := &echoMetric{}
	c := connect(t, e.plugin(t), &conformance.Host{})
	for _, stop := range []int{0, 1, 1999} {
		e.stop = stop
		if _, err := c.Measure(t.Context(), testRun(t), all(many())); err != nil {
			t.Fatalf("stop after %d: %v", stop, err)
		}
		if want := stop; (want == 0 && len(e.events) != 2000) || (want > 0 && len(e.events) != want) {
			t.Errorf("stop after %d: it read %d events", stop, len(e.events))
		}
	}
}

func TestMeasureTellsWhatStoppedIt(t *testing.T) {
	t.Parallel()
	e := &echoMetric{err: sdk.Errorf(sdk.ErrInvalidInput, "not my run")}
	c := connect(t, e.plugin(t), &conformance.Host{})
	var domain *sdk.Error
	if _, err := c.Measure(t.Context(), testRun(t), all(many())); !errors.As(err, &domain) || domain.Kind != sdk.ErrInvalidInput {
		t.Errorf("the plugin's refusal became %v", err)
	}
	broken := errors.New("the disk is gone")
	events := func(yield func(sdk.Event, error) bool) {
		_ = yield(sdk.Event{Kind: "mood"}, nil) && yield(sdk.Event{}, broken)
	}
	if _, err := c.Measure(t.Context(), testRun(t), events); !errors.Is(err, broken) {
		t.Errorf("the journal's failure became %v", err)
	}
}

func TestScoresThatMakeNoSenseBreakTheContract(t *testing.T) {
	t.Parallel()
	e := &echoMetric{}
	c := connect(t, e.plugin(t), &conformance.Host{})
	for _, s := range []sdk.Score{
		{Metric: "m", Value: math.NaN()}, {Metric: "m", Value: math.Inf(1)}, {Value: 1}, {Metric: "m", Tick: -2}, {Metric: "m", Item: "\xff"},
	} {
		e.scores = []sdk.Score{s}
		if _, err := c.Measure(t.Context(), testRun(t), all([]sdk.Event{})); !errors.Is(err, wire.ErrContract) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
