// Package analysis makes numbers of an evaluation's scores: what each subject
// reached, who differs from whom and how sure that is, who judges alike. It knows
// each number's name and the rows that give it.
package analysis

import (
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/task"
)

// Result is all that scores tell. Its numbers are finite; what cannot be computed
// has a reason.
type Result struct {
	Tasks    []*Task
	Family   []*Comparison // declared, in the order of the suite
	Rows     int           // scores
	Level    float64       // of intervals
	Limits   []Limit
	Numbers  []Number
	Resample int // of declared comparisons
}

// Task is what a task tells.
type Task struct {
	Name     string
	Kind     string
	Measures []*Measure
}

// Measure is what a measure of a task tells.
type Measure struct {
	task.Measure
	Task         string
	Subjects     []*Subject
	Comparisons  []*Comparison // declared first, then exploratory
	Omitted      int           // exploratory comparisons that were not made: there are too many subjects
	Curves       []Curve       // by turn, where there are several
	Pairwise     *Pairwise     // of verdicts on pairs; Subjects are then shares of wins
	Judges       []Judge       // who judged, people included
	Agreement    *Agreement    // of all who judged; nil where there are fewer than two
	People       *Agreement    // of people; nil where there are fewer than two
	PeopleJudges *Agreement    // of all people, as one, and all judges, as another; nil where either is missing
	Human        []Human       // where people judged, too
}

// Subject is the value of a measure for a subject.
type Subject struct {
	Name     string
	Value    stats.Estimate
	Missing  int // items without a value
	Reasons  []Reason
	Resample int
	Picks    []Pick

	values []stats.Value
	cells  int // as units has it
}

// Reason is why a subject has no value at all: what most of its rows say, or
// nothing.
func (s *Subject) Reason() string {
	if s.Value.Why != stats.NoItems || len(s.Reasons) == 0 {
		return ""
	}
	return s.Reasons[0].Why
}

// Comparison is one of two subjects.
type Comparison struct {
	Name       string          `json:"name,omitempty"` // as it was declared; may be empty
	Task       string          `json:"task"`
	Measure    string          `json:"measure"`
	A          string          `json:"a"`
	B          string          `json:"b"`
	Declared   bool            `json:"declared"`
	Pairwise   bool            `json:"pairwise"`
	Paired     bool            `json:"paired"`
	Better     int             `json:"better"`
	ValueA     float64         `json:"value_a"`
	ValueB     float64         `json:"value_b"`
	Known      bool            `json:"known"` // there are ValueA and ValueB
	Difference stats.Estimate  `json:"difference"`
	Test       stats.Test      `json:"test"`
	Second     stats.Test      `json:"second_test"` // another of the same; not corrected
	Adjusted   stats.Adjusted  `json:"holm"`
	Effect     stats.Estimate  `json:"effect"`
	EffectKind EffectKind      `json:"effect_kind"`
	OnlyA      int             `json:"only_a"` // items that only one has
	OnlyB      int             `json:"only_b"`
	Resample   int             `json:"resamples"`
	Reason     string          `json:"reason,omitempty"` // why no item has a value of A, or of B, where the rows say so
	Names      ComparisonNames `json:"-"`
}

// ComparisonNames are the names of its numbers; empty where there is none.
type ComparisonNames struct {
	Difference, Effect Triple
	P, Holm, N         string
}

// EffectKind is what an effect size is.
type EffectKind string

// Kinds of effect sizes.
const (
	CohenDz   EffectKind = "dz"
	CliffD    EffectKind = "cliff"
	OddsRatio EffectKind = "odds"
)

// Sure reports whether a comparison is decided: after the correction where it was
// declared.
func (c *Comparison) Sure(alpha float64) bool {
	if c.Declared {
		return c.Adjusted.Why == "" && c.Adjusted.P <= alpha
	}
	return c.Test.Why == "" && c.Test.P <= alpha
}

// Few reports whether an interval rests on few clusters, or runs: it holds as far
// as their spread is normal.
func (c *Comparison) Few() bool {
	return c.Difference.Why == "" && c.Difference.Open == "" && c.Difference.Clusters < fewClusters
}

// Curve is a measure of a subject by turn.
type Curve struct {
	Subject string
	Turns   []int32
	Values  []stats.Estimate
}

// Judge is who judged, and what came of it.
type Judge struct {
	Name     string
	Verdicts int
	Missing  int
	Means    []JudgeMean
	Flips    *stats.Flips // pairwise: how much the order of replies turns verdicts
}

// JudgeMean is what a judge gave a subject.
type JudgeMean struct {
	Subject string
	Value   stats.Estimate
}

// Agreement is how alike judges judge.
type Agreement struct {
	Raters []string
	Alpha  stats.Estimate
	Scale  stats.Scale
}

// Human is a subject as people judged it, and the same with the judges' verdicts on
// all items brought in (prediction-powered inference). Of verdicts on pairs it is
// the share of wins, against all others and against each.
type Human struct {
	Subject   string
	Against   string         // of pairs: the other; empty: all
	Judged    stats.Estimate // by judges alone, on all items
	Classical stats.Estimate // by people alone
	Powered   stats.Estimate
	Labelled  int // items that people judged
}

// Difference is the share of wins less that of losses, of an estimate of a pair.
func Difference(e stats.Estimate) stats.Estimate {
	if e.Why == "" {
		e.Value = 2*e.Value - 1
	}
	if e.Why == "" && e.Open == "" {
		e.Low, e.High = 2*e.Low-1, 2*e.High-1
	}
	return e
}

// Pairwise is what verdicts on pairs of replies tell.
type Pairwise struct {
	Tournament stats.Tournament
	Resample   int
}

// Limit is something to be said with the results, by its kind.
type Limit struct {
	Kind LimitKind
	What []string // subjects, measures, judges
	N    int
}

// LimitKind is what is to be said.
type LimitKind string

// Limits that the rows themselves tell of.
const (
	FewItems      LimitKind = "few items"                  // What: task and measure; N: items
	FewClusters   LimitKind = "few clusters"               // What: task and measure; N: clusters
	FewRuns       LimitKind = "few runs"                   // What: task and measure; N: runs
	OneCluster    LimitKind = "one cluster"                // What: task and measure
	MissingValues LimitKind = "missing"                    // What: task, measure, subject; N: percent
	NoFamily      LimitKind = "no family"                  // nothing was declared
	OneJudge      LimitKind = "one judge"                  // What: task and measure
	OneOrder      LimitKind = "one order"                  // What: task and measure: replies were shown in one order
	NoMeasure     LimitKind = "nothing scored"             // What: task and measure
	NotCompared   LimitKind = "declared, but not compared" // What: name; why; the reason of its rows, or nothing
	SelfJudge     LimitKind = "judges itself"              // What: judge and subject
	SameSubject   LimitKind = "one subject twice"          // What: two subjects of one model with the same before its replies
	NoLikelihoods LimitKind = "no likelihoods"             // What: task
	NoInterval    LimitKind = "no interval"                // What: task and measure: one value of all replies
	Unpaired      LimitKind = "unmatched items"            // What: a comparison; N: items
	StoppedEarly  LimitKind = "stopped early"              // asking ended by what was found
	Divided       LimitKind = "disconnected"               // What: task, measure, then groups
	Penalised     LimitKind = "penalised"                  // What: task, measure
)
