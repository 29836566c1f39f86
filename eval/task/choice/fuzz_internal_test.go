package choice

import (
	"testing"

	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

// sound fails where what was read cannot be asked.
func sound(t *testing.T, q *questions, err error) {
	t.Helper()
	if err != nil {
		return
	}
	if len(q.all) == 0 {
		t.Error("no questions and no error")
	}
	for _, one := range q.all {
		if one.choices == nil && len(one.accepted) == 0 || one.choices != nil && (one.right < 0 || one.right >= len(one.choices)) {
			t.Errorf("%+v", one)
		}
	}
}

func FuzzMERA(f *testing.F) {
	f.Add("m.jsonl", `{"instruction":"{question} {}","inputs":{"question":"?","option_a":"x","option_b":"y"},"outputs":"B","meta":{"id":7}}`)
	f.Add("m.json", `{"data":{"test":[{"instruction":"","inputs":"a","outputs":[{"segment":"b"}]}]}}`)
	f.Add("m.csv", "instruction,inputs,outputs\na,b,c\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		q, err := readMERA(items.Text{Name: name, Bytes: []byte(text)})
		sound(t, q, err)
	})
}

func FuzzHarness(f *testing.F) {
	f.Add("output_type: multiple_choice\ndoc_to_text: \"{{q}}\"\ndoc_to_target: a\ndoc_to_choice: [x, y]\ndataset_path: json\n")
	f.Add("output_type: generate_until\nfilter_list: [{filter: [{function: regex}]}]\nfewshot_config: {samples: [{a: 1}]}\ngeneration_kwargs: {until: 3}\n")
	f.Fuzz(func(t *testing.T, yaml string) {
		s := task.Setup{Suite: &suite.Suite{}, Task: &suite.Task{Choice: &suite.Choice{}}, Path: "tasks[0]"}
		q, err := readHarness(s, items.Text{Name: t.TempDir() + "/t.yaml", Bytes: []byte(yaml)})
		sound(t, q, err)
	})
}
