package choice

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// rule reads how written answers are asked for and compared: generation_kwargs,
// filter_list and metric_list.
func (h *harness) rule() rule {
	var r rule
	h.generation(&r)
	h.filters(&r)
	h.metrics(&r)
	return r
}

func (h *harness) generation(r *rule) {
	config, _ := h.values["generation_kwargs"].(map[string]any)
	r.until = []string{"\n\n"} // lm-evaluation-harness stops at its fewshot_delimiter
	sample := true
	for key, value := range config {
		switch key {
		case "until":
			if r.until = texts(value); r.until == nil {
				h.say("generation_kwargs", "until is no list of texts", "", "")
			}
		case "num_beams":
			if n, _ := natural(value); n != 1 {
				h.say("generation_kwargs", "num_beams in generation_kwargs is not supported", "replies are drawn, not searched for", "remove it")
			}
		case "do_sample":
			sample, _ = value.(bool)
		case "temperature":
			r.temperature, _ = number(value)
		case "max_gen_toks", "max_new_tokens", "max_tokens":
			n, ok := natural(value)
			if r.maxTokens = n; !ok {
				h.say("generation_kwargs", key+" is no number of tokens", "", "")
			}
		default:
			h.say("generation_kwargs", key+" in generation_kwargs is not supported", "", "supported: until, do_sample, temperature, max_gen_toks")
		}
	}
	if !sample {
		r.temperature = 0
	}
}

func number(v any) (float64, bool) {
	if n, ok := natural(v); ok {
		return float64(n), true
	}
	x, ok := v.(float64)
	return x, ok
}

// metrics reads how answers are compared, and refuses metrics that are not
// computed.
func (h *harness) metrics(r *rule) {
	list, ok := h.values["metric_list"].([]any)
	if !ok && h.values["metric_list"] != nil {
		h.say("metric_list", "metric_list is no list", "", "")
	}
	known := []string{"acc", "acc_norm"}
	if h.text(outputType, "") == generateUntil {
		known = []string{"exact_match"}
	}
	for _, one := range list {
		config, _ := one.(map[string]any)
		name, _ := config["metric"].(string)
		if !slices.Contains(known, name) {
			h.say("metric_list", fmt.Sprintf("metric %q is not supported", name), "", "supported here: "+strings.Join(known, ", "))
			continue
		}
		h.options(r, config)
	}
}

// options are those of exact_match.
func (h *harness) options(r *rule, config map[string]any) {
	for key, value := range config {
		yes, _ := value.(bool)
		switch key {
		case "metric", "aggregation", "higher_is_better", "weight_by_size": // of groups
		case "ignore_case":
			r.ignoreCase = yes
		case "ignore_punctuation":
			r.ignoreMarks = yes
		case "regexes_to_ignore":
			for _, text := range texts(value) {
				r.ignore = append(r.ignore, h.pattern("metric_list", text))
			}
		default:
			h.say("metric_list", key+" in metric_list is not supported", "", "supported: ignore_case, ignore_punctuation, regexes_to_ignore")
		}
	}
}

// pattern compiles a regular expression of Python. Go's have no look-around and
// no references back.
func (h *harness) pattern(key, text string) *regexp.Regexp {
	re, err := regexp.Compile(text)
	if err != nil {
		h.say(key, fmt.Sprintf("regular expression %q is not supported", text), err.Error(), "write it without look-around and references back")
		return regexp.MustCompile("")
	}
	return re
}

// filters reads filter_list; without one answers are compared as they are, but
// for space around them.
func (h *harness) filters(r *rule) {
	list, ok := h.values["filter_list"].([]any)
	if !ok && h.values["filter_list"] != nil {
		h.say("filter_list", "filter_list is no list", "", "")
	}
	for _, one := range list {
		config, _ := one.(map[string]any)
		name, _ := config["name"].(string)
		f := filter{name: name}
		steps, _ := config["filter"].([]any)
		for _, step := range steps {
			args, _ := step.(map[string]any)
			if do := h.step(args); do != nil {
				f.steps = append(f.steps, do)
			}
		}
		r.filters = append(r.filters, f)
	}
	if len(r.filters) == 0 {
		r.filters = []filter{{name: "none", steps: []func(string) string{strings.TrimSpace}}}
	}
}

// step is one of a filter; nil where it changes nothing or is refused.
func (h *harness) step(args map[string]any) func(string) string {
	function, _ := args["function"].(string)
	switch function {
	case "take_first": // there is one reply
		return nil
	case "lowercase":
		return strings.ToLower
	case "uppercase":
		return strings.ToUpper
	case "remove_whitespace":
		return strings.TrimSpace
	case "regex":
		text, ok := args["regex_pattern"].(string)
		if !ok {
			text = `#### (\-?[0-9\.\,]+)` // lm-evaluation-harness's own
		}
		fallback, ok := args["fallback"].(string)
		if !ok {
			fallback = invalid
		}
		return pattern(h.pattern("filter_list", text), index(args["group_select"]), fallback)
	}
	h.say("filter_list", fmt.Sprintf("filter function %q is not supported", function), "", "supported: regex, take_first, lowercase, uppercase, remove_whitespace")
	return nil
}

// index is a whole number, which may be negative; 0 where it is none.
func index(v any) int {
	switch n := v.(type) {
	case int64:
		return int(n)
	case uint64:
		return int(min(n, 1<<30))
	}
	return 0
}
