package choice

import (
	"cmp"
	"fmt"
	"path/filepath"

	"github.com/llm-city/gorod/core/spec"
)

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
