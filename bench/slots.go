package main

import (
	"context"
	"fmt"
	"time"

	"github.com/llm-city/gorod/core/llm/llmtest"
)

// Shape of the load that the slots are measured with.
const (
	slotCount  = 16
	slotMean   = 200 * time.Millisecond
	slotSigma  = 0.5 // of the logarithm
	slotAgents = 200
)

// slots: how much of a model server's time is used.
func (b *bench) slots(ctx context.Context) error {
	for _, c := range []struct {
		planner string
		ticks   int
	}{{"planner/qaframework", 3}, {"planner/justplan", 6}} {
		server := llmtest.Start(llmtest.Options{Slots: slotCount, Mean: slotMean, Sigma: slotSigma, Seed: 1})
		models := fmt.Sprintf("models: {default: {provider: openai, model: m, endpoints: [%q], parallel: %d}}", server.URL+"/v1", slotCount)
		yaml := society(slotAgents, c.ticks, "1", c.planner, models)
		t, err := b.run(ctx, "slots", yaml)
		busy, wall := server.Busy(), server.Wall()
		server.Close()
		if err != nil {
			return err
		}
		used := busy.Seconds() / (slotCount * wall.Seconds())
		name := fmt.Sprintf("slots used, %d agents, %s, one run", slotAgents, c.planner)
		if c.planner == "planner/qaframework" {
			b.add(name, used, "of 1", "≥ 0.95", atLeast(used, 0.95))
		} else {
			b.add(name, used, "of 1", "", nil)
		}
		_ = t
	}
	return nil
}
