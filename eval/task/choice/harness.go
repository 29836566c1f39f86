package choice

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

// harness is a task of lm-evaluation-harness: the values of its YAML by key, and
// of the files that it includes.
type harness struct {
	setup    task.Setup
	file     string // the task's own
	values   map[string]any
	sources  map[string]*spec.Source // of each key
	files    map[string]string       // of each key: relative paths are relative to it
	read     []string                // files of data and those included
	problems spec.Problems
}

// Keys of a task in YAML (TaskConfig of lm-evaluation-harness).
const (
	outputType     = "output_type"
	multipleChoice = "multiple_choice"
	generateUntil  = "generate_until"
)

// used are the keys that are understood.
func used() []string {
	return []string{
		"dataset_path", "dataset_kwargs", "training_split", "validation_split", "test_split", "fewshot_split", "doc_to_text", "doc_to_target", "doc_to_choice",
		"description", "target_delimiter", "fewshot_delimiter", "fewshot_config", "num_fewshot", "metric_list", outputType, "generation_kwargs", "filter_list", "include",
	}
}

// passed are the keys that change nothing here.
func passed() []string {
	return []string{
		"task", "task_alias", "tag", "group", "group_alias", "dataset_name", "metadata", "repeats", "should_decontaminate", "doc_to_decontamination_query", "unsafe_code",
	}
}

// refused are the keys that would change what is asked or scored, in ways that
// only Python code tells.
func refused() []string {
	return []string{
		"process_docs", "process_results", "custom_dataset", "use_prompt", "doc_to_image", "doc_to_audio", "doc_to_video", "gen_prefix", "class",
	}
}

// readHarness reads a task of lm-evaluation-harness of the kinds
// multiple_choice and generate_until, with data in local files. What is not
// supported is refused, all of it at once, with its place.
func readHarness(s task.Setup, text items.Text) (*questions, error) {
	h := &harness{setup: s, file: text.Name, values: map[string]any{}, sources: map[string]*spec.Source{}, files: map[string]string{}}
	if h.take(text, 0); len(h.problems) == 0 {
		h.keys()
	}
	if len(h.problems) > 0 {
		return nil, h.problems.Sorted()
	}
	q := h.questions()
	if len(h.problems) > 0 {
		return nil, h.problems.Sorted()
	}
	slices.Sort(h.read)
	q.files = slices.Compact(h.read)
	return q, nil
}

// take takes in a file, and before it those that it includes. !function is
// refused: it names Python code.
func (h *harness) take(text items.Text, depth int) {
	for _, tag := range spec.Tags(text.Bytes) {
		h.problems = append(h.problems, spec.Problem{
			File: text.Name, Line: tag.Line, Column: tag.Column, What: strings.TrimSpace(tag.Name+" "+tag.Value) + " is not supported",
			Why: "it is Python code", Do: "write what it does to the data into the data file",
		})
	}
	values := map[string]any{}
	source, problems := spec.Decode(text.Name, text.Bytes, &values)
	if h.problems = append(h.problems, problems...); len(problems) > 0 {
		return
	}
	if base, ok := values["include"].(string); ok && base != "" {
		h.include(filepath.Join(filepath.Dir(text.Name), base), source, depth)
	}
	for key, value := range values {
		h.values[key], h.sources[key], h.files[key] = value, source, text.Name
	}
}

func (h *harness) include(path string, source *spec.Source, depth int) {
	const most = 8
	content, err := os.ReadFile(path)
	switch {
	case depth >= most:
		h.problems = append(h.problems, source.Problem("include", "include", "files include each other", ""))
	case err != nil:
		h.problems = append(h.problems, source.Problem("include", "include", err.Error(), "put the file there"))
	default:
		h.read = append(h.read, path)
		h.take(items.Text{Name: path, Bytes: content}, depth+1)
	}
}

// say adds a problem of a key.
func (h *harness) say(key, what, why, do string) {
	if source := h.sources[key]; source != nil {
		h.problems = append(h.problems, source.Problem(key, what, why, do))
		return
	}
	h.problems = append(h.problems, spec.Problem{File: h.file, Line: 1, Column: 1, What: what, Why: why, Do: do})
}

func (h *harness) keys() {
	for key, value := range h.values {
		switch {
		case value == nil || slices.Contains(used(), key) || slices.Contains(passed(), key):
		case slices.Contains(refused(), key):
			h.say(key, key+" is not supported", "it needs code or data that this file does not hold", "write what it does to the data into the data file")
		default:
			h.say(key, fmt.Sprintf("unknown key %q", key), "tasks of lm-evaluation-harness do not have it", "check its spelling")
		}
	}
	if kind := h.text(outputType, ""); kind != multipleChoice && kind != generateUntil {
		h.say(outputType, fmt.Sprintf("%s %q is not supported", outputType, kind), "", "supported: "+multipleChoice+", "+generateUntil)
	}
	for _, key := range []string{"doc_to_text", "doc_to_target", "dataset_path"} {
		if h.values[key] == nil {
			h.say(key, key+" is missing", "", "add it")
		}
	}
	if h.text(outputType, "") == multipleChoice && h.values["doc_to_choice"] == nil {
		h.say("doc_to_choice", "doc_to_choice is missing", "a task of the kind multiple_choice has choices", "add it")
	}
}

// text is a value that is a text.
func (h *harness) text(key, otherwise string) string {
	switch v := h.values[key].(type) {
	case nil:
		return otherwise
	case string:
		return v
	}
	h.say(key, fmt.Sprintf("%s is no text", key), "", "")
	return otherwise
}

// number is a value that is a whole number from 0.
func (h *harness) number(key string) int {
	v := h.values[key]
	if v == nil {
		return 0
	}
	n, ok := natural(v)
	if !ok {
		h.say(key, fmt.Sprintf("%s is no number of examples", key), "", "")
	}
	return n
}

func natural(v any) (int, bool) {
	switch n := v.(type) {
	case int64:
		return int(n), n >= 0 && n <= 1<<30
	case uint64:
		return int(min(n, 1<<30)), n <= 1<<30
	case int:
		return n, n >= 0
	}
	return 0, false
}

// questions are the rows of the test split as questions, and of the split that
// examples are taken from.
func (h *harness) questions() *questions {
	q := &questions{about: h.text("description", ""), apart: h.text("fewshot_delimiter", "\n\n"), shots: h.number("num_fewshot"), rule: h.rule()}
	w := h.wording()
	asked, examples := h.splits()
	if own := h.solved(); len(own) > 0 {
		examples = own
	}
	if len(h.problems) > 0 {
		return q
	}
	q.all = w.all(h, asked)
	for i, e := range w.all(h, examples) {
		e.id = fmt.Sprintf("example-%d", i) // no question's
		q.examples = append(q.examples, e)
	}
	return q
}
