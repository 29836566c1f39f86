package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

func described(*suite.Task) []task.Measure {
	return []task.Measure{
		{Name: "right", High: 1, Binary: true, Better: 1, Per: task.PerItem}, {Name: "mark", Low: 1, High: 5, Better: 1, Judged: true, Per: task.PerItem},
		{Name: "win", High: 1, Better: 1, Judged: true, Per: task.PerItem}, {Name: "posts", Per: task.PerRun},
	}
}

func suiteOf(comparisons ...suite.Comparison) *suite.Suite {
	s := &suite.Suite{Name: "s", Language: "ru", Seed: 1, Repeats: 1, Subjects: []suite.Subject{{Name: "b"}, {Name: "a"}},
		Tasks: []suite.Task{{Name: "t", Choice: &suite.Choice{}}}, Comparisons: comparisons}
	s.Analysis = suite.Analysis{Alpha: 0.05, Resamples: 999, Power: 0.8}
	return s
}

func analyse(t *testing.T, s *suite.Suite, rows []sample.Score) *analysis.Result {
	t.Helper()
	r, err := analysis.Analyse(t.Context(), input(s, rows))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func input(s *suite.Suite, rows []sample.Score) analysis.Input {
	return analysis.Input{Suite: s, Measures: described, Scores: func(each func([]sample.Score) error) error { return each(rows) }}
}

func score(subject, item, measure string, value float64) sample.Score {
	return sample.Score{Sample: subject + "/" + item, Task: "t", Subject: subject, Item: item, Cluster: item, Measure: measure, Value: value}
}

// rights are 40 items of which a has 30 right and b 18; both have 16.
func rights() (out []sample.Score) {
	for i := range 40 {
		a, b := 0.0, 0.0
		if i < 30 {
			a = 1
		}
		if i < 16 || i >= 38 {
			b = 1
		}
		item := fmt.Sprintf("%02d", i)
		out = append(out, score("a", item, "right", a), score("b", item, "right", b))
	}
	return out
}

func measure(t *testing.T, r *analysis.Result, name string) *analysis.Measure {
	t.Helper()
	for _, m := range r.Tasks[0].Measures {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("no measure %s", name)
	return nil
}

func TestSharesAreComparedByMcNemarAndCorrectedWithTheirFamily(t *testing.T) {
	t.Parallel()
	r := analyse(t, suiteOf(suite.Comparison{Task: "t", Measure: "right", A: "a", B: "b"}, suite.Comparison{Task: "t", Measure: "mark", A: "a", B: "b"}), rights())
	c := r.Family[0]
	// 14 items a alone has right and 2 b alone: 2·P(X ≤ 2), X binomial of 16 and ½.
	want := 2 * (1 + 16 + 120) / math.Pow(2, 16)
	if c.Test.Method != stats.McNemarExact || math.Abs(c.Test.P-want) > 1e-12 || math.Abs(c.Adjusted.P-2*want) > 1e-12 {
		t.Errorf("%+v, want p %v and twice that", c, want)
	}
	if math.Abs(c.Difference.Value-0.3) > 1e-12 || c.Difference.Low <= 0 || c.ValueA != 0.75 || c.ValueB != 0.45 || c.EffectKind != analysis.OddsRatio || c.Effect.Value != 7 {
		t.Errorf("%+v", c)
	}
	if !c.Sure(0.05) || c.Sure(0.001) {
		t.Error("a comparison is decided by its corrected p")
	}
	if r.Family[1].Test.Why != stats.NoItems || r.Family[1].Adjusted.Why == "" {
		t.Errorf("nothing was scored of it: %+v", r.Family[1])
	}
}

func TestWhatWasNotDeclaredIsExploratory(t *testing.T) {
	t.Parallel()
	r := analyse(t, suiteOf(), rights())
	cs := measure(t, r, "right").Comparisons
	if len(r.Family) != 0 || len(cs) != 1 || cs[0].Declared || cs[0].A != "a" || cs[0].B != "b" {
		t.Fatalf("%+v", cs)
	}
	if !limited(r, analysis.NoFamily) {
		t.Error("that nothing was declared is not said")
	}
}

func limited(r *analysis.Result, kind analysis.LimitKind) bool {
	for _, l := range r.Limits {
		if l.Kind == kind {
			return true
		}
	}
	return false
}

func TestRepeatsAndTurnsOfAnItemAreOneUnit(t *testing.T) {
	t.Parallel()
	var rows []sample.Score
	for i := range 30 {
		for repeat := range 4 {
			s := score("a", fmt.Sprint(i), "mark", float64(1+(i+repeat)%5))
			s.Repeat = int32(repeat)
			rows = append(rows, s)
		}
	}
	missing := score("a", "none", "mark", 0)
	missing.Missing = "отказ"
	rows = append(rows, missing, missing)
	s := measure(t, analyse(t, suiteOf(), rows), "mark").Subjects[0]
	if s.Value.N != 30 || s.Missing != 1 || len(s.Reasons) != 1 || s.Reasons[0] != (analysis.Reason{Why: "отказ", N: 2}) || math.Abs(s.Value.Value-3) > 1e-9 {
		t.Errorf("%+v", s)
	}
}

// noisy are marks by two judges and by people, verdicts in both orders, probes by
// turn, and runs.
func noisy() (out []sample.Score) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 60 {
		item := fmt.Sprintf("%03d", i)
		for at, subject := range []string{"a", "b"} {
			truth := 2 + float64(1-at) + random.NormFloat64()*0.5
			for _, by := range []string{"первый", "второй"} {
				s := score(subject, item, "mark", math.Round(min(5, max(1, truth+0.5+random.NormFloat64()*0.2))))
				s.By = by
				out = append(out, s)
			}
			if i < 20 {
				s := score(subject, item, "mark", math.Round(min(5, max(1, truth))))
				s.By = sample.Human
				out = append(out, s)
			}
			probe := score(subject, item, "adherence", 1-float64(i%2)/4)
			probe.Turn = int32(1 + 7*(i%2))
			out = append(out, probe)
			run := score(subject, fmt.Sprint(i%6), "posts", 100+20*float64(at)+random.NormFloat64())
			run.Repeat = int32(i / 6)
			out = append(out, run)
		}
		for _, first := range []bool{true, false} {
			s := score("a", item, "win", 0)
			s.Other, s.By, s.First = "b", "первый", first
			if random.Float64() < 0.6 || first {
				s.Value = 1
			}
			out = append(out, s)
		}
	}
	return out
}

func TestTheOrderOfRowsAndTheNumberOfCPUsChangeNothing(t *testing.T) {
	rows := noisy()
	declared := suite.Comparison{Task: "t", Measure: "mark", A: "a", B: "b"}
	before := runtime.GOMAXPROCS(1)
	one := analyse(t, suiteOf(declared), rows)
	runtime.GOMAXPROCS(8)
	rand.New(rand.NewPCG(9, 9)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	eight := analyse(t, suiteOf(declared), rows)
	runtime.GOMAXPROCS(before)
	byName := cmpopts.SortSlices(func(a, b analysis.Number) bool { return a.Macro < b.Macro })
	if d := cmp.Diff(one.Numbers, eight.Numbers, byName); d != "" {
		t.Error(d)
	}
}

func TestJudgesAgreeOrFlipAndPeopleCorrectThem(t *testing.T) {
	t.Parallel()
	r := analyse(t, suiteOf(), noisy())
	mark, win := measure(t, r, "mark"), measure(t, r, "win")
	if a := mark.Agreement; a == nil || len(a.Raters) != 3 || a.Alpha.Why != "" || a.Alpha.Value < 0.3 || a.Alpha.Value > 1 {
		t.Errorf("%+v", mark.Agreement)
	}
	if len(mark.Human) != 2 {
		t.Fatalf("%+v", mark.Human)
	}
	for _, h := range mark.Human {
		judged := subject(t, mark, h.Subject).Value.Value
		if h.Labelled != 20 || h.Powered.Value >= judged || h.Powered.High-h.Powered.Low >= h.Classical.High-h.Classical.Low {
			t.Errorf("people see it lower than judges (%v), and judges narrow the interval: %+v", judged, h)
		}
	}
	if f := win.Judges[0].Flips; f == nil || f.Rate.Value < 0.2 || f.Rate.Value > 0.6 || f.Rate.N != 60 {
		t.Errorf("the judge likes what comes first: %+v", f)
	}
	if p := win.Pairwise; p.Tournament.Why != "" || p.Tournament.Strengths[0].Subject != "a" || p.Tournament.First.Value <= 0 {
		t.Errorf("%+v", p.Tournament)
	}
	if !limited(r, analysis.OneJudge) {
		t.Error("one judge of pairs is not said")
	}
}

func subject(t *testing.T, m *analysis.Measure, name string) *analysis.Subject {
	t.Helper()
	for _, s := range m.Subjects {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no subject %s", name)
	return nil
}

func TestMeasuresOfNoKindAreShownAndProbesHaveCurves(t *testing.T) {
	t.Parallel()
	m := measure(t, analyse(t, suiteOf(), noisy()), "adherence")
	if len(m.Curves) != 2 || len(m.Curves[0].Turns) != 2 || math.Abs(m.Curves[0].Values[0].Value-1) > 1e-9 || math.Abs(m.Curves[0].Values[1].Value-0.75) > 1e-9 {
		t.Errorf("%+v", m.Curves)
	}
}

func TestRunsArePairedBySeedWhereTheyShareThem(t *testing.T) {
	t.Parallel()
	declared := suite.Comparison{Task: "t", Measure: "posts", A: "a", B: "b"}
	paired := analyse(t, suiteOf(declared), noisy()).Family[0]
	if !paired.Paired || paired.Test.Method != stats.StudentPaired || math.Abs(paired.Difference.Value+20) > 1 || paired.Difference.N != 6 {
		t.Errorf("%+v", paired)
	}
	rows := noisy()
	for i := range rows {
		if rows[i].Measure == "posts" && rows[i].Subject == "a" {
			rows[i].Item += "0"
		}
	}
	if c := analyse(t, suiteOf(declared), rows).Family[0]; c.Paired || c.Test.Method != stats.Welch || c.EffectKind != analysis.CliffD {
		t.Errorf("%+v", c)
	}
}

func TestWhatIsMeasuredInRunsThatAreGoneIsOfRuns(t *testing.T) {
	t.Parallel()
	what := suiteOf()
	what.Tasks = []suite.Task{{Name: "t", Society: &suite.Society{Runs: []string{"gone"}}}}
	in := input(what, slices.DeleteFunc(noisy(), func(s sample.Score) bool { return s.Measure != "posts" }))
	in.Measures = func(*suite.Task) []task.Measure { return nil }
	r, err := analysis.Analyse(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	m := measure(t, r, "posts")
	if m.Per != task.PerRun || len(m.Comparisons) != 1 || m.Comparisons[0].Test.Method != stats.StudentPaired {
		t.Errorf("%+v", m.Measure)
	}
}

func TestWhatWasDecidedOnTheWayHasNumbersThatHoldWhereverOneStops(t *testing.T) {
	t.Parallel()
	s := suiteOf(suite.Comparison{Task: "t", Measure: "right", A: "a", B: "b"})
	plain := analyse(t, s, rights()).Family[0]
	s.Analysis.Sequential = true
	c := analyse(t, s, rights()).Family[0]
	if c.Difference.Method != stats.Betting || c.Test.Method != stats.Betting || c.Difference.High-c.Difference.Low <= plain.Difference.High-plain.Difference.Low {
		t.Errorf("%+v, with all items asked %+v", c.Difference, plain.Difference)
	}
}

func TestAJudgeThatIsASubjectUnderAnotherNameIsSaid(t *testing.T) {
	t.Parallel()
	s := suiteOf()
	s.Models = map[string]spec.Model{"x": {Provider: "ollama", Model: "m"}, "y": {Provider: "ollama", Model: "m"}, "z": {Provider: "ollama", Model: "other"}}
	s.Subjects[0].Model, s.Subjects[1].Model = "x", "z"
	s.Judges = []suite.Judge{{Name: "первый", Model: "y"}}
	r := analyse(t, s, noisy())
	for _, l := range r.Limits {
		if l.Kind == analysis.SelfJudge && l.What[1] != "b" {
			t.Errorf("%+v", l)
		}
	}
	if !limited(r, analysis.SelfJudge) {
		t.Error("it is not said")
	}
}

func TestNumbersHaveNamesOfLettersEachItsOwn(t *testing.T) {
	t.Parallel()
	s := suiteOf(suite.Comparison{Task: "t", Measure: "win", A: "a", B: "b"}, suite.Comparison{Name: "съезд-2", Task: "t", Measure: "mark", A: "a", B: "b"})
	r := analyse(t, s, noisy())
	seen := map[string]bool{}
	for _, n := range r.Numbers {
		if !regexp.MustCompile(`^[A-Z][A-Za-z]+$`).MatchString(n.Macro) || seen[n.Macro] {
			t.Errorf("the name %q, again: %v", n.Macro, seen[n.Macro])
		}
		seen[n.Macro] = true
		if math.IsNaN(n.Value) || math.IsInf(n.Value, 0) || n.Of.Task != "t" || n.Of.Statistic == "" {
			t.Errorf("%+v", n)
		}
	}
	for _, want := range []string{"TWinABDiff", "TWinABHolm", "SezdTwoDiffLow", "TMarkA", "TMarkAHuman", "TMarkAlpha", "TWinAStrength", "TAdherenceATurnEight"} {
		if !seen[want] {
			t.Errorf("there is no %s", want)
		}
	}
	if got := analysis.Macro("dialogue", "win", "tuned", "base", "diff"); got != "DialogueWinTunedBaseDiff" {
		t.Error(got)
	}
}

func TestTwoAreComparedOnAllThatBothHave(t *testing.T) {
	t.Parallel()
	cs, err := analysis.Versus(t.Context(), input(suiteOf(), append(noisy(), rights()...)), "b", "a")
	if err != nil || len(cs) != 5 {
		t.Fatalf("%d comparisons, %v", len(cs), err)
	}
	for _, c := range cs {
		if c.A != "b" || c.B != "a" {
			t.Errorf("%s − %s", c.A, c.B)
		}
		if c.Test.Why == "" && c.Adjusted.P < c.Test.P {
			t.Errorf("not corrected: %+v", c)
		}
	}
}

func TestAPlanFindsWhatItsItemsAllow(t *testing.T) {
	t.Parallel()
	declared := []suite.Comparison{{Task: "t", Measure: "right", A: "a", B: "b"}, {Task: "t", Measure: "mark", A: "a", B: "b"}, {Task: "t", Measure: "none", A: "a", B: "b"}}
	asked := func(items, clusters int) []analysis.Asked {
		return []analysis.Asked{{Name: "t", Items: items, Clusters: clusters, Measures: described(nil)}}
	}
	few, many := analysis.Prospects(suiteOf(declared...), asked(50, 50), nil), analysis.Prospects(suiteOf(declared...), asked(800, 800), nil)
	for i := range 2 {
		if few[i].Why != "" || many[i].Detectable >= few[i].Detectable/2 || few[i].Pilot {
			t.Errorf("%+v, %+v", few[i], many[i])
		}
	}
	if few[2].Why == "" {
		t.Error("a measure that is not there has a plan")
	}
	if c := analysis.Prospects(suiteOf(declared...), asked(800, 80), nil); c[0].ICC == 0 || c[0].Detectable <= many[0].Detectable {
		t.Errorf("items in clusters tell less: %+v", c[0])
	}
	if alone := analysis.Prospects(suiteOf(declared[0]), asked(800, 800), nil); alone[0].Detectable >= many[0].Detectable {
		t.Error("a family does not cost anything")
	}
	pilot := analysis.Prospects(suiteOf(declared...), asked(50, 50), analyse(t, suiteOf(), append(noisy(), rights()...)))
	if !pilot[0].Pilot || pilot[0].Spread != 0.4 {
		t.Errorf("16 of 40 items differ: %+v", pilot[0])
	}
	if open := analysis.Prospects(suiteOf(), asked(50, 50), nil); len(open) != 4 || open[0].Declared || !open[3].Units {
		t.Errorf("%+v", open)
	}
}

func TestADifferenceOfFewClustersKeepsWithinTheBounds(t *testing.T) {
	t.Parallel()
	rows := rights()
	for i := range rows {
		rows[i].Cluster = fmt.Sprint(i / 40) // two dialogues: Student's interval is far wider than what is possible
	}
	r := analyse(t, suiteOf(suite.Comparison{Task: "t", Measure: "right", A: "a", B: "b"}), rows)
	if d := r.Family[0].Difference; d.Open != "" || d.Method != stats.Jackknife || d.Low < -1 || d.High > 1 {
		t.Errorf("%+v", d)
	}
}

func TestPairsThatNobodyCouldJudgeAreSaid(t *testing.T) {
	t.Parallel()
	var rows []sample.Score
	for i := range 40 {
		x := score("a", fmt.Sprintf("%02d", i), "win", 1)
		x.Other, x.By, x.First = "b", "j", i%2 == 0
		if i < 10 {
			x.Value, x.By, x.Missing = 0, "", "b: empty reply"
		}
		rows = append(rows, x)
	}
	r := analyse(t, suiteOf(suite.Comparison{Task: "t", Measure: "win", A: "a", B: "b"}), rows)
	want := map[analysis.LimitKind]int{analysis.Unpaired: 10, analysis.MissingValues: 25}
	for _, l := range r.Limits {
		if n, said := want[l.Kind]; said && n == l.N {
			delete(want, l.Kind)
		}
	}
	if len(want) > 0 || measure(t, r, "win").Judges[0].Missing != 0 {
		t.Errorf("not said: %v of %+v; %+v", want, r.Limits, measure(t, r, "win").Judges)
	}
}

func TestPeopleWhoDisagreeAreNoFlip(t *testing.T) {
	t.Parallel()
	var rows []sample.Score
	for i := range 40 {
		for k, by := range []string{sample.Human, sample.Human, "j", "j"} { // two persons, who saw the replies in different orders and differ
			x := score("a", fmt.Sprintf("%02d", i), "win", float64(k%2))
			x.Other, x.By, x.First = "b", by, k%2 == 0
			rows = append(rows, x)
		}
	}
	for _, j := range measure(t, analyse(t, suiteOf(), rows), "win").Judges {
		if j.Name == sample.Human && j.Flips != nil || j.Name == "j" && (j.Flips == nil || j.Flips.Rate.Value != 1) {
			t.Errorf("%+v", j)
		}
	}
}

// A strict judge has no verdict on half of a's replies; both judges find a and b
// alike.
func TestSubjectsAreComparedByWhatBothHave(t *testing.T) {
	t.Parallel()
	var rows []sample.Score
	for i := range 40 {
		for _, by := range []string{"mild", "strict"} {
			for repeat := range int32(2) {
				for _, subject := range []string{"a", "b"} {
					x := score(subject, fmt.Sprintf("%02d", i), "mark", map[string]float64{"mild": 5, "strict": 1}[by])
					if x.By, x.Repeat = by, repeat; by == "strict" && subject == "a" && i%2 == 0 {
						x.Value, x.Missing = 0, "the judge refused"
					}
					rows = append(rows, x)
				}
			}
		}
	}
	c := analyse(t, suiteOf(suite.Comparison{Task: "t", Measure: "mark", A: "a", B: "b"}), rows).Family[0]
	if c.Difference.Why != "" || c.Difference.Value != 0 || c.Difference.N != 40 || c.Test.Why != stats.AllTies {
		t.Errorf("%+v", c)
	}
	for i := range rows { // nothing in common: a has the mild judge only, b the strict one
		if (rows[i].Subject == "a") == (rows[i].By == "strict") {
			rows[i].Value, rows[i].Missing = 0, "the judge refused"
		} else {
			rows[i].Missing = ""
		}
	}
	if c := analyse(t, suiteOf(suite.Comparison{Task: "t", Measure: "mark", A: "a", B: "b"}), rows).Family[0]; c.Difference.Why != stats.NoItems || c.OnlyA != 40 {
		t.Errorf("%+v", c)
	}
}
