package persona

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

// form is a questionnaire: each statement is agreed with from 1 to 5.
type form struct {
	dimensions []dimension
	questions  []question
	schema     []byte
}

// dimension is a trait or a view, as the persona states it.
type dimension struct {
	name   string
	stated float64 // −1 … 1
	view   bool
}

// question is a statement about one of the dimensions.
type question struct {
	key       string // of the answer: q01
	statement string
	dimension int
	reversed  bool // agreeing speaks against the trait
}

// Likert's scale.
const (
	fewest = 1
	most   = 5
)

// form asks two statements of each of the Big Five, one of them reversed so that
// who agrees with everything is in the middle, and one of any other trait and of
// every view. Views take turns with traits.
func (t *texts) form(p *sdk.Persona) form {
	var f form
	for _, name := range slices.Sorted(maps.Keys(p.Traits)) {
		f.dimensions = append(f.dimensions, dimension{name: name, stated: p.Traits[name]})
		at := len(f.dimensions) - 1
		known, ok := t.statements[name]
		if !ok {
			f.questions = append(f.questions, question{statement: fmt.Sprintf(t.other, line(name)), dimension: at})
			continue
		}
		f.questions = append(f.questions, question{statement: known.agrees, dimension: at}, question{statement: known.denies, dimension: at, reversed: true})
	}
	for _, view := range slices.Sorted(maps.Keys(p.Beliefs)) {
		f.dimensions = append(f.dimensions, dimension{name: view, stated: p.Beliefs[view], view: true})
		f.questions = append(f.questions, question{statement: fmt.Sprintf(t.view, line(view)), dimension: len(f.dimensions) - 1})
	}
	f.number()
	return f
}

// number names the questions, those of reversed statements after the others so
// that the two of a trait do not stand together.
func (f *form) number() {
	slices.SortStableFunc(f.questions, func(a, b question) int { return rank(a) - rank(b) })
	properties := map[string]any{}
	required := []string{}
	for i := range f.questions {
		key := fmt.Sprintf("q%02d", i+1)
		f.questions[i].key = key
		properties[key] = map[string]any{"type": "integer", "minimum": fewest, "maximum": most}
		required = append(required, key)
	}
	// Maps are written in the order of their keys.
	f.schema, _ = json.Marshal(map[string]any{"type": "object", "additionalProperties": false, "required": required, "properties": properties})
}

func rank(q question) int {
	if q.reversed {
		return 1
	}
	return 0
}

// answers are what a reply says of each question, and of each dimension, from
// −1 to 1.
type answers struct{ questions, dimensions []float64 }

// read takes a reply apart.
func (f *form) read(reply string) (*answers, error) {
	var given map[string]float64
	if err := json.Unmarshal([]byte(reply), &given); err != nil {
		return nil, errors.New("the reply is no questionnaire")
	}
	out := &answers{make([]float64, len(f.questions)), make([]float64, len(f.dimensions))}
	count := make([]float64, len(f.dimensions))
	for i, q := range f.questions {
		x, ok := given[q.key]
		if !ok || x < fewest || x > most {
			return nil, fmt.Errorf("no answer from %d to %d to %s", fewest, most, q.key)
		}
		x = (x - (fewest+most)/2) / ((most - fewest) / 2)
		if q.reversed {
			x = -x
		}
		out.questions[i] = x
		out.dimensions[q.dimension] += x
		count[q.dimension]++
	}
	for i := range out.dimensions {
		out.dimensions[i] /= count[i]
	}
	return out, nil
}

// stated are the dimensions as the persona states them.
func (f *form) stated() []float64 {
	out := make([]float64, len(f.dimensions))
	for i, d := range f.dimensions {
		out[i] = d.stated
	}
	return out
}

// list is the statements as they are put.
func (f *form) list() string {
	var b strings.Builder
	for _, q := range f.questions {
		fmt.Fprintf(&b, "%s. %s\n", q.key, q.statement)
	}
	return strings.TrimRight(b.String(), "\n")
}
