package suite

import "slices"

// Kind is the key of the kind that a task has: dialogue, style, choice.
func (t *Task) Kind() string {
	if kinds := t.kinds(); len(kinds) > 0 {
		return kinds[0]
	}
	return ""
}

// Kinds are the keys of all kinds, in the order of the YAML.
func Kinds() []string {
	return []string{"dialogue", "language", "retention", "persona", "mood", "action", "style", "memorisation", "sentiment", "society", "choice"}
}

// kinds are those that a task has set.
func (t *Task) kinds() []string {
	set := []bool{
		t.Dialogue != nil, t.Language != nil, t.Retention != nil, t.Persona != nil, t.Mood != nil, t.Action != nil,
		t.Style != nil, t.Memorisation != nil, t.Sentiment != nil, t.Society != nil, t.Choice != nil,
	}
	var out []string
	for i, kind := range Kinds() {
		if set[i] {
			out = append(out, kind)
		}
	}
	return out
}

// Subject is the subject with a name, or nil.
func (s *Suite) Subject(name string) *Subject {
	at := slices.IndexFunc(s.Subjects, func(x Subject) bool { return x.Name == name })
	if at < 0 {
		return nil
	}
	return &s.Subjects[at]
}

// Task is the task with a name, or nil.
func (s *Suite) Task(name string) *Task {
	at := slices.IndexFunc(s.Tasks, func(x Task) bool { return x.Name == name })
	if at < 0 {
		return nil
	}
	return &s.Tasks[at]
}

// Judge is the judge with a name, or nil.
func (s *Suite) Judge(name string) *Judge {
	at := slices.IndexFunc(s.Judges, func(x Judge) bool { return x.Name == name })
	if at < 0 {
		return nil
	}
	return &s.Judges[at]
}

// Names of modes of judges.
const (
	Rubric   = "rubric"
	Pairwise = "pairwise"
)
