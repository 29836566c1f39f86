package reflect_test

import (
	"encoding/json"
	"testing"

	"github.com/llm-city/gorod/plugins/planner/reflect"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, reflect.Plugin())
}

func TestConformanceOfOtherConfigs(t *testing.T) {
	t.Parallel()
	plugintest.TestConfig(t, reflect.Plugin(), json.RawMessage(`{"critics":["fluency"],"threshold":{"fluency":9},"max_attempts":2,"forbid_repeats":false}`))
}
