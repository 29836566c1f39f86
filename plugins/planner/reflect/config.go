package reflect

import (
	"encoding/json"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Critics: the dimensions in which actions are scored.
const (
	Persona     = "persona"     // do they fit who the resident is?
	Consistency = "consistency" // with what it remembers and said before
	Fluency     = "fluency"     // do its words sound natural?
)

const ownSchema = `    "critics": {
      "description": "the dimensions in which actions are criticised",
      "type": "array", "minItems": 1, "uniqueItems": true, "default": ["persona", "consistency", "fluency"],
      "items": {"type": "string", "enum": ["persona", "consistency", "fluency"]}
    },
    "threshold": {
      "description": "the least score (0 to 9) of each dimension with which actions are accepted",
      "type": "object", "additionalProperties": false, "default": {},
      "properties": {
        "persona": {"type": "integer", "minimum": 0, "maximum": 9, "default": 5},
        "consistency": {"type": "integer", "minimum": 0, "maximum": 9, "default": 5},
        "fluency": {"type": "integer", "minimum": 0, "maximum": 9, "default": 5}
      }
    },
    "max_attempts": {
      "description": "how often actions are made before the best of them are taken (TinyTroupe's default is 2)",
      "type": "integer", "minimum": 1, "maximum": 10, "default": 3
    },
    "forbid_repeats": {
      "description": "actions with the same arguments as recent ones of the resident's own are inconsistent, by rule, without asking the model",
      "type": "boolean", "default": true
    }`

func configSchema() string { return planning.ConfigSchemaWith(ownSchema) }

type config struct {
	Critics       []string       `json:"critics"`
	Threshold     map[string]int `json:"threshold"`
	MaxAttempts   int            `json:"max_attempts"`
	ForbidRepeats bool           `json:"forbid_repeats"`
}

// readConfig fills in the defaults that the schema names.
func readConfig(raw json.RawMessage) (config, error) {
	c := config{
		Critics: []string{Persona, Consistency, Fluency}, MaxAttempts: 3, ForbidRepeats: true,
		Threshold: map[string]int{Persona: 5, Consistency: 5, Fluency: 5},
	}
	if len(raw) == 0 {
		return c, nil
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
	}
	if c.MaxAttempts < 1 {
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "max_attempts must be 1 or more")
	}
	return c, nil
}
