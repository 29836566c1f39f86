package event

import (
	"encoding/json"
	"slices"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Findings are what a study learned about a run from outside: asking changed
// nothing in it, so they are stored with the tick and not digested.
type Findings struct {
	Answers  []Answer
	Scores   []Score
	Extracts []Extract
}

// And is both.
func (f Findings) And(other Findings) Findings {
	return Findings{
		slices.Concat(f.Answers, other.Answers), slices.Concat(f.Scores, other.Scores), slices.Concat(f.Extracts, other.Extracts),
	}
}

// Answer is what an agent answered to a question of a survey or an interview.
// Which of Options, Number and Text is set depends on the question's type.
type Answer struct {
	Survey   string   `json:"survey"`   // id of the survey or interview
	Question string   `json:"question"` // id of the question
	Type     string   `json:"type"`     // single, multiple, scale or open
	Agent    string   `json:"agent"`
	Tick     int64    `json:"tick"`
	Options  []string `json:"options,omitempty"` // chosen
	Number   *float64 `json:"number,omitempty"`  // on the scale
	Low      *float64 `json:"low,omitempty"`     // end of the scale, where the question has one
	High     *float64 `json:"high,omitempty"`    // its other end
	Text     string   `json:"text,omitempty"`    // said, or why this answer
	// Missing says why there is no answer; empty where there is one.
	Missing string `json:"missing,omitempty"`
}

// Score is a value of a metric, or of a proposition that a judge scored.
type Score struct {
	sdk.Score
	Source string `json:"source"`           // the plugin, or proposition/ID
	Detail string `json:"detail,omitempty"` // the judge's justification
}

// Extract is what a model read out of a run: an object that fits the study's
// schema.
type Extract struct {
	Name  string          `json:"name"`
	Agent string          `json:"agent,omitempty"` // whom it is about; empty for the run
	Tick  int64           `json:"tick"`
	JSON  json.RawMessage `json:"json"`
}
