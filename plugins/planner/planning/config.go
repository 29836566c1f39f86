// Package planning is what the built-in planners share: the prompt that tells a
// model who it is and what it sees, the schema of its reply, the reading of the
// reply, and the reuse of actions that fulfilled the same plan before.
package planning

import (
	"encoding/json"

	"github.com/llm-city/gorod/plugins/sdk"
)

// The properties of a config's schema, in two parts: what every planner takes,
// and what those take that reuse experience (see Desk.Settled).
const (
	schemaHead = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
`
	schemaTail = `
  }
}`
	sampling = `    "temperature": {
      "description": "sampling temperature; without it, the model's entry in the study decides",
      "type": "number", "minimum": 0, "maximum": 2
    },
    "max_tokens": {
      "description": "most tokens of a reply; 0 leaves it to the model's entry in the study",
      "type": "integer", "minimum": 0, "maximum": 32768, "default": 0
    }`
	reusing = `,
    "reuse": {
      "description": "repeat actions that fulfilled the present plan before, without asking the model",
      "type": "boolean", "default": true
    },
    "reuse_ticks": {
      "description": "reuse actions only while the plan is at most so many ticks old",
      "type": "integer", "minimum": 1, "maximum": 100000, "default": 6
    }`
)

// ConfigSchema is the JSON Schema of Config.
const ConfigSchema = schemaHead + sampling + reusing + schemaTail

// ConfigSchemaWith is ConfigSchema with a planner's own properties, JSON text
// such as `"a": {…}, "b": {…}`.
func ConfigSchemaWith(own string) string {
	return schemaHead + sampling + reusing + ",\n" + own + schemaTail
}

// SamplingSchemaWith is ConfigSchemaWith for a planner that reuses nothing.
func SamplingSchemaWith(own string) string { return schemaHead + sampling + ",\n" + own + schemaTail }

// Config of a planner.
type Config struct {
	Temperature *float64 `json:"temperature"`
	MaxTokens   int      `json:"max_tokens"`
	Reuse       bool     `json:"reuse"`
	ReuseTicks  int64    `json:"reuse_ticks"`
}

// readConfig fills in the defaults that the schema names.
func readConfig(raw json.RawMessage) (Config, error) {
	c := Config{Reuse: true, ReuseTicks: 6}
	if len(raw) == 0 {
		return c, nil
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
	}
	return c, nil
}
