package encoder_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/sdk/plugintest"
	"github.com/llm-city/gorod/plugins/sentiment/encoder"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.TestConfig(t, encoder.Plugin(), config(t, write(t, nil), nil))
}
