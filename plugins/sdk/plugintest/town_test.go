package plugintest_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

// builder is a mayor that builds every other time, and breaks one rule where it
// is told to.
type builder struct {
	breaks string
	count  int
}

func (b *builder) Restore(_ context.Context, records []sdk.Record) error {
	if b.breaks != "forgets" {
		b.count = len(records)
	}
	return nil
}

func (b *builder) Decide(_ context.Context, req sdk.MayorRequest) (sdk.MayorDecision, error) {
	b.count++
	d := sdk.MayorDecision{Changes: []sdk.RecordChange{{Record: sdk.Record{Key: strings.Repeat("i", b.count), Kind: "count", JSON: []byte("1")}}}}
	d.Action.Kind = "nothing"
	if b.count%2 == 0 && len(req.Actions) > 1 {
		d.Action = sdk.Action{Kind: "build", Args: map[string]string{"type": "office", "x": "1", "y": "1"}}
		if b.breaks == "builds anywhere" {
			d.Action.Args["x"] = "9"
		}
	}
	if b.breaks == "builds always" {
		d.Action = sdk.Action{Kind: "build", Args: map[string]string{"type": "office", "x": "1", "y": "1"}}
	}
	return d, nil
}

func mayor(breaks string) sdk.Plugin {
	return sdk.MayorPlugin{
		Name: "builder", Version: "1.0.0", Summary: "builds every other time",
		Make: func(context.Context, sdk.Setup) (sdk.Mayor, error) { return &builder{breaks: breaks}, nil },
	}
}

// counter is a metric that counts events.
type counter struct {
	breaks string
	total  float64
}

func (c *counter) Measure(_ context.Context, _ sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	n := 0.0
	for _, err := range events {
		if err != nil {
			return nil, err
		}
		n++
	}
	c.total += n
	switch c.breaks {
	case "keeps counting":
		return []sdk.Score{{Metric: "events", Tick: sdk.NoTick, Value: c.total}}, nil
	case "scores another":
		return []sdk.Score{{Metric: "others", Tick: sdk.NoTick, Value: n}}, nil
	case "leaves its range":
		return []sdk.Score{{Metric: "events", Tick: sdk.NoTick, Value: -n}}, nil
	}
	return []sdk.Score{{Metric: "events", Tick: sdk.NoTick, Value: n}}, nil
}

func metric(breaks string) sdk.Plugin {
	low := 0.0
	p := sdk.MetricPlugin{
		Name: "counter", Version: "1.0.0", Summary: "counts events",
		Metrics: []sdk.MetricInfo{{Name: "events", Definition: "how many", Low: &low}},
		Make:    func(context.Context, sdk.Setup) (sdk.Metric, error) { return &counter{breaks: breaks}, nil },
	}
	if breaks == "names nothing" {
		p.Metrics = nil
	}
	return p
}

func TestMayorsAndMetricsThatKeepTheRulesPass(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, mayor(""))
	plugintest.Test(t, metric(""))
}

func TestMayorsAndMetricsThatBreakARuleFailTheCheckOfIt(t *testing.T) {
	t.Parallel()
	for breaks, tt := range map[string]struct {
		plugin sdk.Plugin
		check  string
	}{
		"forgets":          {mayor("forgets"), "goes on from its records as if it had never stopped"},
		"builds anywhere":  {mayor("builds anywhere"), "decides on what is allowed, with the arguments it takes"},
		"builds always":    {mayor("builds always"), "decides where the town is full and the till is empty"},
		"keeps counting":   {metric("keeps counting"), "measures one run after another without mixing them up"},
		"scores another":   {metric("scores another"), "scores a run with what it names, within its range"},
		"leaves its range": {metric("leaves its range"), "scores a run with what it names, within its range"},
		"names nothing":    {metric("names nothing"), "names what it measures, with a definition"},
	} {
		t.Run(breaks, func(t *testing.T) {
			t.Parallel()
			suite, err := conformance.New(t.Context(), plugintest.Opener(tt.plugin), nil)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, check := range suite.Checks() {
				if check.Name == tt.check {
					found = true
					if check.Run(t.Context()) == nil {
						t.Error("the check passed")
					}
				}
			}
			if !found {
				t.Error("there is no such check")
			}
		})
	}
}
