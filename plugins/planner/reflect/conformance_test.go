package reflect_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/planner/reflect"
	"github.com/llm-city/gorod/plugins/sdk/plugintest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, reflect.Plugin())
}
