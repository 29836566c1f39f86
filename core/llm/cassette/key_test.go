package cassette

import (
	"math"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/plugins/sdk"
)

func base() llm.Request {
	half, one := 0.5, 1.0
	return llm.Request{
		Model: "m", Messages: []sdk.Message{{Role: "user", Content: "ab"}, {Role: "user", Content: "c"}}, Schema: []byte(`{}`),
		Sampling: llm.Sampling{
			Temperature: &half, TopP: &one, MaxTokens: 5, Seed: 7, Stop: []string{"x", "y"}, LogitBias: map[string]int{"1": 2, "3": 4, "5": 6},
		},
		Agent: "a", Tick: 3, Purpose: "plan", Index: 1,
	}
}

func TestEveryPartOfARequestIsInItsKey(t *testing.T) {
	t.Parallel()
	zero := 0.0
	var c Cassette
	start := base()
	seen := map[Key]string{c.keyOf(&start): "nothing"}
	for what, change := range map[string]func(*llm.Request){
		"model": func(r *llm.Request) { r.Model = "n" }, "role": func(r *llm.Request) { r.Messages[0].Role = "system" },
		"content":              func(r *llm.Request) { r.Messages[0].Content = "abc" },
		"where a message ends": func(r *llm.Request) { r.Messages[0].Content, r.Messages[1].Content = "a", "bc" },
		"a message less":       func(r *llm.Request) { r.Messages = r.Messages[:1] },
		"schema":               func(r *llm.Request) { r.Schema = []byte(`{ }`) },
		"no schema":            func(r *llm.Request) { r.Schema = nil },
		"temperature":          func(r *llm.Request) { r.Sampling.Temperature = &zero },
		"no temperature":       func(r *llm.Request) { r.Sampling.Temperature = nil },
		"top_p":                func(r *llm.Request) { r.Sampling.TopP = nil },
		"max tokens":           func(r *llm.Request) { r.Sampling.MaxTokens = 6 },
		"seed":                 func(r *llm.Request) { r.Sampling.Seed = math.MaxUint64 },
		"stop":                 func(r *llm.Request) { r.Sampling.Stop = []string{"xy"} },
		"logit bias":           func(r *llm.Request) { r.Sampling.LogitBias["3"] = 5 },
		"agent":                func(r *llm.Request) { r.Agent = "b" }, "tick": func(r *llm.Request) { r.Tick = -3 },
		"purpose": func(r *llm.Request) { r.Purpose = "ask" }, "index": func(r *llm.Request) { r.Index = 2 },
		"attempt":        func(r *llm.Request) { r.Attempt = 1 },
		"scored":         func(r *llm.Request) { r.Scored = "text" },
		"agent, purpose": func(r *llm.Request) { r.Agent, r.Purpose = "ap", "lan" },
	} {
		r := base()
		change(&r)
		key := c.keyOf(&r)
		if other, ok := seen[key]; ok {
			t.Errorf("changing %s gives the same key as %s", what, other)
		}
		seen[key] = what
	}
}

func TestKeysDoNotDependOnFactsOrMapOrder(t *testing.T) {
	t.Parallel()
	var c Cassette
	r := base()
	want := c.keyOf(&r)
	for range 50 {
		r := base()
		r.Facts = &llm.Facts{Language: "ru"}
		if c.keyOf(&r) != want {
			t.Fatal("the key changed")
		}
	}
	// Recordings on disks rest on this encoding.
	if got := want.String(); got != golden {
		t.Errorf("the key is %s: recordings would become useless", got)
	}
}

const golden = "5c1c895f79d98e3f758f4dc776b4d76349c8ea077748370ee12b6bb75a841100"

func TestKeysOfTextsAreNotKeysOfCalls(t *testing.T) {
	t.Parallel()
	var c Cassette
	if c.textKey("m", "ab") == c.textKey("ma", "b") {
		t.Error("model and text run together")
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add("")
	f.Add(Key{1, 2, 3}.String())
	f.Fuzz(func(t *testing.T, text string) {
		if key, err := ParseKey(text); err == nil && !strings.EqualFold(key.String(), text) {
			t.Errorf("%q was taken for %s", text, key)
		}
	})
}
