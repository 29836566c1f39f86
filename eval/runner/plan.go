package runner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

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

// asks is how many questions the task has for one subject, repeats not counted.
func (p *planned) asks() (n int) {
	for _, item := range p.items {
		n += max(item.Asks, 1)
	}
	return n
}

// Planned is a task as it will be asked.
type Planned struct {
	Name     string         `json:"name"`
	Kind     string         `json:"kind"`
	Subjects []string       `json:"subjects,omitempty"`
	Items    int            `json:"items"`
	Clusters int            `json:"clusters"` // of items that are not independent
	Asks     int            `json:"asks"`     // questions to all subjects, with repeats
	Measures []task.Measure `json:"-"`
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
			Name: p.suite.Name, Kind: p.kind.Name(), Subjects: p.suite.Subjects, Items: len(p.items), Clusters: len(clusters),
			Asks: p.asks() * len(p.suite.Subjects) * e.options.Suite.Repeats, Measures: p.measures,
		}
	}
	return out
}

func clusterOf(item task.Item) string {
	if item.Cluster != "" {
		return item.Cluster
	}
	return item.ID
}
