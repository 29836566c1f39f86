package babyagi_test

import (
	"encoding/json"
	"testing"

	"github.com/llm-city/gorod/plugins/planner/babyagi"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, babyagi.Plugin())
}

func TestConformanceOfOtherConfigs(t *testing.T) {
	t.Parallel()
	plugintest.TestConfig(t, babyagi.Plugin(), json.RawMessage(`{"merge":true,"max_turns":1,"on_empty":"restart","context":1}`))
}
