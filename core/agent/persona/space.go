package persona

import (
	"context"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/text"
)

// Bounds of the space that a model plans.
const (
	fewestDimensions, mostDimensions = 3, 6
	fewestValues, mostValues         = 2, 6
	longestWord                      = 80
)

// space asks the model in what else people of the population differ, and adds
// that to the dimensions that are given, in even shares.
func (f *Factory) space(ctx context.Context, p Population, given []Dimension) ([]Dimension, error) {
	messages, err := f.prompts.messages("plan", map[string]any{"Population": p, "Given": given, "Fewest": fewestDimensions, "Most": mostDimensions})
	if err != nil {
		return nil, err
	}
	var reply struct {
		Dimensions []struct {
			Name   string   `json:"name"`
			Values []string `json:"values"`
		} `json:"dimensions"`
	}
	c := call{purpose: "persona plan", language: p.Language, messages: messages, schema: f.spaceSchema()}
	if err := f.Mind.read(ctx, c, &reply); err != nil {
		return nil, err
	}
	out := slices.Clone(given)
	for _, d := range reply.Dimensions {
		name, values := word(d.Name), distinct(d.Values)
		known := slices.ContainsFunc(out, func(d Dimension) bool { return folded(d.Name) == folded(name) })
		if name == "" || known || len(values) < fewestValues || reserved(name) {
			continue
		}
		out = append(out, Dimension{Name: name, Values: evenly(values)})
	}
	return out, nil
}

// reserved are names that would be read as something else in a persona file.
func reserved(name string) bool {
	return unfit(name) != "" || kindOf(name) != category || slices.Contains([]string{"goals", "interests", "style", "occupation", "residence"}, name) ||
		strings.ContainsAny(name, "[]{}#&*!|>'\"%@`")
}

// word is a name or a value as a model wrote it, in one line and bounded.
func word(s string) string {
	return text.Cut(strings.ReplaceAll(strings.Join(strings.Fields(s), " "), ":", ""), longestWord)
}

// distinct are the words of a list, each once.
func distinct(words []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range words {
		if w = word(w); w != "" && !seen[folded(w)] {
			seen[folded(w)] = true
			out = append(out, w)
		}
	}
	return out
}

func (f *Factory) spaceSchema() map[string]any {
	items := object(map[string]any{"name": words(longestWord), "values": list(fewestValues, mostValues, words(longestWord))})
	if f.Mind.Scripted {
		var proposals []any
		for _, d := range f.words.dimensions() {
			var values []string
			for _, v := range d.Values {
				values = append(values, v.Name)
			}
			proposals = append(proposals, map[string]any{"name": d.Name, "values": values})
		}
		items = map[string]any{"enum": proposals}
	}
	return object(map[string]any{"dimensions": list(fewestDimensions, mostDimensions, items)})
}
