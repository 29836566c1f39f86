package sdk

// Action is what a resident decides to do: a kind and its arguments by name.
type Action struct {
	Kind string            `json:"kind"`
	Args map[string]string `json:"args,omitempty"`
}

// Arg returns an argument, or "" where it is absent.
func (a Action) Arg(name string) string { return a.Args[name] }

// ActionSpec says what an environment allows a resident now.
type ActionSpec struct {
	Kind        string    `json:"kind"`
	Description string    `json:"description"` // in the society's language
	Args        []ArgSpec `json:"args,omitempty"`
}

// ArgSpec describes an argument of an action.
type ArgSpec struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Required    bool     `json:"required,omitempty"`
	Values      []string `json:"values,omitempty"` // allowed values; empty means free text
}
