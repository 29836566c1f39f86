package curious

import (
	"encoding/json"
	"time"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Priorities.
const (
	byCurious     = "curious"
	byCount       = "count"
	byAdversarial = "adversarial"
	byNothing     = "none"
)

// Ways to measure surprise.
const (
	auto        = "auto"
	byLogprob   = "logprob"
	byRating    = "rating"
	byEmbedding = "embedding"
)

// Where expectations come from.
const (
	fromMemories = "memories"
	fromModel    = "model"
)

const configSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "priority": {
      "description": "what is replayed and comes to mind first: curious is c*beta^v + (|L|+epsilon)^alpha; count is its first term alone, adversarial its second; none recalls by relevance and recency and replays nothing",
      "enum": ["curious", "count", "adversarial", "none"], "default": "curious"
    },
    "c": {"description": "weight of the first term: how much it matters that a memory was seldom replayed", "type": "number", "minimum": 0, "maximum": 1e12, "default": 1e4},
    "beta": {"description": "what is left of the first term after each replay", "type": "number", "minimum": 0, "maximum": 1, "default": 0.7},
    "epsilon": {"description": "added to the surprise, so that nothing has priority 0", "type": "number", "minimum": 0, "maximum": 1e6, "default": 0.01},
    "alpha": {"description": "power of the surprise", "type": "number", "minimum": 0, "maximum": 10, "default": 0.7},
    "initial": {"description": "priority of a memory that was never replayed", "type": "number", "minimum": 0, "maximum": 1e15, "default": 1e5},
    "surprise": {
      "description": "how the surprise L is measured: logprob is the mean negative log-likelihood of what came given what was expected, rating is the model's own from 0 to 10, embedding is 1 - cosine between both; auto is logprob where the server gives them, else embedding",
      "enum": ["auto", "logprob", "rating", "embedding"], "default": "auto"
    },
    "expectation": {
      "description": "what is expected: memories are the most relevant earlier ones, model is what the model writes down before it sees",
      "enum": ["memories", "model"], "default": "memories"
    },
    "expect_from": {"description": "earlier memories that an expectation is made of", "type": "integer", "minimum": 1, "maximum": 50, "default": 5},
    "night": {"description": "simulated time of day at which memories are replayed, or the first tick after it", "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "default": "03:00"},
    "replays": {"description": "memories replayed in a night", "type": "integer", "minimum": 0, "maximum": 100, "default": 10},
    "fade": {"description": "what is left of a memory's importance after a replay that taught nothing", "type": "number", "minimum": 0, "maximum": 1, "default": 0.5},
    "recall": {"description": "memories recalled where a query sets no limit", "type": "integer", "minimum": 1, "maximum": 100, "default": 12},
    "novelties": {"description": "of them, most places held for what stands out by its surprise", "type": "integer", "minimum": 0, "maximum": 100, "default": 3},
    "lessons": {"description": "of them, places held for the lessons that fit best", "type": "integer", "minimum": 0, "maximum": 100, "default": 3},
    "relevance_weight": {"description": "weight of relevance in recall", "type": "number", "minimum": 0, "maximum": 100, "default": 1},
    "recency_weight": {"description": "weight of recency in recall", "type": "number", "minimum": 0, "maximum": 100, "default": 1},
    "priority_weight": {"description": "weight of priority in recall", "type": "number", "minimum": 0, "maximum": 100, "default": 1},
    "recency_decay": {"description": "what is left of recency after a simulated hour", "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.995},
    "attention": {"description": "most new memories of a tick", "type": "integer", "minimum": 1, "maximum": 200, "default": 12},
    "capacity": {"description": "memories kept; the oldest goes first", "type": "integer", "minimum": 1, "maximum": 1000000, "default": 20000},
    "temperature": {
      "description": "sampling temperature; without it, the model's entry in the study decides",
      "type": "number", "minimum": 0, "maximum": 2
    },
    "max_tokens": {
      "description": "most tokens of a reply; 0 leaves it to the model's entry in the study",
      "type": "integer", "minimum": 0, "maximum": 32768, "default": 0
    }
  }
}`

type config struct {
	Priority        string  `json:"priority"`
	C               float64 `json:"c"`
	Beta            float64 `json:"beta"`
	Epsilon         float64 `json:"epsilon"`
	Alpha           float64 `json:"alpha"`
	Initial         float64 `json:"initial"`
	Surprise        string  `json:"surprise"`
	Expectation     string  `json:"expectation"`
	ExpectFrom      int     `json:"expect_from"`
	Night           string  `json:"night"`
	Replays         int     `json:"replays"`
	Fade            float64 `json:"fade"`
	Recall          int     `json:"recall"`
	Novelties       int     `json:"novelties"`
	Lessons         int     `json:"lessons"`
	RelevanceWeight float64 `json:"relevance_weight"`
	RecencyWeight   float64 `json:"recency_weight"`
	PriorityWeight  float64 `json:"priority_weight"`
	RecencyDecay    float64 `json:"recency_decay"`
	Attention       int     `json:"attention"`
	Capacity        int     `json:"capacity"`
	minds.Sampling

	night time.Duration // after midnight
}

// readConfig fills in the defaults that the schema names.
func readConfig(raw json.RawMessage) (config, error) {
	c := config{
		Priority: byCurious, C: 1e4, Beta: 0.7, Epsilon: 0.01, Alpha: 0.7, Initial: 1e5,
		Surprise: auto, Expectation: fromMemories, ExpectFrom: 5,
		Night: "03:00", Replays: 10, Fade: 0.5,
		Recall: 12, Novelties: 3, Lessons: 3, RelevanceWeight: 1, RecencyWeight: 1, PriorityWeight: 1, RecencyDecay: 0.995,
		Attention: 12, Capacity: 20000,
	}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &c); err != nil {
			return c, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
		}
	}
	at, err := time.Parse("15:04", c.Night)
	if err != nil {
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "night: %v", err)
	}
	c.night = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	return c, nil
}

// surprised reports whether the priority depends on surprise.
func (c *config) surprised() bool { return c.Priority == byCurious || c.Priority == byAdversarial }
