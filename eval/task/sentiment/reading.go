package sentiment

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// labels are the classes, in the order of their probabilities.
func labels() []string { return []string{sdk.Negative, sdk.Neutral, sdk.Positive} }

// reading is what a subject said of a text.
type reading struct {
	label string    // empty: none of the classes
	p     []float64 // of each class; nil where the subject gives none
}

const noProbabilities = "no probabilities of the classes"

// parse reads a reply: a model's label with its confidence, a plugin's with its
// scores, or words.
func parse(reply string) reading {
	var said struct {
		Label      string             `json:"label"`
		Confidence *float64           `json:"confidence"`
		Scores     map[string]float64 `json:"scores"`
	}
	if json.Unmarshal([]byte(reply), &said) != nil {
		return reading{label: named(reply)}
	}
	r := reading{label: named(said.Label)}
	switch {
	case r.label == "":
	case said.Confidence != nil && *said.Confidence >= 0 && *said.Confidence <= 1:
		r.p = sure(r.label, *said.Confidence)
	default:
		r.p = probabilities(said.Scores)
	}
	return r
}

// sure are the probabilities of who names a class and how sure it is: what is
// left is shared by the others, and the class named is never behind them.
func sure(label string, confidence float64) []float64 {
	top := max(confidence, 0.334)
	out := make([]float64, len(labels()))
	for i, l := range labels() {
		out[i] = (1 - top) / 2
		if l == label {
			out[i] = top
		}
	}
	return out
}

// probabilities are scores that are those of the three classes and come to
// about 1; nil otherwise.
func probabilities(scores map[string]float64) []float64 {
	const about = 0.05
	var out []float64
	sum := 0.0
	for _, l := range labels() {
		x, ok := scores[l]
		if !ok || x < 0 || x > 1 {
			return nil
		}
		out, sum = append(out, x), sum+x
	}
	if math.Abs(sum-1) > about {
		return nil
	}
	for i := range out {
		out[i] = min(out[i]/sum, 1)
	}
	return out
}

// named is the only class that a text names, in English or Russian; empty where
// it names none or several.
func named(said string) string {
	found := ""
	for _, word := range text.Words(said, 512) {
		for i, stems := range [][]string{{"negativ", "негатив", "отрицательн"}, {"neutral", "нейтральн"}, {"positiv", "позитив", "положительн"}} {
			if !slices.ContainsFunc(stems, func(stem string) bool { return strings.HasPrefix(word, stem) }) {
				continue
			}
			if found != "" && found != labels()[i] {
				return ""
			}
			found = labels()[i]
		}
	}
	return found
}

// brier is Σ(p − truth)² over the classes (Brier 1950, Monthly Weather Review
// 78:1): 0 to 2.
func (r *reading) brier(truth string) float64 {
	sum := 0.0
	for i, l := range labels() {
		d := r.p[i]
		if l == truth {
			d--
		}
		sum += d * d
	}
	return sum
}
