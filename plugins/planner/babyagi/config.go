package babyagi

import (
	"encoding/json"

	"github.com/llm-city/gorod/plugins/planner/planning"
	"github.com/llm-city/gorod/plugins/sdk"
)

// What a resident does when its list is done or its budget spent.
const (
	onEmptyStop    = "stop"
	onEmptyRestart = "restart"
)

const ownSchema = `    "context": {
      "description": "how many earlier results, the most similar to the task, its execution is shown",
      "type": "integer", "minimum": 0, "maximum": 20, "default": 5
    },
    "max_turns": {
      "description": "turns of the loop for one list; then it counts as empty",
      "type": "integer", "minimum": 1, "maximum": 1000000, "default": 50
    },
    "max_tasks": {
      "description": "tasks ever put on one list; then no more are created, nor is the model asked for any",
      "type": "integer", "minimum": 1, "maximum": 1000000, "default": 100
    },
    "max_list": {
      "description": "unfinished tasks on the list at once; what is created beyond is left out",
      "type": "integer", "minimum": 1, "maximum": 100, "default": 20
    },
    "merge": {
      "description": "create and prioritise tasks in one model call instead of two",
      "type": "boolean", "default": false
    },
    "on_empty": {
      "description": "when the list is empty or max_turns reached: stop (do nothing from then on) or restart (a fresh list for the resident's next goal, the first again after the last); a new first goal makes a fresh list in any case",
      "type": "string", "enum": ["stop", "restart"], "default": "stop"
    }`

func configSchema() string { return planning.SamplingSchemaWith(ownSchema) }

type config struct {
	Context  int    `json:"context"`
	MaxTurns int    `json:"max_turns"`
	MaxTasks int    `json:"max_tasks"`
	MaxList  int    `json:"max_list"`
	Merge    bool   `json:"merge"`
	OnEmpty  string `json:"on_empty"`
}

// readConfig fills in the defaults that the schema names.
func readConfig(raw json.RawMessage) (config, error) {
	c := config{Context: 5, MaxTurns: 50, MaxTasks: 100, MaxList: 20, OnEmpty: onEmptyStop}
	if len(raw) == 0 {
		return c, nil
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "%v", err)
	}
	if min(c.MaxTurns, c.MaxTasks, c.MaxList) < 1 {
		return c, sdk.Errorf(sdk.ErrInvalidConfig, "max_turns, max_tasks and max_list must be 1 or more")
	}
	return c, nil
}
