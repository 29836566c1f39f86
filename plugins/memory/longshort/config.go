package longshort

import (
	"encoding/json"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Ways to consolidate.
const (
	byModel = "model"
	byRule  = "rule"
	never   = "off"
)

const configSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "consolidate": {
      "description": "how interactions become impressions: model asks the agent's model, rule counts and quotes without a model, off keeps the short term only",
      "enum": ["model", "rule", "off"], "default": "model"
    },
    "update_after": {
      "description": "new interactions after which impressions are rewritten",
      "type": "integer", "minimum": 1, "maximum": 200, "default": 8
    },
    "buffer": {
      "description": "interactions kept word for word; at least update_after of them are kept",
      "type": "integer", "minimum": 1, "maximum": 200, "default": 24
    },
    "people": {"description": "people remembered", "type": "integer", "minimum": 1, "maximum": 1000, "default": 48},
    "places": {"description": "places remembered", "type": "integer", "minimum": 1, "maximum": 1000, "default": 16},
    "episodes": {"description": "episodes remembered of each person and place", "type": "integer", "minimum": 1, "maximum": 50, "default": 5},
    "experiences": {"description": "plans that worked remembered", "type": "integer", "minimum": 0, "maximum": 1000, "default": 32},
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
	Consolidate string `json:"consolidate"`
	UpdateAfter int    `json:"update_after"`
	Buffer      int    `json:"buffer"`
	People      int    `json:"people"`
	Places      int    `json:"places"`
	Episodes    int    `json:"episodes"`
	Experiences int    `json:"experiences"`
	minds.Sampling
}

// readConfig fills in the defaults that the schema names.
func readConfig(raw json.RawMessage) (config, error) {
	c := config{Consolidate: byModel, UpdateAfter: 8, Buffer: 24, People: 48, Places: 16, Episodes: 5, Experiences: 32}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &c); err != nil {
			return c, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
		}
	}
	c.Buffer = max(c.Buffer, c.UpdateAfter)
	return c, nil
}
