package social

import "time"

// Visitor is a person from outside who visits a network: somebody with a client
// of ours or with an account on another server, and no resident.
type Visitor struct {
	// ID is @name, or @name@server for an account of another server. The @ tells
	// visitors from residents.
	ID   string `json:"id"`
	Name string `json:"name,omitempty"` // shown; empty: the ID
}

// Visit is one thing that a visitor does.
type Visit struct {
	// ID names the visit, once in a run, and the post that it makes.
	ID      string  `json:"id"`
	Visitor Visitor `json:"visitor"`
	// Kind is post, reply, direct, boost, favourite, unfavourite, vote, follow or
	// unfollow.
	Kind     string   `json:"kind"`
	Text     string   `json:"text,omitempty"`
	Audience Audience `json:"audience,omitempty"` // of a post: Public or Followers
	To       string   `json:"to,omitempty"`       // whom a direct message or a follow is for
	Target   string   `json:"target,omitempty"`   // post answered, boosted, liked or voted in
	Options  []string `json:"options,omitempty"`  // of a poll
	Option   int      `json:"option,omitempty"`   // voted for, from 0
	// At is when it was done, by the clock of the server.
	At time.Time `json:"at"`
}
