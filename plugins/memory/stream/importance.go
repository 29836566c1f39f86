package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Ratings of importance.
const (
	least = 1  // brushing teeth
	most  = 10 // a break-up
)

// RatingFacts are what the plugin adds to the host's facts when it asks how
// important memories are.
type RatingFacts struct {
	Memories []string `json:"memories"`
}

// rate gives new memories their importance: by the rule, and over that by the
// model's ratings where they are any use.
func (s *step) rate(ctx context.Context, index int, fresh []*entry) error {
	for _, e := range fresh {
		e.Importance = s.ruled(e)
	}
	if len(fresh) == 0 || s.config.Importance == byRule {
		return nil
	}
	var facts RatingFacts
	for _, e := range fresh {
		facts.Memories = append(facts.Memories, s.words.tell(e))
	}
	var reply struct {
		Importance []float64 `json:"importance"`
	}
	schema := fmt.Sprintf(`{"type":"object","additionalProperties":false,"required":["importance"],"properties":{"importance":{"type":"array","minItems":%d,"maxItems":%[1]d,`+
		`"items":{"type":"integer","minimum":%d,"maximum":%d}}}}`, len(fresh), least, most)
	call := s.call(purposeImportance, index)
	err := s.Ask(ctx, minds.Question{
		Call: call, Agent: s.agent, Prompt: "importance", View: map[string]any{"Memories": facts.Memories}, Schema: json.RawMessage(schema), Facts: facts,
	}, &reply)
	if err == nil && len(reply.Importance) != len(fresh) {
		err = sdk.Errorf(sdk.ErrModel, "%d ratings of %d memories", len(reply.Importance), len(fresh))
	}
	if err != nil {
		return s.Skip(ctx, call, "importance is rated by rule", err)
	}
	for i, r := range reply.Importance {
		if r < least || r > most {
			s.Log.WarnContext(ctx, "importance is rated by rule", "agent", s.agent.ID, "tick", s.tick, "rating", r)
			continue
		}
		fresh[i].Importance = int(math.Round(r))
	}
	return nil
}

const (
	maxWords = 100 // of a memory that the rule looks at
	maxMoved = 3   // by how much emotional words raise importance
)

// ruled is an importance by the kind of a memory, raised by one for each
// emotional word, up to three.
func (m *memory) ruled(e *entry) int {
	moved := 0
	for _, word := range text.Words(e.Text, maxWords) {
		if m.moving[text.Stem(word)] {
			moved++
		}
	}
	return min(most, ofKind(e.Kind)+min(moved, maxMoved))
}

// ofKind is how important a memory of a kind is by itself.
func ofKind(kind string) int {
	switch kind {
	case kindReflection:
		return 6
	case sdk.ItemEvent, sdk.ItemTell, sdk.ItemDirect:
		return 5
	case sdk.ItemReply, sdk.ItemQuote, perception.Failed:
		return 4
	case sdk.ItemMessage, sdk.ItemPost, sdk.ItemFollow:
		return 3
	case perception.Did, sdk.ItemBoost, sdk.ItemFavourite, sdk.ItemVote, sdk.ItemJoin, sdk.ItemLeave, sdk.ItemResult:
		return 2
	}
	return least
}
