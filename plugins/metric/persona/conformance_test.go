package persona_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/metric/persona"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, persona.Plugin())
}
