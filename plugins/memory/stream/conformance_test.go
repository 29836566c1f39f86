package stream_test

import (
	"encoding/json"
	"testing"

	"github.com/llm-city/gorod/plugins/memory/stream"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]string{
		"defaults": "",
		"code":     `{"form":"code"}`,
		"eager":    `{"reflect_after":3,"questions":2,"insights":2,"recall":4}`,
		"short":    `{"form":"code","reflect_after":4,"importance":"rule","capacity":5,"attention":3}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugintest.TestConfig(t, stream.Plugin(), json.RawMessage(config))
		})
	}
}
