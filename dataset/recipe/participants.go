package recipe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/llm-city/gorod/core/spec"
)

// Ledger is the file that says who the participants are, and what they
// consented to.
type Ledger struct {
	Participants []Participant `yaml:"participants" json:"participants" doc:"the people of the chats"`
}

// Participant is one person, or bot, of the chats.
type Participant struct {
	ID      string   `yaml:"id" json:"id" required:"true" doc:"as the source names them: user123"`
	Name    string   `yaml:"name" json:"name,omitempty" doc:"as shown in the chats"`
	Role    string   `yaml:"role" json:"role,omitempty" doc:"who they are to the target: friend, parent, colleague, stranger, …"`
	Aliases []string `yaml:"aliases" json:"aliases,omitempty" doc:"what they are called in the chats: diminutives, nicknames; replaced like names"`
	Consent *Consent `yaml:"consent" json:"consent,omitempty" doc:"that their words may be used; leave out what was not given"`
}

// Consent is what a participant agreed to, and how.
type Consent struct {
	Date time.Time `yaml:"date" json:"date" required:"true" doc:"when it was given"`
	How  string    `yaml:"how" json:"how" required:"true" doc:"how: a message, a signed form, …"`
}

// LoadLedger reads a file of participants.
func LoadLedger(file string) (*Ledger, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, spec.Problems{{File: file, What: "cannot be read", Why: err.Error(), Do: "check the path"}}
	}
	var l Ledger
	source, problems := spec.Decode(file, text, &l)
	seen := map[string]bool{}
	for i, p := range l.Participants {
		if seen[p.ID] {
			problems = append(problems, source.Problem(fmt.Sprintf("participants[%d].id", i), fmt.Sprintf("%.40q twice", p.ID), "one of the two would be lost", "keep one"))
		}
		seen[p.ID] = true
	}
	if len(problems) > 0 {
		return nil, problems.Sorted()
	}
	return &l, nil
}

// Seen is somebody who wrote in a source.
type Seen struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Messages int64  `json:"messages"`
	Me       bool   `json:"me"` // the owner of the chats
}

// MarshalLedger begins a file of participants, with everything that only a
// person knows left to fill in.
func MarshalLedger(seen []Seen) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# Who is who, and who consented that their words are used. Roles are yours to name:\n" +
		"# friend, parent, colleague, stranger, bot, … Leave consent out where there is none.\n" +
		"#   consent: {date: 2026-01-31, how: \"asked in the chat\"}\nparticipants:\n")
	for _, p := range seen {
		id, err := json.Marshal(p.ID)
		if err != nil {
			return nil, fmt.Errorf("write participants: %w", err)
		}
		name, err := json.Marshal(p.Name) // JSON is YAML
		if err != nil {
			return nil, fmt.Errorf("write participants: %w", err)
		}
		role := ""
		if p.Me {
			role = "self"
		}
		fmt.Fprintf(&b, "  - {id: %s, name: %s, role: %q, aliases: []} # messages: %d\n", id, name, role, p.Messages)
	}
	return b.Bytes(), nil
}
