package choice

import (
	"cmp"
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

// solved are the examples that fewshot_config itself holds, and refuses what else
// cannot be done about examples.
func (h *harness) solved() []doc {
	config, ok := h.values["fewshot_config"].(map[string]any)
	if h.values["fewshot_config"] != nil && !ok {
		h.say("fewshot_config", "fewshot_config is no mapping", "", "")
	}
	var out []doc
	for key, value := range config {
		rows, isList := value.([]any)
		if sampler, _ := value.(string); key == "sampler" && (sampler == "first_n" || sampler == "default") {
			continue
		}
		if key != "samples" || !isList {
			h.say("fewshot_config", fmt.Sprintf("%s in fewshot_config is not supported", key), "examples are the first of their split", "supported: samples, sampler: first_n")
			continue
		}
		for _, row := range rows {
			fields, _ := row.(map[string]any)
			out = append(out, doc{h.files["fewshot_config"], 1, fields})
		}
	}
	return out
}

// splits reads the data: the rows that are asked, and those that examples are
// taken from, none where these are the same.
func (h *harness) splits() (asked, examples []doc) {
	files := h.dataFiles()
	if len(files) == 0 {
		return nil, nil
	}
	name := cmp.Or(h.text("test_split", ""), h.text("validation_split", ""), h.text("training_split", ""), "test")
	if len(files) == 1 && len(files[name]) == 0 {
		for only := range files {
			name = only
		}
	}
	if len(files[name]) == 0 {
		h.say("dataset_kwargs", fmt.Sprintf("data_files has no split %q", name), "it is the one that is asked", "add it to data_files")
		return nil, nil
	}
	from := cmp.Or(h.text("fewshot_split", ""), h.text("training_split", ""), h.text("validation_split", ""))
	if from != name && len(files[from]) > 0 {
		examples = h.rows(files[from])
	}
	return h.rows(files[name]), examples
}

func (h *harness) rows(files []string) []doc {
	var out []doc
	for _, file := range files {
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(h.files["dataset_kwargs"]), file)
		}
		h.read = append(h.read, file)
		read, err := docs(h.setup, "choice.items", file)
		if problems, ok := err.(spec.Problems); ok { //nolint:errorlint // docs gives these alone
			h.problems = append(h.problems, problems...)
		}
		out = append(out, read...)
	}
	return out
}

// dataFiles are the local files of each split.
func (h *harness) dataFiles() map[string][]string {
	switch path := h.text("dataset_path", ""); path {
	case "json", "parquet", "csv":
	default:
		h.say("dataset_path", fmt.Sprintf("dataset_path %q is not supported", path), "only local files are read", "save the data, write json, parquet or csv here, and its path in dataset_kwargs.data_files")
		return nil
	}
	config, _ := h.values["dataset_kwargs"].(map[string]any)
	for key := range config {
		if key != "data_files" {
			h.say("dataset_kwargs", fmt.Sprintf("%s in dataset_kwargs is not supported", key), "", "supported: data_files")
		}
	}
	out := map[string][]string{}
	switch files := config["data_files"].(type) {
	case map[string]any:
		for split, one := range files {
			out[split] = texts(one)
		}
	default:
		if list := texts(files); len(list) > 0 {
			out["train"] = list
		}
	}
	for split, list := range out {
		if len(list) == 0 {
			h.say("dataset_kwargs", fmt.Sprintf("data_files of %s are no paths", split), "", "write a path or a list of paths")
		}
	}
	if len(out) == 0 {
		h.say("dataset_kwargs", "dataset_kwargs.data_files is missing", "only local files are read", "add the path of the data")
	}
	return out
}

// texts are a text, or a list of texts; nil where it is neither.
func texts(v any) []string {
	if one, ok := v.(string); ok {
		return []string{one}
	}
	list, _ := v.([]any)
	var out []string
	for _, one := range list {
		text, ok := one.(string)
		if !ok {
			return nil
		}
		out = append(out, text)
	}
	return out
}
