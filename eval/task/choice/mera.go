package choice

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/task/choice/internal/jinja"
	"github.com/llm-city/gorod/eval/task/items"
)

// placeholder is a field of the inputs in an instruction of MERA: {question}.
var placeholder = regexp.MustCompile(`\{([\pL\pN_]*)\}`)

// readMERA reads a data set of MERA: objects with instruction, inputs, outputs
// and meta. The choices are the labels of the inputs (option_a … are A …,
// choice1 … are 1 …), or else the few different outputs of the file; where they
// are many, answers are written and must match.
func readMERA(text items.Text) (*questions, error) {
	all, err := docsOf(text)
	if err != nil {
		return nil, err
	}
	q := &questions{apart: "\n\n", rule: rule{ignoreCase: true, ignoreEnds: true, filters: []filter{{name: "strip", steps: []func(string) string{strings.TrimSpace}}}}}
	var problems spec.Problems
	rows := make([]mera, len(all))
	for i := range all {
		found := rows[i].fill(&all[i])
		problems = append(problems, found...)
	}
	if len(problems) > 0 {
		return nil, problems[:min(len(problems), 20)]
	}
	few := fewOutputs(rows)
	for i := range rows {
		one, found := rows[i].question(&all[i], few)
		problems = append(problems, found...)
		q.all = append(q.all, one)
	}
	if len(problems) > 0 {
		return nil, problems[:min(len(problems), 20)]
	}
	return q, nil
}

// mera is a row of MERA.
type mera struct {
	id       string
	text     string   // the instruction with its inputs
	labels   []string // of the choices that the inputs show
	accepted []string
}

func (m *mera) fill(d *doc) (problems spec.Problems) {
	instruction, _ := d.fields["instruction"].(string)
	for _, name := range []string{"instruction", "inputs", "outputs"} {
		if d.fields[name] == nil {
			problems = append(problems, d.problem("field "+name+" is missing", "", "items of MERA have instruction, inputs, outputs and meta"))
		}
	}
	if len(problems) > 0 {
		return problems
	}
	inputs, ok := d.fields["inputs"].(map[string]any)
	if !ok {
		inputs = map[string]any{"inputs": d.fields["inputs"], "text": d.fields["inputs"]}
	}
	m.text = placeholder.ReplaceAllStringFunc(instruction, func(hole string) string {
		name := hole[1 : len(hole)-1]
		if name == "" && len(inputs) == 1 {
			name = slices.Collect(maps.Keys(inputs))[0]
		}
		v, ok := inputs[name]
		if !ok {
			problems = append(problems, d.problem("the instruction has "+hole, "inputs have no such field", "add it to inputs"))
		}
		return jinja.Written(v)
	})
	m.labels = labels(inputs)
	if m.accepted = outputs(d.fields["outputs"]); len(m.accepted) == 0 {
		problems = append(problems, d.problem("field outputs is empty", "the right answers of closed test sets are not published", "use a split that has them, such as train or validation"))
	}
	if _, ok := d.fields["outputs"].(map[string]any); ok {
		problems = append(problems, d.problem("outputs is an object", "what of it would be right, the file does not say", "write the right answer"))
	}
	m.id = fmt.Sprintf("line-%d", d.line)
	if meta, ok := d.fields["meta"].(map[string]any); ok && meta["id"] != nil {
		m.id = jinja.Written(meta["id"])
	}
	return problems
}

// labels are the labels of the choices that inputs show; nil where they show
// none.
func labels(inputs map[string]any) []string {
	var out []string
	for _, prefix := range []string{"option_", "choice", "option"} {
		for name := range inputs {
			if label, ok := strings.CutPrefix(strings.ToLower(name), prefix); ok && utf8.RuneCountInString(label) == 1 {
				out = append(out, strings.ToUpper(label))
			}
		}
		if len(out) > 1 {
			slices.Sort(out)
			return out
		}
		out = nil
	}
	return nil
}

// outputs are the accepted answers: a text, a number, or a list of them or of
// objects with a segment.
func outputs(v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			if segment, ok := one.(map[string]any); ok {
				one = segment["segment"]
			}
			out = append(out, outputs(one)...)
		}
	case nil:
	default:
		if s := strings.TrimSpace(jinja.Written(v)); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// fewOutputs are the different outputs of a file where they are few and short,
// each used twice on average: the choices of all its questions.
func fewOutputs(rows []mera) []string {
	const most, short = 10, 20
	seen := map[string]bool{}
	for _, r := range rows {
		if len(r.accepted) != 1 || utf8.RuneCountInString(r.accepted[0]) > short {
			return nil
		}
		seen[r.accepted[0]] = true
	}
	if len(seen) < 2 || len(seen) > most || 2*len(seen) > len(rows) {
		return nil
	}
	return slices.SortedFunc(maps.Keys(seen), cmp.Compare)
}

func (m *mera) question(d *doc, few []string) (question, spec.Problems) {
	q := question{id: m.id, text: m.text, between: " ", accepted: m.accepted, words: true}
	q.choices = m.labels
	if q.choices == nil {
		q.choices = few
	}
	if q.choices == nil {
		return q, nil
	}
	q.right = slices.IndexFunc(q.choices, func(c string) bool { return strings.EqualFold(c, m.accepted[0]) })
	if q.right < 0 || len(m.accepted) > 1 {
		return q, spec.Problems{d.problem(fmt.Sprintf("outputs %q is no choice", m.accepted), "the choices are "+strings.Join(q.choices, ", "), "")}
	}
	return q, nil
}
