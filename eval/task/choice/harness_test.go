package choice_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items/tasktest"
)

const arc = `tag:
  - ai2_arc
task: arc_ru
dataset_path: json
dataset_kwargs:
  data_files:
    test: data.jsonl
    train: train.jsonl
output_type: multiple_choice
training_split: train
test_split: test
description: "Ответьте на вопросы.\n\n"
doc_to_text: "Вопрос: {{question | trim}}\nОтвет:"
doc_to_target: "{{choices.label.index(answerKey)}}"
doc_to_choice: "{{choices.text}}"
should_decontaminate: true
doc_to_decontamination_query: "Вопрос: {{question}}\nОтвет:"
num_fewshot: 1
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
  - metric: acc_norm
    aggregation: mean
    higher_is_better: true
metadata:
  version: 1.0
`

const arcData = `{"id":"x","question":" Кто мяукает? ","choices":{"text":["кот","пёс"],"label":["A","B"]},"answerKey":"A"}
{"id":"y","question":"Кто лает?","choices":{"text":["кот","пёс"],"label":["1","2"]},"answerKey":"2"}
`

const arcTrain = `{"id":"x","question":"Кто летает?","choices":{"text":["стриж","ёж"],"label":["A","B"]},"answerKey":"A"}
`

func harness(t *testing.T, yaml string, more ...string) task.Task {
	t.Helper()
	return loaded(t, suite.Choice{Items: folder(t, append([]string{"task.yaml", yaml}, more...)...)})
}

func TestAHarnessTaskOfMultipleChoiceIsAskedAsTheHarnessDoes(t *testing.T) {
	t.Parallel()
	of := harness(t, arc, "data.jsonl", arcData, "train.jsonl", arcTrain)
	var asked []string
	r := ask(t, of, &tasktest.Subject{Score: func(p task.Prompt) string {
		asked = append(asked, p.Messages[0].Content+"|"+p.Scored)
		if p.Scored == " "+p.Reference {
			return "-0.5"
		}
		return "-2"
	}})
	want(t, r, 2, map[string]float64{"accuracy": 1, "accuracy_norm": 1, "by_likelihood": 1})
	const first = "Ответьте на вопросы.\n\nВопрос: Кто летает?\nОтвет: стриж\n\nВопрос: Кто мяукает?\nОтвет:| кот"
	if len(asked) != 4 || asked[0] != first {
		t.Errorf("%q", asked)
	}
	if items := of.Items(); items[0].ID != "x" || items[1].ID != "y" {
		t.Errorf("%v", items)
	}
	want(t, ask(t, of, &tasktest.Subject{Answer: right}), 2, map[string]float64{"accuracy": 1, "by_likelihood": 0})
}

const gsm = `task: gsm_ru
dataset_path: json
dataset_kwargs: {data_files: {test: data.jsonl}}
output_type: generate_until
test_split: test
doc_to_text: "Вопрос: {{question}}\nОтвет:"
doc_to_target: "{{answer.split('### ')[-1].rstrip()}}"
generation_kwargs:
  until: ["Вопрос:", "</s>"]
  do_sample: false
  temperature: 0.7
  max_gen_toks: 77
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
    ignore_case: true
    ignore_punctuation: false
    regexes_to_ignore: [",", "\\.$"]
filter_list:
  - name: strict-match
    filter:
      - function: regex
        regex_pattern: "#### (\\-?[0-9\\.\\,]+)"
      - function: take_first
  - name: flexible-extract
    filter:
      - function: regex
        group_select: -1
        regex_pattern: "(-?[$0-9.,]{2,})|(-?[0-9]+)"
      - function: take_first
`

func TestWrittenAnswersAreFilteredAndMatched(t *testing.T) {
	t.Parallel()
	of := harness(t, gsm, "data.jsonl", `{"question":"Сколько будет 600 + 634?","answer":"Сложим. #### 1234"}`)
	for reply, match := range map[string][2]float64{
		"Сложим. #### 1,234":             {1, 1},
		"Получится 1234.":                {0, 1},
		"#### 1234\nВопрос: а 7? #### 7": {1, 1},
		"600 + 634 = 1234, верно":        {0, 1},
		"#### 12":                        {0, 0},
		"не знаю":                        {0, 0},
	} {
		r := ask(t, of, &tasktest.Subject{Answer: func(p task.Prompt) string {
			if p.MaxTokens != 77 || *p.Temperature != 0 || p.Reference != "1234" {
				t.Errorf("%+v", p)
			}
			return reply
		}})
		want(t, r, 1, map[string]float64{"exact_match": match[0], "exact_match_last": match[1], "answered": 1})
	}
}

func TestHarnessTasksMayIncludeOthersNameFieldsAndReadParquetJSONAndCSV(t *testing.T) {
	t.Parallel()
	const base = `dataset_path: csv
output_type: multiple_choice
doc_to_text: question
doc_to_target: label
doc_to_choice: ["нет", "да"]
dataset_kwargs: {data_files: data.csv}
`
	data := []string{"base.yaml", base, "data.csv", "question,label\nСнег белый?,да\nСнег тёплый?,0\n", "data.json", `{"data": {"test": [
  {"question": "Снег белый?", "label": 1},
  {"question": "Снег тёплый?", "label": false}]}}`}
	for name, yaml := range map[string]string{
		"csv":  "include: base.yaml\ntask: x\n",
		"json": "include: base.yaml\ndataset_path: json\ndataset_kwargs: {data_files: [data.json]}\n",
	} {
		of := harness(t, yaml, data...)
		r := ask(t, of, &tasktest.Subject{Answer: right})
		if want(t, r, 2, map[string]float64{"accuracy": 1}); r.Samples[0].Reference != "да" || r.Samples[1].Reference != "нет" {
			t.Errorf("%s: %+v", name, r.Samples)
		}
		var read []string
		for _, path := range of.(task.Sourced).Sources() {
			read = append(read, filepath.Base(path))
		}
		if got := strings.Join(read, " "); got != "base.yaml data."+name {
			t.Errorf("%s: read %s", name, got)
		}
	}
}

func TestParquetIsReadByTheNamesOfItsColumns(t *testing.T) {
	t.Parallel()
	path := folder(t, "task.yaml", `dataset_path: parquet
dataset_kwargs: {data_files: {test: data.parquet}}
output_type: multiple_choice
doc_to_text: "{{messages[0].content}}"
doc_to_target: repeat
doc_to_choice: ["кот", "пёс"]
`)
	w, err := sample.Create[sample.Sample](filepath.Join(filepath.Dir(path), "data.parquet"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write([]sample.Sample{{ID: "x", Repeat: 1, Messages: []sample.Message{{Content: "Кто лает?"}}}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := ask(t, loaded(t, suite.Choice{Items: path}), &tasktest.Subject{Answer: right})
	if s := r.Samples[0]; s.Item != "x" || s.Reference != "пёс" || !strings.HasPrefix(s.Messages[0].Content, "Кто лает?") {
		t.Errorf("%+v", s)
	}
}

func TestExamplesMayStandInTheTaskItself(t *testing.T) {
	t.Parallel()
	yaml := strings.Replace(arc, "metadata:", "fewshot_config:\n  sampler: first_n\n  samples:\n    - {question: \"Кто плавает?\", choices: {text: [карп, лось], label: [A, B]}, answerKey: A}\nmetadata:", 1)
	of := harness(t, yaml, "data.jsonl", arcData, "train.jsonl", arcTrain)
	r := ask(t, of, &tasktest.Subject{Score: func(task.Prompt) string { return "-1" }})
	if asked := r.Samples[0].Messages[0].Content; !strings.HasPrefix(asked, "Ответьте на вопросы.\n\nВопрос: Кто плавает?\nОтвет: карп\n\nВопрос: Кто мяукает?") {
		t.Error(asked)
	}
}

func TestWhatAHarnessTaskAsksOfPythonIsRefusedByNameAndPlace(t *testing.T) {
	t.Parallel()
	change := func(old, with string) string { return strings.Replace(arc, old, with, 1) }
	for _, tt := range []struct{ yaml, want string }{
		{change("num_fewshot: 1", "process_docs: !function utils.process_docs"), "task.yaml:18:15: !function utils.process_docs is not supported"},
		{change("num_fewshot: 1", "process_results: x"), "task.yaml:18:18: process_results is not supported"},
		{change("num_fewshot: 1", "num_fewshots: 1"), `task.yaml:18:15: unknown key "num_fewshots"`},
		{change("output_type: multiple_choice", "output_type: loglikelihood_rolling"), `task.yaml:9:14: output_type "loglikelihood_rolling" is not supported`},
		{change("dataset_path: json", "dataset_path: allenai/ai2_arc"), `task.yaml:4:15: dataset_path "allenai/ai2_arc" is not supported: only local files are read`},
		{change("metric: acc_norm", "metric: brier_score"), `metric "brier_score" is not supported`},
		{change("{{question | trim}}", "{% for a in b %}c{% endfor %}"), "task.yaml:13:14: doc_to_text: {% for %} is not supported, at character 9 of the template"},
		{change("doc_to_target: \"{{choices.label.index(answerKey)}}\"\n", ""), "doc_to_target is missing"},
		{change("test: data.jsonl", "dev: data.jsonl"), `data_files has no split "test"`},
		{change("{{choices.text}}", "{{choices.absent}}"), `data.jsonl:1:1: unusable row: doc_to_choice: there is no field "absent"`},
		{change("index(answerKey)", "index('Z')"), `data.jsonl:1:1: unusable row: doc_to_target: Z is not in ['A', 'B']`},
		{change("data.jsonl", "absent.jsonl"), "cannot be read"},
		{change("num_fewshot: 1", "fewshot_config: {sampler: balanced}"), "sampler in fewshot_config is not supported"},
		{strings.Replace(gsm, "[$0-9.,]{2,})|(-?[0-9]+)", "(?=x)", 1), "regular expression"},
		{strings.Replace(gsm, "function: take_first", "function: majority_vote", 1), `filter function "majority_vote" is not supported`},
		{"task: [", "malformed YAML"},
		{change("num_fewshot: 1", "include: absent.yaml"), "task.yaml:18:10: include: open"},
	} {
		_, err := load(t, suite.Choice{Items: folder(t, "task.yaml", tt.yaml, "data.jsonl", arcData, "train.jsonl", arcTrain)})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
}

const meraItem = `{"instruction": "Задание: {question}\nA {option_a}\nB {option_b}\nОтвет:", "inputs": {"question": "Кто мяукает?", "option_a": "пёс", "option_b": "кот"}, "outputs": "B", "meta": {"id": 7}}`

func TestMERAIsReadByItsOptionsItsFewOutputsAndItsWrittenAnswers(t *testing.T) {
	t.Parallel()
	of := loaded(t, suite.Choice{Items: folder(t, "m.jsonl", meraItem)})
	var asked sample.Message
	r := ask(t, of, &tasktest.Subject{Answer: func(p task.Prompt) string {
		asked = p.Messages[0]
		return p.Reference
	}})
	want(t, r, 1, map[string]float64{"accuracy": 1})
	if !strings.HasPrefix(asked.Content, "Задание: Кто мяукает?\nA пёс\nB кот\nОтвет:") || strings.Contains(asked.Content, "A) A") || of.Items()[0].ID != "7" {
		t.Errorf("%v %v", asked, of.Items())
	}
	few := `[{"instruction":"{premise} Верно?","inputs":{"premise":"а"},"outputs":"Да","meta":{"id":1}},{"instruction":"{premise} Верно?","inputs":{"premise":"б"},"outputs":"Нет","meta":{"id":2}},
	{"instruction":"{premise} Верно?","inputs":{"premise":"в"},"outputs":"Да","meta":{"id":3}},{"instruction":"{premise} Верно?","inputs":{"premise":"г"},"outputs":"Нет","meta":{"id":4}}]`
	r = ask(t, loaded(t, suite.Choice{Items: folder(t, "m.json", `{"data":{"test":`+few+`}}`)}), &tasktest.Subject{Answer: func(task.Prompt) string { return "да" }})
	want(t, r, 4, map[string]float64{"accuracy": 0.5})
	if asked := r.Samples[0].Messages[0].Content; strings.Contains(asked, "A)") || !strings.HasPrefix(asked, "а Верно?") {
		t.Error(asked)
	}
	written := strings.NewReplacer(`"B"`, `"Кот Матроскин"`, "option_", "hint_").Replace(meraItem)
	r = ask(t, loaded(t, suite.Choice{Items: folder(t, "m.jsonl", written)}), &tasktest.Subject{Answer: func(task.Prompt) string { return "«кот матроскин»." }})
	want(t, r, 1, map[string]float64{"exact_match": 1})
}

func TestANumbersMinusIsNoMarkAroundIt(t *testing.T) {
	t.Parallel()
	item := `{"instruction":"Вычисли.\n{inputs}","inputs":"3 - 5 ->","outputs":"-2","meta":{"id":1}}`
	of := loaded(t, suite.Choice{Items: folder(t, "m.jsonl", item)})
	for reply, match := range map[string]float64{"-2": 1, " −2.": 1, "2": 0, "-2,5": 0, "«-2»": 1, "-": 0} {
		want(t, ask(t, of, &tasktest.Subject{Answer: func(task.Prompt) string { return reply }}), 1, map[string]float64{"exact_match": match})
	}
}

func TestMERAWithoutAnswersOrFieldsIsRefusedWithFileAndLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		meraItem + "\n" + strings.Replace(meraItem, `"B"`, `""`, 1):             "m.jsonl:2:1: field outputs is empty",
		strings.Replace(meraItem, "{question}", "{quest}", 1):                   "m.jsonl:1:1: the instruction has {quest}",
		strings.Replace(meraItem, `"B"`, `"C"`, 1):                              `m.jsonl:1:1: outputs ["C"] is no choice`,
		meraItem + "\n" + strings.Replace(meraItem, `"outputs"`, `"output"`, 1): "m.jsonl:2:1: field outputs is missing",
		strings.Replace(meraItem, `"B"`, `{"virtue":"1"}`, 1):                   "m.jsonl:1:1: outputs is an object",
		meraItem + "\n" + meraItem:                                              "m.jsonl: item 7 twice",
	} {
		if _, err := load(t, suite.Choice{Items: folder(t, "m.jsonl", text)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := load(t, suite.Choice{Items: folder(t, "m.json", `{"items":{}}`), Format: "mera"}); err == nil || !strings.Contains(err.Error(), "m.json") {
		t.Errorf("%v", err)
	}
}
