package runner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// digest tells whether a task asks what it asked before.
func (p *planned) digest() string {
	h := sha256.New()
	for _, item := range p.items {
		fmt.Fprintf(h, "%q %q %q\n", item.ID, item.Cluster, item.Criteria)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Planned is a task as it will be asked.
type Planned struct {
	Name       string         `json:"name"`
	Kind       string         `json:"kind"`
	Subjects   []string       `json:"subjects,omitempty"`
	Items      int            `json:"items"`
	Clusters   int            `json:"clusters"`    // of items that are not independent
	Asks       int            `json:"asks"`        // questions to all subjects, with repeats
	ModelAsks  int            `json:"model_asks"`  // of them, those that a model answers, and no plugin alone
	JudgesAsks int            `json:"judges_asks"` // questions to judges, if all replies are of use
	Measures   []task.Measure `json:"-"`
}

// Tasks are the tasks as they will be asked.
func (e *Evaluation) Tasks() []Planned {
	out := make([]Planned, len(e.tasks))
	for i, p := range e.tasks {
		clusters := map[string]bool{}
		for _, item := range p.items {
			clusters[clusterOf(item)] = true
		}
		out[i] = Planned{
			Name: p.suite.Name, Kind: p.kind.Name(), Subjects: p.suite.Subjects, Items: len(p.items), Clusters: len(clusters), Measures: p.measures,
		}
		e.count(p, &out[i])
	}
	return out
}

// count counts the questions of a task.
func (e *Evaluation) count(p *planned, out *Planned) {
	s := e.options.Suite
	for _, name := range p.suite.Subjects {
		of := s.Subject(name)
		asks := 0
		for _, item := range p.items {
			asks += asksOf(item, scores(s, of))
		}
		out.Asks += asks * s.Repeats
		if of.Model != "" {
			out.ModelAsks += asks * s.Repeats
		}
	}
	for _, name := range p.suite.Judges {
		judge := s.Judge(name)
		n := len(p.suite.Subjects) // verdicts of an item
		switch {
		case judge.Mode == suite.Rubric:
		case judge.Baseline != "":
			n--
		default:
			n = n * (n - 1) / 2
		}
		for _, item := range p.items {
			out.JudgesAsks += n * asksOfVerdict(item, judge) * s.Repeats
		}
	}
}

// asksOf is how many questions an item has for a subject.
func asksOf(item task.Item, scored bool) int {
	if scored && item.Scored > 0 {
		return item.Scored
	}
	return max(item.Asks, 1)
}

// asksOfVerdict is how often a judge is asked about replies to an item: pairs in
// both orders.
func asksOfVerdict(item task.Item, judge *suite.Judge) int {
	if judge.Mode == suite.Rubric {
		return item.Judged
	}
	return 2 * item.Judged
}

// scores reports whether a subject can be asked how likely it finds a text.
func scores(s *suite.Suite, of *suite.Subject) bool {
	return of.Plugin.Plugin == "" && s.Models[of.Model].Provider == "openai"
}

func clusterOf(item task.Item) string {
	if item.Cluster != "" {
		return item.Cluster
	}
	return item.ID
}
