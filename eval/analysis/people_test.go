package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/stats"
)

// biased are verdicts on 240 pairs of 80 dialogues: a judge, asked in both
// orders, likes a too much; of 30 dialogues two people say that neither is
// better, and differ where they are not sure.
func biased() (out []sample.Score) {
	random := rand.New(rand.NewPCG(5, 6))
	for i := range 240 {
		dialogue := i / 3
		s := score("a", fmt.Sprintf("%03d", i), "win", 0)
		s.Cluster, s.Other = fmt.Sprint(dialogue), "b"
		human := float64(random.IntN(3)) / 2
		add := func(by string, value float64, first bool) {
			s.By, s.Value, s.First = by, value, first
			out = append(out, s)
		}
		for _, first := range []bool{true, false} {
			if random.Float64() < 0.3 {
				add("судья", 1, first)
			} else {
				add("судья", human, first)
			}
		}
		if dialogue < 30 {
			add(sample.Annotator("Аня"), human, i%2 == 0)
			if random.Float64() < 0.2 {
				human = 0.5
			}
			add(sample.Annotator("Борис"), human, i%4 == 0)
		}
	}
	return out
}

func TestPeopleCorrectTheJudgesOfPairs(t *testing.T) {
	t.Parallel()
	r := analyse(t, suiteOf(), biased())
	win := measure(t, r, "win")
	if len(win.Human) != 3 || win.Human[0].Subject != "b" || win.Human[0].Against != "" || win.Human[2].Subject != "b" || win.Human[2].Against != "a" {
		t.Fatalf("%+v", win.Human)
	}
	for _, h := range win.Human {
		truth := 0.5
		if h.Labelled != 90 || h.Powered.Why != "" || h.Powered.Low > truth || h.Powered.High < truth {
			t.Errorf("people see them as equals: %+v", h)
		}
		if h.Judged.N != 240 || h.Judged.Low <= truth && truth <= h.Judged.High {
			t.Errorf("the judge does not: %+v", h.Judged)
		}
		if h.Powered.Clusters != 80 || h.Powered.High-h.Powered.Low >= h.Classical.High-h.Classical.Low {
			t.Errorf("dialogues are counted, and the judge helps: %+v", h)
		}
	}
	if d := analysis.Difference(win.Human[2].Powered); math.Abs(d.Value-(2*win.Human[2].Powered.Value-1)) > 1e-12 || d.Low > 0 || d.High < 0 {
		t.Errorf("%+v", d)
	}
	for _, name := range []string{"TWinBAPowered", "TWinBAPoweredDiffLow", "TWinBAJudged", "TWinBHumanN", "TWinAlphaPeople", "TWinAlphaPeopleJudges"} {
		if !slices.ContainsFunc(r.Numbers, func(n analysis.Number) bool { return n.Macro == name }) {
			t.Errorf("no number %s", name)
		}
	}
	// The headline is the judge's.
	if s := subject(t, win, "a"); math.Abs(s.Value.Value-(1-win.Human[0].Judged.Value)) > 1e-12 {
		t.Errorf("%+v", s.Value)
	}
}

func TestAgreementIsOfPeopleAmongThemselvesAndWithJudges(t *testing.T) {
	t.Parallel()
	win := measure(t, analyse(t, suiteOf(), biased()), "win")
	if len(win.Judges) != 3 || win.Judges[0].Name != "human:Аня" || win.Judges[0].Verdicts != 90 || win.Judges[2].Verdicts != 480 {
		t.Fatalf("%+v", win.Judges)
	}
	people, both := win.People, win.PeopleJudges
	if people == nil || !slices.Equal(people.Raters, []string{"human:Аня", "human:Борис"}) || people.Alpha.Value < 0.7 || people.Alpha.Value >= 1 {
		t.Errorf("%+v", people)
	}
	if both == nil || !slices.Equal(both.Raters, []string{"judges", "people"}) || both.Alpha.Why != "" || both.Alpha.Value >= people.Alpha.Value {
		t.Errorf("%+v", both)
	}
	alone := measure(t, analyse(t, suiteOf(), slices.DeleteFunc(biased(), func(s sample.Score) bool { return s.By == "судья" })), "win")
	if alone.PeopleJudges != nil || alone.People == nil || len(alone.Human) != 0 || alone.Subjects[0].Value.Why != stats.Why("") {
		t.Errorf("%+v", alone)
	}
}
