package analysis

import "github.com/llm-city/gorod/eval/stats"

// allPairs is up to how many subjects every two are compared without having been
// declared; of more, each with the first.
const allPairs = 6

// family makes the declared comparisons.
func (a *analyser) family() {
	for _, declared := range a.in.Suite.Comparisons {
		c := &Comparison{Name: declared.Name, Task: declared.Task, Measure: declared.Measure, A: declared.A, B: declared.B, Declared: true}
		a.result.Family = append(a.result.Family, c)
		m := a.measure[[2]string{c.Task, c.Measure}]
		if m == nil {
			c.Difference = stats.Estimate{Why: stats.NoItems, Open: stats.NoItems}
			c.Test, c.Effect = stats.Test{Why: stats.NoItems}, c.Difference
			continue
		}
		m.Comparisons = append(m.Comparisons, c)
	}
}

// exploratory adds the comparisons that nobody declared.
func (a *analyser) exploratory(m *Measure) {
	known := map[[2]string]bool{}
	for _, c := range m.Comparisons {
		known[[2]string{c.A, c.B}], known[[2]string{c.B, c.A}] = true, true
	}
	n := len(m.Subjects)
	for i := range n {
		for j := i + 1; j < n; j++ {
			x, y := m.Subjects[j].Name, m.Subjects[i].Name
			switch {
			case known[[2]string{x, y}]:
			case n > allPairs && i > 0:
				m.Omitted++
			default:
				m.Comparisons = append(m.Comparisons, &Comparison{Task: m.Task, Measure: m.Name, A: x, B: y})
			}
		}
	}
}

// Correct corrects the p-values of a family by Holm's method.
func Correct(family []*Comparison) {
	tests := make([]stats.Test, len(family))
	for i, c := range family {
		tests[i] = c.Test
	}
	for i, adjusted := range stats.Holm(tests) {
		family[i].Adjusted = adjusted
	}
}
