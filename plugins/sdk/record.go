package sdk

import "encoding/json"

// Record is one piece of a plugin's state. The host keeps it: a plugin that
// dies gets its records back in Restore. Its identity is (Agent, Key); an empty
// Agent means state that belongs to no one resident.
type Record struct {
	Agent string          `json:"agent"`
	Key   string          `json:"key"`
	Kind  string          `json:"kind"` // for people who read records: "person", "experience"
	JSON  json.RawMessage `json:"json"`
}

// RecordChange is an upsert of a record, or its removal.
type RecordChange struct {
	Record
	Delete bool `json:"delete,omitempty"`
}
