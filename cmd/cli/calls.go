package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/plugins/sdk"
)

// printCalls prints what the run's models were asked and what they answered.
func (t *transcript) printCalls(ctx context.Context) error {
	calls, err := cassette.Open(ctx, filepath.Join(t.run.Dir, runner.CassetteFile), cassette.Replay)
	if err != nil {
		return err
	}
	defer calls.Close() // read only: nothing to lose
	for c, err := range calls.Calls(ctx) {
		if err != nil {
			return err
		}
		if !t.chosen(c.Agent, c.Tick) {
			continue
		}
		if err := t.printCall(c); err != nil {
			return err
		}
	}
	return nil
}

func (t *transcript) printCall(c cassette.Call) error {
	var messages []sdk.Message
	if err := json.Unmarshal([]byte(c.Prompt), &messages); err != nil {
		return fmt.Errorf("call %s: %w", c.Key, err)
	}
	if t.json {
		t.printJSON(map[string]any{
			"cell": t.run.Cell.Name, "seed": t.run.Seed, "key": c.Key, "tick": c.Tick, "agent": c.Agent, "name": t.names[c.Agent],
			"purpose": c.Purpose, "index": c.Index, "attempt": c.Attempt, "model": c.Model, "endpoint": c.Endpoint,
			"messages": messages, "reply": c.Reply, "prompt_tokens": c.PromptTokens, "reply_tokens": c.ReplyTokens,
			"latency_ms": float64(c.Latency.Microseconds()) / 1000,
		})
		return nil
	}
	fmt.Fprintf(t.Stdout, "%s  %s, %s: %s, %d + %d tokens, %s\n", t.at(c.Tick), printable(t.name(c.Agent, "nobody")),
		printable(c.Purpose), printable(c.Endpoint), c.PromptTokens, c.ReplyTokens, c.Latency.Round(1000))
	for _, m := range messages {
		fmt.Fprintf(t.Stdout, "--- %s\n%s\n", printable(m.Role), printable(strings.TrimSpace(m.Content)))
	}
	fmt.Fprintf(t.Stdout, "--- reply\n%s\n\n", printable(strings.TrimSpace(c.Reply)))
	return nil
}
