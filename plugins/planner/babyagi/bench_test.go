package babyagi_test

import (
	"context"
	"testing"

	"github.com/llm-city/gorod/plugins/planner/babyagi"
	"github.com/llm-city/gorod/plugins/planner/planning/planningtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

// BenchmarkPlan is a turn of a resident with as many results as are kept, each
// with a vector of 1024 dimensions.
func BenchmarkPlan(b *testing.B) {
	planner := planningtest.New(b, babyagi.Plugin(), `{"max_turns":1000000,"max_tasks":1000000,"on_empty":"restart"}`, "ru", quiet{})
	req := planningtest.Request("ru")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := planner.Plan(b.Context(), req); err != nil {
			b.Fatal(err)
		}
		req.Tick++
	}
}

// quiet answers without keeping what it was asked.
type quiet struct{ sdk.Host }

// Generate implements sdk.Host.
func (quiet) Generate(_ context.Context, req sdk.GenerateRequest) (sdk.Reply, error) {
	return sdk.Reply{Text: host().Replies[req.Call.Purpose]}, nil
}

// Embed implements sdk.Host.
func (quiet) Embed(_ context.Context, _ sdk.Call, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i := range out {
		out[i] = make([]float32, 1024)
		out[i][i] = 1
	}
	return out, nil
}
