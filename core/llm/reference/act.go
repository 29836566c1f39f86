package reference

import (
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

// option is an action that a resident might take, with its weight.
type option struct {
	kind   string
	weight float64
	item   *sdk.Item // what it is about
}

// actions chooses one to most actions among those that are allowed and that the
// schema of an item has, and writes their arguments.
func (f *filler) actions(items map[string]any, most int) []any {
	n := min(1, most)
	if most > 1 && f.chance(0.25+0.2*f.trait("extraversion")) {
		n = 2
	}
	out := []any{}
	done := map[string]bool{}
	options := f.options(items)
	for range n {
		o := f.draw(options)
		if o == nil || done[o.kind] {
			break
		}
		done[o.kind] = true
		out = append(out, f.action(o, items))
	}
	return out
}

// action is an option as an object, with the arguments that the schema names.
func (f *filler) action(o *option, items map[string]any) map[string]any {
	known, named := items["properties"].(map[string]any)
	action := map[string]any{"kind": o.kind}
	for name, value := range f.args(o) {
		inner, ok := known[name].(map[string]any)
		if named && !ok {
			continue
		}
		if value = fit(value, inner); allows(inner, value) {
			action[name] = value
		}
	}
	return action
}

// allows reports whether a schema's enum, if it has one, has a word.
func allows(s map[string]any, word string) bool {
	words, ok := s["enum"].([]any)
	return !ok || slices.Contains(words, any(word))
}

// draw takes an option by weight.
func (f *filler) draw(options []option) *option {
	total := 0.0
	for _, o := range options {
		total += o.weight
	}
	x := f.random.Float64() * total
	for i := range options {
		if x -= options[i].weight; x < 0 {
			return &options[i]
		}
	}
	return nil
}

// options are what is allowed, weighted by persona, mood and what is there.
func (f *filler) options(items map[string]any) []option {
	known, _ := items["properties"].(map[string]any)
	kinds, _ := known["kind"].(map[string]any)
	weights := f.weights()
	var out []option
	for _, spec := range f.facts.Actions {
		o := option{kind: spec.Kind, weight: otherWeight}
		if w, ok := weights[spec.Kind]; ok {
			o.weight = w
		}
		if o.weight <= 0 || !allows(kinds, spec.Kind) {
			continue
		}
		if spec.Kind == "post" && f.hasNews() {
			o.weight *= 2.5
		}
		if needsItem(spec.Kind) {
			if o.item = f.item(spec.Kind); o.item == nil {
				continue
			}
			if o.item.Addressed || o.item.Kind == sdk.ItemEvent {
				o.weight *= 2.5
			}
		}
		out = append(out, o)
	}
	return out
}

func needsItem(kind string) bool {
	switch kind {
	case "reply", "quote", "boost", "favourite", "vote", "leave_conversation", "tell":
		return true
	}
	return false
}

// weights are how much a persona is drawn to each kind of action; a kind that
// is not here has otherWeight.
func (f *filler) weights() map[string]float64 {
	e, a, o := f.trait("extraversion"), f.trait("agreeableness"), f.trait("openness")
	w := map[string]float64{
		"post": 2 + e, "reply": 2.4 + 0.8*a + 0.4*e, "quote": 0.5 + 0.3*o, "direct": 0.5 + 0.3*e, "boost": 0.7 + 0.3*a,
		"favourite": 1.2 + 0.6*a, "follow": 0.5 + 0.4*e, "tell": 1.5 + e, "vote": 1, "join_group": 0.4 + 0.3*e,
		"search": 0.3 + 0.2*o, "trends": 0.3, "change_plan": 0.3 + 0.2*f.trait("neuroticism"), "ignore": 0.8 - 0.5*e,
		"say": 8, "ask": 1.5, "leave": 0.6, "create_group": 0.05 + 0.05*e, "mute": 0.05 - 0.05*a, "unfollow": 0.05 - 0.05*a,
		"leave_group": 0.02, "leave_conversation": 0.1 - 0.05*a,
	}
	if f.asks() {
		w["ask"] = 30
	}
	return w
}

const otherWeight = 0.5

// asks reports whether the resident's trade is to ask.
func (f *filler) asks() bool {
	trade := strings.ToLower(f.persona().Occupation)
	for _, word := range []string{"модератор", "интервьюер", "консультант", "moderator", "interviewer", "consultant"} {
		if strings.Contains(trade, word) {
			return true
		}
	}
	return false
}

// item is something that an action of a kind can be about.
func (f *filler) item(kind string) *sdk.Item {
	var fit []*sdk.Item
	consider := func(items []sdk.Item, times int) {
		for i := range items {
			if items[i].Author != f.facts.Agent.ID && suits(&items[i], kind) {
				for range times {
					fit = append(fit, &items[i])
				}
			}
		}
	}
	consider(f.facts.Observation.Notifications, 3)
	consider(f.facts.Observation.Timeline, 1)
	if len(fit) == 0 {
		return nil
	}
	return fit[f.random.IntN(len(fit))]
}

func suits(item *sdk.Item, kind string) bool {
	switch kind {
	case "tell":
		return item.Event != "" && item.Text != ""
	case "vote":
		return len(item.Options) > 0 && item.ID != ""
	case "boost", "quote":
		return item.ID != "" && item.Text != "" && item.Audience == "public" && item.Kind != sdk.ItemEvent
	}
	return item.ID != "" && item.Text != "" && item.Kind != sdk.ItemEvent
}
