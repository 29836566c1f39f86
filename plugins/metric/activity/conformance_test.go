package activity_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/metric/activity"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, activity.Plugin())
}
