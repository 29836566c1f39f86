package journal_test

import (
	"database/sql"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

func scores(t *testing.T, j *journal.Journal) (all []event.Score) {
	t.Helper()
	for s, err := range j.Scores(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func TestFindingsAndNewcomersComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	j := create(t, path)
	five := 5.0
	answers := []event.Answer{
		{Survey: "s", Question: "q1", Type: "multiple", Agent: "a0001", Options: []string{"да", "нет"}, Text: "потому"},
		{Survey: "s", Question: "q1", Type: "multiple", Agent: "a0002", Missing: "ушёл"},
		{Survey: "s", Question: "q2", Type: "scale", Agent: "a0001", Number: &five, Low: new(1.0), High: new(7.0)},
	}
	judged := event.Score{
		Score:  sdk.Score{Metric: "claim", Agent: "a0001", Group: "g", Item: "i", Tick: sdk.NoTick, Value: 7, N: 2},
		Source: "proposition/p", Detail: "видно из слов",
	}
	extract := event.Extract{Name: "ideas", Agent: "a0001", JSON: []byte(`{"идея":"парк"}`)}
	newcomer := event.Newcomer{ID: "a0099", Name: "Новосёл", Group: "new", Model: "m", Persona: []byte(`{"name":"Новосёл"}`)}
	commit(t, j, event.Commit{
		Newcomers: []event.Newcomer{newcomer},
		Findings:  event.Findings{Answers: answers, Scores: []event.Score{judged}, Extracts: []event.Extract{extract}},
	})

	var got []event.Answer
	for a, err := range j.Answers(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, a)
	}
	if !reflect.DeepEqual(got, answers) {
		t.Errorf("answers\n got %+v\nwant %+v", got, answers)
	}
	if s := scores(t, j); len(s) != 1 || s[0] != judged {
		t.Errorf("scores %+v", s)
	}
	for e, err := range j.Extracts(t.Context()) {
		if err != nil || !reflect.DeepEqual(e, extract) {
			t.Errorf("extract %+v, %v", e, err)
		}
	}
	again, err := journal.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	all := again.Meta().Residents
	last := all[len(all)-1]
	if len(all) != len(meta().Residents)+1 || last.ID != newcomer.ID || last.Name != newcomer.Name || string(last.Persona) != string(newcomer.Persona) {
		t.Errorf("residents %+v", all)
	}
}

func TestAnswersOfARunWithoutScalesAreRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	j := create(t, path)
	commit(t, j, event.Commit{Findings: event.Findings{Answers: []event.Answer{
		{Survey: "s", Question: "q", Type: "scale", Agent: "a0001", Number: new(5.0), Low: new(1.0), High: new(7.0)},
	}}})
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	alter(t, path, "DROP TABLE scales")
	old, err := journal.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	n := 0
	for a, err := range old.Answers(t.Context()) {
		if err != nil || *a.Number != 5 || a.Low != nil || a.High != nil {
			t.Errorf("%+v, %v", a, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d answers, want 1", n)
	}
}

// alter makes of a run's file what an older gorod would have written.
func alter(t *testing.T, path, ddl string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), ddl); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func findings(t *testing.T, j *journal.Journal) (n int) {
	t.Helper()
	for _, err := range j.Answers(t.Context()) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range j.Extracts(t.Context()) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	return n + len(scores(t, j))
}

func TestARunOfTheFirstFormatIsReadAndGoesOn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "run.db")
	j := create(t, path)
	commit(t, j, event.Commit{})
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	alter(t, path, "DROP TABLE answers; DROP TABLE scales; DROP TABLE scores; DROP TABLE extracts; PRAGMA user_version = 1")
	old, err := journal.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if n := findings(t, old); n != 0 {
		t.Errorf("%d findings of a run that asked nothing", n)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := journal.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	commit(t, again, event.Commit{Tick: 1, Findings: event.Findings{
		Answers:  []event.Answer{{Tick: 1, Survey: "s", Question: "q", Type: "open", Agent: "a0001"}},
		Extracts: []event.Extract{{Name: "e", JSON: []byte("{}")}}, Scores: []event.Score{{Source: "proposition/p"}},
	}})
	if n := findings(t, again); n != 3 {
		t.Errorf("%d findings after the run went on", n)
	}
}

func TestAMetricMeasuredAgainReplacesItsScores(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	commit(t, j, event.Commit{Findings: event.Findings{Scores: []event.Score{{Source: "proposition/p", Score: sdk.Score{Metric: "claim"}}}}})
	for _, value := range []float64{1, 2} {
		measured := []event.Score{{Source: "metric/m", Score: sdk.Score{Metric: "m", Value: value}}}
		if err := j.SetScores(t.Context(), "metric/m", measured); err != nil {
			t.Fatal(err)
		}
	}
	if s := scores(t, j); len(s) != 2 || s[0].Value != 2 || s[1].Source != "proposition/p" {
		t.Errorf("scores %+v", s)
	}
}
