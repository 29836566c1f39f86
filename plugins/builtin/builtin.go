// Package builtin names the plugins that are part of gorod: the one list of
// them.
package builtin

import (
	"github.com/llm-city/gorod/plugins/mayor/greedy"
	mayorllm "github.com/llm-city/gorod/plugins/mayor/llm"
	"github.com/llm-city/gorod/plugins/mayor/none"
	"github.com/llm-city/gorod/plugins/mayor/random"
	"github.com/llm-city/gorod/plugins/memory/curious"
	"github.com/llm-city/gorod/plugins/memory/longshort"
	"github.com/llm-city/gorod/plugins/memory/stream"
	"github.com/llm-city/gorod/plugins/metric/activity"
	"github.com/llm-city/gorod/plugins/metric/emotion"
	"github.com/llm-city/gorod/plugins/metric/events"
	"github.com/llm-city/gorod/plugins/metric/groups"
	"github.com/llm-city/gorod/plugins/metric/language"
	"github.com/llm-city/gorod/plugins/metric/persona"
	"github.com/llm-city/gorod/plugins/metric/spread"
	"github.com/llm-city/gorod/plugins/metric/town"
	"github.com/llm-city/gorod/plugins/planner/babyagi"
	"github.com/llm-city/gorod/plugins/planner/justplan"
	"github.com/llm-city/gorod/plugins/planner/qaframework"
	"github.com/llm-city/gorod/plugins/planner/reflect"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sentiment/encoder"
	"github.com/llm-city/gorod/plugins/sentiment/lexicon"
	"github.com/llm-city/gorod/plugins/sentiment/llm"
)

// Plugins are the built-in plugins, by kind and name.
func Plugins() []sdk.Plugin {
	return []sdk.Plugin{
		greedy.Plugin(),
		mayorllm.Plugin(),
		none.Plugin(),
		random.Plugin(),
		curious.Plugin(),
		longshort.Plugin(),
		stream.Plugin(),
		activity.Plugin(),
		emotion.Plugin(),
		events.Plugin(),
		groups.Plugin(),
		language.Plugin(),
		persona.Plugin(),
		spread.Plugin(),
		town.Plugin(),
		babyagi.Plugin(),
		justplan.Plugin(),
		qaframework.Plugin(),
		reflect.Plugin(),
		encoder.Plugin(),
		lexicon.Plugin(),
		llm.Plugin(),
	}
}
