package analysis

import (
	"gonum.org/v1/gonum/stat"

	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// Asked is a task as it will be asked, before it is.
type Asked struct {
	Name     string
	Items    int
	Clusters int
	Measures []task.Measure
}

// Prospect is what a comparison can find before anything is asked.
type Prospect struct {
	Name     string  `json:"name,omitempty"`
	Task     string  `json:"task"`
	Measure  string  `json:"measure"`
	A        string  `json:"a,omitempty"`
	B        string  `json:"b,omitempty"`
	Declared bool    `json:"declared"`
	Items    int     `json:"items"`
	Clusters int     `json:"clusters"`
	Binary   bool    `json:"binary"`
	Spread   float64 `json:"spread"` // of differences: their standard deviation, or the share of items that differ
	ICC      float64 `json:"icc"`
	Pilot    bool    `json:"pilot"` // Spread and ICC are those of an earlier evaluation; false: assumed
	// Units says that Detectable is in standard deviations of the differences: the
	// measure has no bounds, and there is no pilot.
	Units      bool      `json:"units"`
	Detectable float64   `json:"detectable"`
	Why        stats.Why `json:"why,omitempty"`
}

// What is assumed where no pilot tells.
const (
	AssumedDiscordant = 0.3  // of binary measures: the share of items on which two subjects differ
	AssumedSpread     = 0.25 // of others: the standard deviation of differences, of the measure's range
	AssumedICC        = 0.1  // within clusters
)

// Prospects are what the declared comparisons of a suite can find; where none were
// declared, what one comparison by each measure could. pilot may be nil.
func Prospects(s *suite.Suite, tasks []Asked, pilot *Result) (out []Prospect) {
	for _, c := range s.Comparisons {
		t, m := asked(tasks, c.Task, c.Measure)
		if t == nil {
			out = append(out, Prospect{Name: c.Name, Task: c.Task, Measure: c.Measure, A: c.A, B: c.B, Declared: true, Why: stats.NoItems})
			continue
		}
		p := Prospect{Name: c.Name, Task: c.Task, Measure: c.Measure, A: c.A, B: c.B, Declared: true}
		p.find(s, t, m, len(s.Comparisons), pilot)
		out = append(out, p)
	}
	if len(s.Comparisons) > 0 {
		return out
	}
	for i := range tasks {
		for j := range tasks[i].Measures {
			p := Prospect{Task: tasks[i].Name, Measure: tasks[i].Measures[j].Name}
			p.find(s, &tasks[i], &tasks[i].Measures[j], 1, pilot)
			out = append(out, p)
		}
	}
	return out
}

func asked(tasks []Asked, name, measure string) (*Asked, *task.Measure) {
	for i := range tasks {
		for j := range tasks[i].Measures {
			if tasks[i].Name == name && tasks[i].Measures[j].Name == measure {
				return &tasks[i], &tasks[i].Measures[j]
			}
		}
	}
	return nil, nil
}

// find fills in what a family of so many comparisons can detect.
func (p *Prospect) find(s *suite.Suite, t *Asked, m *task.Measure, family int, pilot *Result) {
	p.Items, p.Clusters, p.Binary = t.Items, t.Clusters, m.Binary && s.Repeats == 1
	if p.Items == 0 {
		p.Why = stats.NoItems
		return
	}
	if p.Clusters > 0 && p.Clusters < p.Items {
		p.ICC = AssumedICC
	}
	switch {
	case p.learn(pilot):
	case p.Binary:
		p.Spread = AssumedDiscordant
	case m.Low < m.High:
		p.Spread = AssumedSpread * (m.High - m.Low)
	default:
		p.Spread, p.Units = 1, true
	}
	plan := stats.Plan{Alpha: s.Analysis.Alpha, Comparisons: family, Power: s.Analysis.Power, ClusterSize: float64(p.Items) / float64(max(p.Clusters, 1)), ICC: p.ICC}
	if p.Binary {
		p.Detectable, p.Why = plan.DetectableShare(p.Items, p.Spread)
	} else {
		p.Detectable, p.Why = plan.DetectableMean(p.Items, p.Spread)
	}
}

// learn takes spread and likeness within clusters from an earlier evaluation: of
// the same two subjects, or of any two where it does not have them.
func (p *Prospect) learn(pilot *Result) bool {
	if pilot == nil {
		return false
	}
	for _, t := range pilot.Tasks {
		for _, m := range t.Measures {
			if t.Name != p.Task || m.Name != p.Measure || len(m.Subjects) < 2 {
				continue
			}
			a, b := m.subject(p.A), m.subject(p.B)
			if a == nil || b == nil {
				a, b = m.Subjects[0], m.Subjects[1]
			}
			pairs, _ := stats.Match(a.values, b.values)
			return p.spread(pairs)
		}
	}
	return false
}

func (p *Prospect) spread(pairs []stats.Pair) bool {
	if len(pairs) < 2 {
		return false
	}
	differ, ds := 0, make([]float64, len(pairs))
	for i, x := range pairs {
		if ds[i] = x.A - x.B; ds[i] != 0 {
			differ++
		}
	}
	spread := stat.StdDev(ds, nil)
	if p.Binary {
		spread = float64(differ) / float64(len(pairs))
	}
	if spread == 0 {
		return false // two that never differed tell nothing of others
	}
	p.Spread, p.Pilot = spread, true
	if icc, _, why := stats.Similarity(pairs); why == "" && p.Clusters < p.Items {
		p.ICC = min(1, max(0, icc))
	}
	return true
}
