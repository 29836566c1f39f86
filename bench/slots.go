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

// slots: how much of a model server's time is used. A tick waits for its
// slowest reply, so planners that ask once leave slots idle at the end of each
// tick; a second run of the study fills them.
func (b *bench) slots(ctx context.Context) error {
	for _, c := range []struct {
		planner string
		ticks   int
		runs    string
		reach   bool
	}{{"planner/qaframework", 3, "1", true}, {"planner/justplan", 6, "1", false}, {"planner/justplan", 6, "2", false}} {
		server := llmtest.Start(llmtest.Options{Slots: slotCount, Mean: slotMean, Sigma: slotSigma, Seed: 1})
		models := fmt.Sprintf("models: {default: {provider: openai, model: m, endpoints: [%q], parallel: %d}}", server.URL+"/v1", slotCount)
		_, err := b.run(ctx, "slots", society(slotAgents, c.ticks, "1", c.planner, models), "--set", "repeats="+c.runs, "--jobs", c.runs)
		used := server.Busy().Seconds() / (slotCount * server.Wall().Seconds())
		server.Close()
		if err != nil {
			return err
		}
		name, reach, ok := fmt.Sprintf("slots used, %d agents, %s, %s at once", slotAgents, c.planner, c.runs), "", (*bool)(nil)
		if c.reach {
			reach, ok = "≥ 0.95", atLeast(used, 0.95)
		}
		b.add(name, used, "of 1", reach, ok)
	}
	return nil
}
