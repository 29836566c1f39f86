package reflect

import (
	"maps"
	"slices"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// shown are actions as a prompt shows them.
func shown(actions []sdk.Action) []string {
	var out []string
	for i := range actions[:min(len(actions), maxShown)] {
		out = append(out, show(&actions[i]))
	}
	return out
}

// show is an action on a line, its arguments in quotes.
func show(a *sdk.Action) string {
	line := text.Quote(a.Kind, maxName)
	names := slices.Sorted(maps.Keys(a.Args))
	for _, name := range names[:min(len(names), maxShown)] {
		line += " " + text.Quote(name, maxName) + "=«" + text.Quote(a.Args[name], maxSaid) + "»"
	}
	return line
}

func name(req *sdk.PlanRequest) string { return text.Quote(req.Agent.Name(), maxName) }
