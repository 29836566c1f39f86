package lexicon_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/sdk/plugintest"
	"github.com/llm-city/gorod/plugins/sentiment/lexicon"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	plugintest.Test(t, lexicon.Plugin())
}
