// Package none is the mayor who does nothing: what a town comes to by itself is
// what other mayors are measured against.
package none

import (
	"context"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Plugin is mayor/none.
func Plugin() sdk.Plugin {
	return sdk.MayorPlugin{
		Name: "none", Version: "1.0.0", Summary: "does nothing: the baseline of mayors",
		Schema: `{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false}`,
		Make:   func(context.Context, sdk.Setup) (sdk.Mayor, error) { return idle{}, nil },
	}
}

type idle struct{}

// Decide implements sdk.Mayor.
func (idle) Decide(context.Context, sdk.MayorRequest) (sdk.MayorDecision, error) {
	return sdk.MayorDecision{Action: sdk.Action{Kind: "nothing"}}, nil
}
