package stream

import (
	"encoding/json"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Forms of the retrieval score.
const (
	formPaper = "paper"
	formCode  = "code"
)

// Ways to rate importance.
const (
	byModel = "model"
	byRule  = "rule"
)

const configSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "form": {
      "description": "the retrieval score: paper weighs recency, importance and relevance 1 each, with recency = decay^hours since a memory was last recalled; code is the authors' program, which weighs them 0.5, 2 and 3, with recency = decay^rank over memories sorted by last access, oldest first, so that what was left alone for longest scores highest",
      "enum": ["paper", "code"], "default": "paper"
    },
    "recency_weight": {"description": "weight of recency; without it, 1 in paper, 0.5 in code", "type": "number", "minimum": 0, "maximum": 100},
    "importance_weight": {"description": "weight of importance; without it, 1 in paper, 2 in code", "type": "number", "minimum": 0, "maximum": 100},
    "relevance_weight": {"description": "weight of relevance; without it, 1 in paper, 3 in code", "type": "number", "minimum": 0, "maximum": 100},
    "decay": {"description": "what is left of recency after a simulated hour (paper) or a rank (code); without it, 0.995 in paper, 0.99 in code", "type": "number", "exclusiveMinimum": 0, "maximum": 1},
    "recall": {"description": "memories recalled where a query sets no limit, and for each question of a reflection", "type": "integer", "minimum": 1, "maximum": 200, "default": 30},
    "importance": {
      "description": "how importance from 1 to 10 is rated: model asks the agent's model once a tick, rule goes by the kind of memory and by emotional words",
      "enum": ["model", "rule"], "default": "model"
    },
    "reflect_after": {"description": "importance of observations since the last reflection that brings on the next; 0 never reflects", "type": "integer", "minimum": 0, "maximum": 1000000, "default": 150},
    "reflect_over": {"description": "last memories that the questions of a reflection are asked about", "type": "integer", "minimum": 1, "maximum": 500, "default": 100},
    "questions": {"description": "questions of a reflection", "type": "integer", "minimum": 1, "maximum": 10, "default": 3},
    "insights": {"description": "most insights drawn for each question", "type": "integer", "minimum": 1, "maximum": 20, "default": 5},
    "attention": {"description": "most new memories of a tick, reflections apart", "type": "integer", "minimum": 1, "maximum": 200, "default": 20},
    "capacity": {"description": "memories kept; those with the least importance times recency go first; 0 keeps all", "type": "integer", "minimum": 0, "maximum": 10000000, "default": 0},
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
	Form             string   `json:"form"`
	RecencyWeight    *float64 `json:"recency_weight"`
	ImportanceWeight *float64 `json:"importance_weight"`
	RelevanceWeight  *float64 `json:"relevance_weight"`
	Decay            *float64 `json:"decay"`
	Recall           int      `json:"recall"`
	Importance       string   `json:"importance"`
	ReflectAfter     int      `json:"reflect_after"`
	ReflectOver      int      `json:"reflect_over"`
	Questions        int      `json:"questions"`
	Insights         int      `json:"insights"`
	Attention        int      `json:"attention"`
	Capacity         int      `json:"capacity"`
	minds.Sampling

	formula formula
}

// readConfig fills in the defaults that the schema names.
func readConfig(raw json.RawMessage) (config, error) {
	c := config{
		Form: formPaper, Recall: 30, Importance: byModel,
		ReflectAfter: 150, ReflectOver: 100, Questions: 3, Insights: 5, Attention: 20,
	}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &c); err != nil {
			return c, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
		}
	}
	c.formula = paper()
	if c.Form == formCode {
		c.formula = code()
	}
	for into, set := range map[*float64]*float64{
		&c.formula.recency: c.RecencyWeight, &c.formula.importance: c.ImportanceWeight,
		&c.formula.relevance: c.RelevanceWeight, &c.formula.decay: c.Decay,
	} {
		if set != nil {
			*into = *set
		}
	}
	c.formula.left = newPowers(c.formula.decay)
	return c, nil
}

// reflects reports whether so much importance since the last reflection brings
// on the next: in the paper when it exceeds the threshold, in the authors'
// program when it reaches it.
func (c *config) reflects(importance int) bool {
	return c.ReflectAfter > 0 && (importance > c.ReflectAfter || c.Form == formCode && importance == c.ReflectAfter)
}
