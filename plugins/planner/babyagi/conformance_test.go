package babyagi_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/planner/babyagi"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, babyagi.Plugin())
}
