package mayor_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/mayor/greedy"
	"github.com/llm-city/gorod/plugins/mayor/llm"
	"github.com/llm-city/gorod/plugins/mayor/none"
	"github.com/llm-city/gorod/plugins/mayor/random"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestMayorsConform(t *testing.T) {
	t.Parallel()
	for _, p := range []sdk.Plugin{none.Plugin(), random.Plugin(), greedy.Plugin(), llm.Plugin()} {
		t.Run(p.Info().Name, func(t *testing.T) {
			t.Parallel()
			plugintest.Test(t, p)
		})
	}
}
