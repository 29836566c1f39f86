package town_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/metric/town"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, town.Plugin())
}
