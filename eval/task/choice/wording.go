package choice

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/eval/task/choice/internal/jinja"
	"github.com/llm-city/gorod/eval/task/items"
)

// wording makes questions of rows, as the templates of a harness task say.
type wording struct {
	text, target *template
	choices      []*template // one that gives a list, or one for each choice
	listed       bool        // of the second kind
	between      string
	written      bool // answers are written, not chosen
}

// template is one of a key: a template, or the name of a field.
type template struct {
	key   string
	word  string // as it is written: the field, where rows have one of that name
	tree  *jinja.Template
	fixed any // a number, or a list
}

func (h *harness) wording() *wording {
	w := &wording{
		text: h.template("doc_to_text", h.values["doc_to_text"]), target: h.template("doc_to_target", h.values["doc_to_target"]),
		between: h.text("target_delimiter", " "), written: h.text(outputType, "") == generateUntil,
	}
	switch choices := h.values["doc_to_choice"].(type) {
	case nil:
	case []any:
		w.listed = true
		for _, c := range choices {
			w.choices = append(w.choices, h.template("doc_to_choice", written(c)))
		}
	case string:
		w.choices = []*template{h.template("doc_to_choice", choices)}
	default:
		h.say("doc_to_choice", "doc_to_choice of this form is not supported", "", "write a template, a field or a list")
	}
	return w
}

// written makes a text of a choice that is a number or a truth value.
func written(v any) any {
	if _, ok := v.(string); ok || v == nil {
		return v
	}
	return jinja.Written(v)
}

func (h *harness) template(key string, v any) *template {
	t := &template{key: key}
	switch v := v.(type) {
	case string:
		tree, err := jinja.Parse(v)
		if refused, ok := errors.AsType[*jinja.Refused](err); ok {
			h.say(key, key+": "+refused.Error(), "", "write the text into the data file and name its field")
		}
		t.word, t.tree = v, tree
	case nil:
	default:
		if _, ok := natural(v); !ok || key == "doc_to_text" {
			h.say(key, key+" of this form is not supported", "", "write a template or the name of a field")
		}
		t.fixed = v
	}
	return t
}

// value is what a template says of a row.
func (t *template) value(d *doc) (any, error) {
	if t.tree == nil {
		return t.fixed, nil
	}
	if v, ok := d.fields[t.word]; ok {
		return v, nil
	}
	v, err := t.tree.Value(d.fields)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.key, err)
	}
	return v, nil
}

// all are the rows as questions. Their ids are the rows' own where each has one,
// and numbers otherwise.
func (w *wording) all(h *harness, rows []doc) []question {
	own := identified(rows)
	out := make([]question, 0, len(rows))
	for i := range rows {
		q, err := w.question(&rows[i])
		if err != nil && len(h.problems) < maxProblems {
			h.problems = append(h.problems, rows[i].problem("unusable row", err.Error(), "mend the row or the template"))
		}
		q.id = fmt.Sprintf("row-%d", i+1)
		if own {
			q.id = jinja.Written(rows[i].fields["id"])
		}
		out = append(out, q)
	}
	return out
}

// maxProblems of rows are told.
const maxProblems = 20

// identified reports whether each row has an id of its own.
func identified(rows []doc) bool {
	seen := map[string]bool{}
	for _, d := range rows {
		switch id := d.fields["id"].(type) {
		case nil, map[string]any, []any:
			return false
		default:
			seen[jinja.Written(id)] = true
		}
	}
	return len(seen) == len(rows)
}

func (w *wording) question(d *doc) (question, error) {
	q := question{between: w.between}
	text, err := w.text.value(d)
	if err != nil {
		return q, err
	}
	if q.text = jinja.Written(text); strings.TrimSpace(q.text) == "" {
		return q, errors.New("doc_to_text: the question is empty")
	}
	target, err := w.target.value(d)
	if err != nil {
		return q, err
	}
	if w.written {
		if q.accepted = accepted(target); len(q.accepted) == 0 {
			err = errors.New("doc_to_target: there is no answer")
		}
		return q, err
	}
	if q.choices, err = w.options(d); err != nil {
		return q, err
	}
	q.right, err = right(q.choices, target)
	return q, err
}

// options are the choices of a row.
func (w *wording) options(d *doc) (items.Options, error) {
	var list []any
	for _, t := range w.choices {
		v, err := t.value(d)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if !w.listed {
		v := list[0]
		if text, ok := v.(string); ok { // a template that writes a list
			v, _ = jinja.List(text)
		}
		inner, ok := v.([]any)
		if !ok {
			return nil, errors.New("doc_to_choice: it gives no list")
		}
		list = inner
	}
	var out items.Options
	for _, v := range list {
		out = append(out, jinja.Written(v))
	}
	if len(out) < 2 || len(out) > items.MaxOptions {
		return nil, fmt.Errorf("doc_to_choice: %d choices, a question has 2 to %d", len(out), items.MaxOptions)
	}
	return out, nil
}

// right is the index of the choice that a target names: by its number from 0, or
// its words.
func right(choices items.Options, target any) (int, error) {
	if yes, ok := target.(bool); ok { // Python counts with them
		target = int64(items.Binary(yes))
	}
	if text, ok := target.(string); ok {
		if i := slices.IndexFunc(choices, func(c string) bool { return strings.TrimSpace(c) == strings.TrimSpace(text) }); i >= 0 {
			return i, nil
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32); err == nil {
			target = n
		}
	}
	if n, ok := natural(widened(target)); ok && n < len(choices) {
		return n, nil
	}
	return 0, fmt.Errorf("doc_to_target: %.40s is none of the choices %.200q", jinja.Written(target), []string(choices))
}

// widened is a number of Parquet as JSON has it.
func widened(v any) any {
	if n, ok := v.(int32); ok {
		return int64(n)
	}
	return v
}

// accepted are the answers that a target names: one, or a list of them, also
// where the list is written as a text.
func accepted(target any) []string {
	if text, ok := target.(string); ok && strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		if list, err := jinja.List(text); err == nil {
			target = list
		}
	}
	list, ok := target.([]any)
	if !ok && target != nil {
		list = []any{target}
	}
	var out []string
	for _, one := range list {
		out = append(out, jinja.Written(one))
	}
	return out
}
