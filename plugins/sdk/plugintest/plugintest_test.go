package plugintest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

// notebook is a memory that keeps the last text that each agent saw, and breaks
// one rule where it is told to.
type notebook struct {
	breaks string
	host   sdk.Host
	mu     sync.Mutex
	calls  int
	last   map[string]string
}

func (n *notebook) Restore(_ context.Context, records []sdk.Record) error {
	for _, r := range records {
		if n.breaks == "forgets" {
			return nil
		}
		var text string
		if err := json.Unmarshal(r.JSON, &text); err != nil {
			return err
		}
		n.last[r.Agent] = text
	}
	return nil
}

func (n *notebook) Observe(_ context.Context, _ int64, seen []sdk.Seen) ([]sdk.RecordChange, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls++
	changes := make([]sdk.RecordChange, 0, len(seen))
	for _, s := range seen {
		text := s.Observation.Timeline[0].Text
		if n.breaks == "counts batches" {
			text = fmt.Sprint(n.calls)
		}
		if n.breaks == "chokes" && len(text) > 1<<16 {
			return nil, errors.New("too long")
		}
		n.last[s.Agent.ID] = text
		data, err := json.Marshal(text)
		if err != nil {
			return nil, err
		}
		changes = append(changes, sdk.RecordChange{Record: sdk.Record{Agent: s.Agent.ID, Key: "last", Kind: "text", JSON: data}})
	}
	return changes, nil
}

func (n *notebook) Recall(_ context.Context, tick int64, queries []sdk.Query) ([]sdk.Recollection, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls++
	found := make([]sdk.Recollection, len(queries))
	for i, q := range queries {
		text, ok := n.last[q.Agent.ID]
		switch n.breaks {
		case "knows its own":
			if !ok {
				return nil, errors.New("who is " + q.Agent.ID)
			}
		case "counts calls":
			text = fmt.Sprint(n.calls)
		case "talks too much":
			found[i].Items = make([]sdk.Remembrance, 5)
		}
		if ok && n.breaks != "talks too much" {
			key := "last"
			if n.breaks == "invents" {
				key = "first"
			}
			found[i].Items = []sdk.Remembrance{{Key: key, Text: text, Tick: tick}}
		}
		found[i].Text = text
	}
	if n.breaks == "mixes up" {
		found[0].Text = "always first"
	}
	return found, nil
}

func memory(breaks string) sdk.Plugin {
	return sdk.MemoryPlugin{
		Name: "notebook", Version: "1.0.0", Summary: "keeps the last text",
		Make: func(_ context.Context, s sdk.Setup) (sdk.Memory, error) {
			if breaks == "panics at nonsense" {
				var config struct{ A int }
				if err := json.Unmarshal(s.Config, &config); err != nil {
					panic(err)
				}
			}
			return &notebook{breaks: breaks, host: s.Host, last: map[string]string{}}, nil
		},
	}
}

// chooser is a planner that does the first thing allowed.
type chooser struct {
	breaks string
	host   sdk.Host
	mu     sync.Mutex
	calls  int
}

func (c *chooser) Plan(ctx context.Context, req sdk.PlanRequest) (sdk.Decision, error) {
	c.mu.Lock()
	c.calls++
	calls := c.calls
	c.mu.Unlock()
	caller := req.Agent.ID
	if c.breaks == "calls by name" {
		caller = req.Agent.Name()
	}
	reply, err := c.host.Generate(ctx, sdk.GenerateRequest{
		Call:   sdk.Call{Agent: caller, Tick: req.Tick, Purpose: "plan"},
		Schema: json.RawMessage(`{"type":"object","properties":{"thought":{"type":"string"},"index":{"type":"integer","minimum":0}}}`),
	})
	if err != nil {
		if c.breaks == "hides failures" {
			return sdk.Decision{}, errors.New("something is wrong")
		}
		return sdk.Decision{}, err
	}
	var got struct {
		Thought string
		Index   int
	}
	if err := json.Unmarshal([]byte(reply.Text), &got); err != nil {
		return sdk.Decision{}, err
	}
	d := sdk.Decision{Thought: got.Thought}
	if c.breaks == "remembers by itself" {
		d.Thought = fmt.Sprint(calls)
	}
	if len(req.Actions) > got.Index {
		d.Actions = []sdk.Action{{Kind: req.Actions[got.Index].Kind}}
	}
	switch c.breaks {
	case "does the forbidden":
		d.Actions = []sdk.Action{{Kind: "fly"}}
	case "does too much":
		d.Actions = slices.Repeat(d.Actions, 9)
	}
	return d, nil
}

func planner(breaks string) sdk.Plugin {
	return sdk.PlannerPlugin{
		Name: "chooser", Version: "1.0.0", Summary: "does the first thing allowed", Schema: `{"type":"object","properties":{}}`,
		Make: func(_ context.Context, s sdk.Setup) (sdk.Planner, error) {
			return &chooser{breaks: breaks, host: s.Host}, nil
		},
	}
}

// ruler is a classifier that goes by length.
type ruler struct{ breaks string }

func (r ruler) Classify(_ context.Context, _ int64, texts []string) ([]sdk.Sentiment, error) {
	out := make([]sdk.Sentiment, len(texts))
	for i, text := range texts {
		out[i] = sdk.Sentiment{Valence: min(1, float64(len(text))/1000), Label: sdk.Neutral}
		switch r.breaks {
		case "labels as it likes":
			out[i].Label = "meh"
		case "depends on its neighbours":
			out[i].Valence = 1 / float64(len(texts))
		case "off the scale":
			out[i].Valence = 2
		case "scores too high":
			out[i].Scores = map[string]float64{"x": 3}
		}
	}
	return out, nil
}

func sentiment(breaks string) sdk.Plugin {
	return sdk.SentimentPlugin{
		Name: "ruler", Version: "1.0.0", Summary: "goes by length",
		Make: func(context.Context, sdk.Setup) (sdk.Classifier, error) { return ruler{breaks}, nil },
	}
}

func TestGoodPluginsPass(t *testing.T) {
	t.Parallel()
	for _, p := range []sdk.Plugin{memory(""), planner(""), sentiment("")} {
		t.Run(p.Info().ID(), func(t *testing.T) {
			t.Parallel()
			plugintest.Test(t, p)
		})
	}
}

func TestEachRuleBrokenIsFound(t *testing.T) {
	t.Parallel()
	tests := []struct {
		plugin sdk.Plugin
		fails  string // part of the name of a check
	}{
		{memory("forgets"), "goes on from its records"},
		{memory("counts batches"), "however observations are batched"},
		{memory("chokes"), "a text of a megabyte"},
		{memory("knows its own"), "knows nothing of an agent it never saw"},
		{memory("counts calls"), "changes nothing in a recall"},
		{memory("talks too much"), "keeps to the limit"},
		{memory("invents"), "names the records"},
		{memory("mixes up"), "every query, in order"},
		{planner("hides failures"), "says so when its model fails"},
		{planner("calls by name"), "decides on actions that are allowed"},
		{planner("remembers by itself"), "goes on from its records"},
		{planner("does the forbidden"), "actions that are allowed"},
		{planner("does too much"), "actions that are allowed"},
		{sentiment("labels as it likes"), "with labels that it has"},
		{sentiment("depends on its neighbours"), "whatever stands beside it"},
		{sentiment("off the scale"), "within range"},
		{sentiment("scores too high"), "within range"},
		{sdk.SentimentPlugin{Name: "Bad Name", Version: "one", Make: sentiment("").(sdk.SentimentPlugin).Make}, "says what it is"},
		{sdk.SentimentPlugin{Name: "x", Version: "1.0.0", Summary: "x", Schema: `["array"]`, Make: sentiment("").(sdk.SentimentPlugin).Make}, "config schema"},
	}
	for _, tt := range tests {
		suite, err := conformance.New(t.Context(), plugintest.Opener(tt.plugin), json.RawMessage("{}"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, check := range suite.Checks() {
			if err := check.Run(t.Context()); err != nil && strings.Contains(check.Name, tt.fails) {
				found = true
			}
		}
		if !found {
			t.Errorf("%+v passes %q", tt.plugin, tt.fails)
		}
	}
}

func TestAFailedCheckSaysWhereAnswersPartAndWhatMayBeBehindIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		plugin sdk.Plugin
		check  string
		want   []string
	}{
		{memory("forgets"), "goes on from its records", []string{`the answers of a restored process: [{`, `[{},{},{},{},{},{}] is not [{"text":"Запись 4`, `…: `, "is there state that is not in the records"}},
		{planner("calls by name"), "decides on actions", []string{`no resident "Анна Орлова" in this run`, "takes the id of the agent"}},
	} {
		suite, err := conformance.New(t.Context(), plugintest.Opener(tt.plugin), json.RawMessage("{}"))
		if err != nil {
			t.Fatal(err)
		}
		for _, check := range suite.Checks() {
			if !strings.HasPrefix(check.Name, tt.check) {
				continue
			}
			err := check.Run(t.Context())
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: no %q in: %v", check.Name, want, err)
				}
			}
		}
	}
}

// A panic is an answer, not the end of the process.
func TestAPanicInNewIsSurvived(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, memory("panics at nonsense"))
}
