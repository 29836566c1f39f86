package panel

import (
	"encoding/csv"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

func voters() map[string]city.Resident {
	people := map[string]city.Resident{}
	for _, p := range []struct {
		id, gender string
		age        int
		open       float64
	}{{"a1", "female", 34, 0.9}, {"a2", "male", 19, -0.9}, {"a3", "male", 85, 0}, {"a4", "", 0, 0.4}} {
		people[p.id] = city.Resident{
			Resident: journal.Resident{ID: p.id, Name: "Имя " + p.id}, Persona: sdk.Persona{Gender: p.gender, Age: p.age, Traits: map[string]float64{"openness": p.open}},
		}
	}
	return people
}

func TestAnswersAreCountedByTraits(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	q := &request{words: s.words["en"]}
	yes := spec.Question{ID: "poll-1", Text: "?", Type: spec.Single, Options: []string{"да", "нет"}}
	answers := []event.Answer{
		choice("a1", "poll-1", "да", "потому"), choice("a2", "poll-1", "нет", ""), choice("a3", "poll-1", "нет", ""),
		{Question: "poll-1", Agent: "a4", Missing: "молчит"}, choice("a4", "poll-2", "да", ""),
	}
	r := q.result(yes, answers, voters(), byGender)
	if r.N != 3 || r.Missing != 1 || r.Bars[0].N != 1 || r.Bars[1].N != 2 || math.Abs(r.Bars[1].Share-2.0/3) > 1e-9 || len(r.Texts) != 1 || r.Texts[0].Pick != "да" {
		t.Errorf("%+v", r)
	}
	if len(r.Rows) != 2 || r.Rows[0].Label != "female" || r.Rows[0].Cells[0].Share != 1 || r.Rows[1].Label != "male" || r.Rows[1].Cells[1].N != 2 {
		t.Errorf("by gender %+v", r.Rows)
	}
	for by, labels := range map[string][]string{
		byAge: {"18–29", "30–39", "80+"}, "trait:openness": {"1 · low", "2 · middle", "3 · high"}, byGroup: {"not given"},
	} {
		var got []string
		for _, row := range q.result(yes, answers, voters(), by).Rows {
			got = append(got, row.Label)
		}
		if !slices.Equal(got, labels) {
			t.Errorf("by %s: %v", by, got)
		}
	}
	if got := breaks(voters()); !slices.Equal(got, []string{byGender, byAge, "trait:openness"}) {
		t.Errorf("traits %v", got)
	}
}

func TestAnswersOnAScaleHaveAMeanAndASpread(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	q := &request{words: s.words["ru"]}
	on := func(agent string, v float64) event.Answer {
		return event.Answer{Question: "poll-1", Agent: agent, Type: spec.Scale, Number: &v}
	}
	r := q.result(spec.Question{ID: "poll-1", Type: spec.Scale, Min: 1, Max: 5}, []event.Answer{on("a1", 1), on("a2", 5), on("a3", 3)}, voters(), byGender)
	if r.Mean != 3 || r.Spread != 2 || len(r.Bars) != 5 || r.Bars[4].N != 1 || r.Rows[1].Mean != 4 {
		t.Errorf("%+v", r)
	}
	if long := q.result(spec.Question{ID: "poll-1", Type: spec.Scale, Min: 0, Max: 100}, []event.Answer{on("a1", 50)}, voters(), byGender); len(long.Bars) != 0 || long.Mean != 50 || !math.IsNaN(long.Spread) {
		t.Errorf("%+v", long)
	}
}

func TestTheTableOfAPollHoldsNoFormulas(t *testing.T) {
	t.Parallel()
	people := voters()
	evil := people["a1"]
	evil.Name, evil.Persona.Occupation = formula, "@SUM(A1)"
	people["a1"] = evil
	minus := -1.5
	data, err := answerTable(
		control.Ask{Questions: []spec.Question{{ID: "poll-1", Text: "+1?"}}},
		[]event.Answer{
			choice("a1", "poll-1", "-да", "\t=1+1\nвторая; =2+2;\"@x"), {Question: "poll-1", Agent: "a2", Type: spec.Scale, Number: &minus}, {Question: "poll-1", Agent: "a4", Missing: "|молчит"},
		}, people)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%v\n%s", err, data)
	}
	for _, row := range rows[1:] {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@|\t", rune(cell[0])) && cell != "-1.5" && cell != "-0.9" {
				t.Errorf("%s is %q", rows[0][i], cell)
			}
		}
	}
	if got := rows[1]; got[1] != "'"+formula || got[5] != "'@SUM(A1)" || got[len(got)-2] != "'=1+1 вторая; '=2+2;\"'@x" {
		t.Errorf("%q", got)
	}
	if rows[2][len(rows[2])-3] != "-1.5" {
		t.Errorf("a number below zero is %q", rows[2])
	}
}
