package longshort_test

import (
	"encoding/json"
	"testing"

	"github.com/llm-city/gorod/plugins/memory/longshort"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]string{
		"defaults":  "",
		"eager":     `{"update_after":1,"buffer":2,"people":1,"episodes":1}`,
		"by rule":   `{"update_after":1,"consolidate":"rule"}`,
		"no models": `{"consolidate":"off"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugintest.TestConfig(t, longshort.Plugin(), json.RawMessage(config))
		})
	}
}
