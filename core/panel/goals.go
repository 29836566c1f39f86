package panel

import (
	"context"
	"slices"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/spec"
)

// goalChanges are what changed the goals of a resident from outside, which is
// all that changes them.
type goalChanges struct {
	before []city.Mark // up to the tick that is looked at, oldest first
	later  bool        // there are some after it
}

// marksOf are those that changed somebody's goals.
func marksOf(marks []city.Mark, id string) (out []city.Mark) {
	for _, m := range marks {
		if slices.ContainsFunc(m.Effects, func(e event.Effect) bool { return changes(e, id) }) {
			out = append(out, m)
		}
	}
	return out
}

func changes(e event.Effect, id string) bool {
	return e.Kind == "goals" && slices.Contains(e.Agents, id)
}

// goals are what a resident wanted after the tick that is looked at. The journal
// keeps those after the last one; earlier ones follow from those at the start
// and what changed them. unsure says that they do not, and what is shown is the
// last.
func (q *request) goals(ctx context.Context, r city.Resident, c goalChanges) (goals []string, unsure bool, err error) {
	j, err := q.run.city.Journal(ctx)
	if err != nil {
		return nil, false, err
	}
	state, known, err := j.Agent(ctx, r.ID)
	if err != nil {
		return nil, false, err
	}
	if known && !c.later {
		return state.Goals, false, nil
	}
	if goals, err = q.firstGoals(ctx, j, r); err != nil {
		return nil, false, err
	}
	for _, m := range c.before {
		if goals, known = q.run.changed(goals, m, r.ID); !known {
			return state.Goals, true, nil
		}
	}
	return goals, false, nil
}

// firstGoals are those with which a resident came.
func (q *request) firstGoals(ctx context.Context, j *journal.Journal, r city.Resident) ([]string, error) {
	for _, one := range q.run.residents() {
		if one.ID == r.ID {
			return one.Goals, nil
		}
	}
	type newcomer struct {
		Goals []string `json:"goals"`
	}
	came, ok, err := journal.Row[newcomer](ctx, j, rowNewcomer, r.ID)
	if err != nil || ok {
		return came.Goals, err
	}
	return r.Persona.Goals, nil
}

// residents are those with whom the study begins; none where it is not known.
func (w *watched) residents() []spec.Resident {
	if w.Study == nil {
		return nil
	}
	return w.Study.Residents()
}

// changed are goals after a mark; false where nothing says what it changed.
func (w *watched) changed(goals []string, m city.Mark, id string) ([]string, bool) {
	for i, e := range m.Effects {
		if !changes(e, id) {
			continue
		}
		c := m.Goals
		if c == nil {
			c = w.intended(m.ID, i)
		}
		if c == nil {
			return nil, false
		}
		if len(c.Set) > 0 {
			goals = c.Set
			continue
		}
		goals = slices.Clone(goals)
		for _, goal := range c.Add {
			if !slices.Contains(goals, goal) {
				goals = append(goals, goal)
			}
		}
	}
	return goals, true
}

// intended is how an intervention of the study changes goals with one of its
// effects; nil where the study is not known or says nothing of it.
func (w *watched) intended(id string, effect int) *spec.GoalChange {
	if w.Study == nil {
		return nil
	}
	for _, v := range w.Study.Interventions {
		if v.ID == id && effect < len(v.Do) {
			return v.Do[effect].Goals
		}
	}
	return nil
}
