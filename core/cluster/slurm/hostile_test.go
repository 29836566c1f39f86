package slurm

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAnAnswerThatStandsForTooManyTasksIsNotExpanded(t *testing.T) {
	t.Parallel()
	line := "12_[0-99999]|RUNNING|0|0|1|1|N/A|n1|cpu=1|None|\n"
	if n := len(parseQueue(strings.Repeat(line, 50))); n > 2*maxTasks {
		t.Errorf("%d records of squeue's answer", n)
	}
	line = "12_[0-99999]|RUNNING|0:0|1|1|1|n1|cpu=1|00:00||None\n"
	if n := len(parseAccounts(strings.Repeat(line, 50))); n > 2*maxTasks {
		t.Errorf("%d records of sacct's answer", n)
	}
}

func TestManyTasksAreSortedAsTheyWereAskedFor(t *testing.T) {
	t.Parallel()
	var ids []string
	var out strings.Builder
	for task := range 5000 {
		fmt.Fprintf(&out, "12_%d|RUNNING|0|0|1|1|N/A|n1|cpu=1|None|\n13_%d|RUNNING|0|0|1|1|N/A|n1|cpu=1|None|\n", task, task)
		if task != 7 {
			ids = append(ids, fmt.Sprintf("12_%d", task))
		}
	}
	ids = append([]string{"14", "13", "12_4999"}, ids...)
	began := time.Now()
	records := only(ids, parseQueue(out.String()))
	sortRecords(ids, records)
	gone := missing(ids, records)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	if len(records) != 9999 || records[0].job != "13" || records[4999].task != 4999 || records[5000].task != 4999 || records[5001].task != 0 || records[5008].task != 8 || fmt.Sprint(gone) != "[14]" {
		t.Errorf("%d records, %+v %+v %+v, without %v", len(records), records[5000], records[5001], records[5008], gone)
	}
}

func TestAJobOfSomebodyElseWithOurKeyIsNotOurs(t *testing.T) {
	t.Parallel()
	d := &daemon{answers: map[string]string{
		"GET /openapi/v3":         speaks("v0.0.40"),
		"GET /slurm/v0.0.40/jobs": `{"jobs": [{"job_id": 5, "comment": "gorod:mine-1", "user_name": "mallory"}, {"job_id": 6, "comment": "gorod:mine-1", "user_name": "me"}]}`,
	}}
	if id, err := d.start(t).Find(t.Context(), "mine-1"); err != nil || id != "6" {
		t.Errorf("%q, %v", id, err)
	}
}
