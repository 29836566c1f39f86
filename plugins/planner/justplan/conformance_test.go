package justplan_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/planner/justplan"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, justplan.Plugin())
}
