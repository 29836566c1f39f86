package events_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/metric/events"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, events.Plugin())
}
