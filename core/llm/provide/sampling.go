package provide

import (
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Sampling takes what a plugin asks for, else what the model's entry says.
func Sampling(m spec.Model, req sdk.GenerateRequest, seed uint64) llm.Sampling {
	out := llm.Sampling{
		Temperature: m.Temperature, TopP: m.TopP, MaxTokens: m.MaxTokens, Stop: m.Stop, LogitBias: m.LogitBias, Seed: seed,
	}
	if req.Temperature != nil {
		out.Temperature = req.Temperature
	}
	if req.TopP != nil {
		out.TopP = req.TopP
	}
	if req.MaxTokens > 0 {
		out.MaxTokens = req.MaxTokens
	}
	if len(req.Stop) > 0 {
		out.Stop = req.Stop
	}
	return out
}
