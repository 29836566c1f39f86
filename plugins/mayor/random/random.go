// Package random is the mayor who does whatever is allowed: a kind of action
// drawn evenly, then its arguments. The lower bound that a mayor who thinks
// should clear.
package random

import (
	"context"
	"hash/fnv"
	"math/rand/v2"

	"github.com/llm-city/gorod/plugins/mayor/hire"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Plugin is mayor/random.
func Plugin() sdk.Plugin {
	return sdk.MayorPlugin{
		Name: "random", Version: "1.0.0", Summary: "decides by lot among what is allowed",
		Schema: `{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false}`,
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Mayor, error) {
			return &lot{setup.Seed, setup.Language}, nil
		},
	}
}

type lot struct {
	seed     uint64
	language string
}

// Decide implements sdk.Mayor. What is drawn depends on the run's seed and the
// tick alone.
func (l *lot) Decide(_ context.Context, req sdk.MayorRequest) (sdk.MayorDecision, error) {
	if len(req.Actions) == 0 {
		return sdk.MayorDecision{Action: sdk.Action{Kind: "nothing"}}, nil
	}
	random := l.stream(req.Tick)
	spec := req.Actions[random.IntN(len(req.Actions))]
	action := sdk.Action{Kind: spec.Kind, Args: map[string]string{}}
	written := hire.Newcomer(l.language, random.IntN(1<<16), req.Town)
	for _, arg := range spec.Args {
		if len(arg.Values) > 0 {
			action.Args[arg.Name] = arg.Values[random.IntN(len(arg.Values))]
		} else {
			action.Args[arg.Name] = written[arg.Name]
		}
	}
	if _, x := action.Args["x"]; x && len(req.Town.Free) > 0 { // both of one free lot
		action.Args["x"], action.Args["y"] = hire.Lot(req.Town.Free[random.IntN(len(req.Town.Free))])
	}
	return sdk.MayorDecision{Action: action}, nil
}

func (l *lot) stream(tick int64) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte("mayor/random"))
	return rand.New(rand.NewPCG(l.seed^h.Sum64(), uint64(tick)))
}
