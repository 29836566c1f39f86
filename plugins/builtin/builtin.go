// Package builtin names the plugins that are part of gorod: the one list of
// them.
package builtin

import (
	"github.com/llm-city/gorod/plugins/memory/curious"
	"github.com/llm-city/gorod/plugins/memory/longshort"
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
		curious.Plugin(),
		longshort.Plugin(),
		babyagi.Plugin(),
		justplan.Plugin(),
		qaframework.Plugin(),
		reflect.Plugin(),
		encoder.Plugin(),
		lexicon.Plugin(),
		llm.Plugin(),
	}
}
