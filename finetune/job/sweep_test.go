package job_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/llm-city/gorod/finetune/job"
)

func TestASweepMakesATaskOfEachCombination(t *testing.T) {
	t.Parallel()
	yaml := head + "export: {ollama: \"me:v1\"}\nsweep:\n  training.lr: [1e-4, 2e-4]\n  method.rank: [8, 16, 32]\n"
	tasks := loaded(t, yaml, "training.lr=0.5").Tasks()
	var labels []string
	for i, task := range tasks {
		labels = append(labels, task.Label)
		if task.Index != i || task.Job.Sweep != nil || float64(task.Job.Method.Rank) != toFloat(task.Values["method.rank"]) {
			t.Errorf("task %d: %+v", i, task)
		}
	}
	want := []string{"rank=8,lr=0.0001", "rank=8,lr=0.0002", "rank=16,lr=0.0001", "rank=16,lr=0.0002", "rank=32,lr=0.0001", "rank=32,lr=0.0002"}
	if !reflect.DeepEqual(labels, want) {
		t.Errorf("%v", labels)
	}
	last := tasks[5]
	if last.Job.Training.LR != 2e-4 || last.Job.Name != "mine-005" || last.Job.Export.Ollama != "me-005:v1" || last.Folder() != "task-005" {
		t.Errorf("%+v", last)
	}
	if again := loaded(t, yaml, "training.lr=0.5").Tasks(); again[3].Label != tasks[3].Label {
		t.Error("the order changed")
	}
}

func toFloat(v any) float64 {
	text, _ := json.Marshal(v)
	var f float64
	_ = json.Unmarshal(text, &f)
	return f
}

func TestAJobWithoutASweepIsOneTask(t *testing.T) {
	t.Parallel()
	tasks := loaded(t, head).Tasks()
	if len(tasks) != 1 || tasks[0].Folder() != "" || tasks[0].Job.Name != "mine" {
		t.Errorf("%+v", tasks)
	}
}

func TestASweepIsBounded(t *testing.T) {
	t.Parallel()
	many := "[" + strings.Repeat("1, ", 39) + "1]"
	var values strings.Builder
	for i := range 40 {
		values.WriteString([]string{"", ", "}[min(i, 1)] + string(json.Number([]string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}[i%9])) + strings.Repeat("0", i/9))
	}
	_, err := load(t, head+"sweep: {method.rank: ["+values.String()+"], training.batch: ["+values.String()+"]}\n")
	if err == nil || !strings.Contains(err.Error(), "too many tasks") {
		t.Error(err)
	}
	if _, err = load(t, head+"sweep: {method.rank: "+many+"}\n"); err == nil || !strings.Contains(err.Error(), "1 twice") {
		t.Error(err)
	}
}

func TestTheDigestIsOfWhatIsAskedAndNotOfWhere(t *testing.T) {
	t.Parallel()
	digest := func(j *job.Job) string {
		text, err := j.Digest()
		if err != nil || len(text) != 64 {
			t.Fatal(text, err)
		}
		return text
	}
	one := digest(loaded(t, head))
	if two := digest(loaded(t, "# the same, elsewhere\n"+head+"cluster: {dir: /elsewhere, python: /usr/bin/python3}\n")); two != one {
		t.Error("the digest holds folders")
	}
	if two := digest(loaded(t, head, "training.lr=1e-3")); two == one {
		t.Error("the digest does not hold the learning rate")
	}
}

func FuzzAnyTextGivesAJobOrProblemsWithPlaces(f *testing.F) {
	f.Add(head + "sweep: {training.lr: [1e-4, 2e-4], method.rank: [8]}\n")
	f.Add(head + "export: {parameters: {stop: [a, null]}, logit_bias: {x: 1}}\n")
	f.Add("name: 1e400\nsweep: {a: [{}]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 || strings.Count(text, ",") > 50 {
			return
		}
		j, err := job.Parse("job.yaml", []byte(text))
		if err != nil && !strings.Contains(err.Error(), "job.yaml") {
			t.Errorf("no place: %v", err)
		}
		if err == nil {
			if _, err := j.Digest(); err != nil {
				t.Error(err)
			}
		}
	})
}
