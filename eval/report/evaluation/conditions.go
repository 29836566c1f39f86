package evaluation

import (
	"maps"
	"slices"
)

// conditions are those of runs, where nobody is asked anything.
func (w *writer) conditions() []string {
	seen := map[string]bool{}
	for _, t := range w.r.Tasks {
		for _, m := range t.Measures {
			for _, s := range m.Subjects {
				seen[s.Name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// compared is how many are compared.
func (w *writer) compared() string {
	if n := len(w.in.Suite.Subjects); n > 0 {
		return w.Count(n, "участник|участника|участников ¦ subject|subjects")
	}
	return w.Count(len(w.conditions()), "условие|условия|условий ¦ condition|conditions")
}

// replied is how many replies there are, or runs.
func (w *writer) replied() string {
	if len(w.in.Suite.Subjects) > 0 {
		return w.Count(w.in.Replies.All, "ответ|ответа|ответов ¦ reply|replies")
	}
	return w.Count(w.in.Replies.All, "прогон|прогона|прогонов ¦ run|runs")
}
