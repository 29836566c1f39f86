package curious_test

import (
	"encoding/json"
	"testing"

	"github.com/llm-city/gorod/plugins/memory/curious"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]string{
		"defaults":       "",
		"restless":       `{"night":"11:00","replays":2,"capacity":5}`,
		"rated":          `{"surprise":"rating","expectation":"model"}`,
		"by likeness":    `{"surprise":"embedding","priority":"adversarial"}`,
		"count":          `{"priority":"count"}`,
		"plain recall":   `{"priority":"none"}`,
		"one at a time":  `{"attention":1,"recall":1,"novelties":1}`,
		"nothing stands": `{"novelties":0,"fade":0,"capacity":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugintest.TestConfig(t, curious.Plugin(), json.RawMessage(config))
		})
	}
}
