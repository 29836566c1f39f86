package network

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/args"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/plugins/sdk"
)

// verb is an action: what residents are told of it, when it makes sense, and
// what it does.
type verb struct {
	kind    string
	about   lang.Phrase
	told    string // about, in the society's language
	args    []arg
	offered func(s *stage) bool // nil: always
	do      func(ctx context.Context, a *act) (env.Result, error)
}

// arg is an argument of a verb.
type arg struct {
	name     string
	about    lang.Phrase
	told     string
	required bool
	// values are those that make sense now; nil for free text. An argument that
	// is not required is not offered when there are none.
	values func(s *stage) []string
}

// stage is what a resident could act on.
type stage struct {
	*view
	e      *Environment
	r      *reader
	events []string
}

// ActionKinds are the actions that a network knows, in the order in which
// residents are told of them.
func ActionKinds() []string {
	var kinds []string
	for _, v := range verbs() {
		kinds = append(kinds, v.kind)
	}
	return kinds
}

// verbs are all actions.
func verbs() []verb {
	return slices.Concat(postVerbs(), reactionVerbs(), peopleVerbs(), readingVerbs(), groupVerbs(), mindVerbs())
}

// allowed are the verbs of a study that names some, or all, in its language.
func allowed(kinds []string, language string) ([]verb, error) {
	all := verbs()
	for i := range all {
		all[i].told = all[i].about.In(language)
		for j := range all[i].args {
			all[i].args[j].told = all[i].args[j].about.In(language)
		}
	}
	if len(kinds) == 0 {
		return all, nil
	}
	for _, k := range kinds {
		if !slices.ContainsFunc(all, func(v verb) bool { return v.kind == k }) {
			return nil, fmt.Errorf("no action is called %q; there are %s", k, strings.Join(ActionKinds(), ", "))
		}
	}
	return slices.DeleteFunc(all, func(v verb) bool { return !slices.Contains(kinds, v.kind) }), nil
}

// Actions implements env.Environment.
func (e *Environment) Actions(agent string) []sdk.ActionSpec {
	r := e.reader(agent)
	if r == nil {
		return nil
	}
	s := &stage{view: &r.view, e: e, r: r, events: r.knows.Events()}
	specs := make([]sdk.ActionSpec, 0, len(e.verbs))
	for _, v := range e.verbs {
		if v.offered == nil || v.offered(s) {
			specs = append(specs, sdk.ActionSpec{Kind: v.kind, Description: v.told, Args: v.specs(s)})
		}
	}
	return specs
}

func (v *verb) specs(s *stage) []sdk.ArgSpec {
	var specs []sdk.ArgSpec
	for _, a := range v.args {
		spec := sdk.ArgSpec{Name: a.name, Description: a.told, Required: a.required}
		if a.values != nil {
			if spec.Values = a.values(s); len(spec.Values) == 0 && !a.required {
				continue
			}
		}
		specs = append(specs, spec)
	}
	return specs
}

// Apply implements env.Environment.
func (e *Environment) Apply(ctx context.Context, tick env.Tick, agent string, action sdk.Action) (env.Result, error) {
	r := e.reader(agent)
	if r == nil {
		return env.Result{}, fmt.Errorf("network: nobody has the id %q", agent)
	}
	at := slices.IndexFunc(e.verbs, func(v verb) bool { return v.kind == action.Kind })
	if at < 0 {
		return env.Result{}, noSuchAction.Refuse(e.language, lang.Excerpt(action.Kind, 40))
	}
	a := &act{
		Environment: e, tick: tick, r: r,
		Args: args.Args{Action: action, Language: e.language, People: e.people, Self: r.place},
	}
	result, err := e.verbs[at].do(ctx, a)
	if err != nil {
		return env.Result{}, a.explain(err)
	}
	result.Event.Action = action
	return result, nil
}
