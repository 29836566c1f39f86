package groups_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/metric/groups"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, groups.Plugin())
}
