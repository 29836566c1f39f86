package spec

import (
	"encoding/json"
)

// Survey is a set of questions that residents are asked out of band: they do
// not know afterwards that they were asked.
type Survey struct {
	ID        string `yaml:"id" required:"true" doc:"names the survey in tables"`
	Schedule  `yaml:",inline"`
	Audience  `yaml:",inline"`
	Sample    int        `yaml:"sample,omitempty" min:"0" doc:"ask so many of them, drawn anew each time; all where absent"`
	Questions []Question `yaml:"questions" required:"true" doc:"what is asked, each alone"`
}

// Types of a Question.
const (
	Single   = "single"
	Multiple = "multiple"
	Scale    = "scale"
	Open     = "open"
)

// Question is one question of a survey.
type Question struct {
	ID      string   `json:"id,omitempty" yaml:"id,omitempty" doc:"names the question; q1, q2, … where absent"`
	Text    string   `json:"text,omitempty" yaml:"text" required:"true" doc:"what is asked"`
	Type    string   `json:"type,omitempty" yaml:"type" enum:"single,multiple,scale,open" default:"open" doc:"kind of answer"`
	Options []string `json:"options,omitempty" yaml:"options,omitempty" doc:"to choose from; single and multiple"`
	Min     int      `json:"min,omitempty" yaml:"min" default:"1" doc:"lowest answer; scale"`
	Max     int      `json:"max,omitempty" yaml:"max" default:"7" doc:"highest answer; scale"`
	Low     string   `json:"low,omitempty" yaml:"low,omitempty" doc:"what the lowest answer means; scale"`
	High    string   `json:"high,omitempty" yaml:"high,omitempty" doc:"what the highest answer means; scale"`
}

// Interview is a conversation with residents out of band: each question is
// asked after the answer to the one before.
type Interview struct {
	ID        string `yaml:"id" required:"true" doc:"names the interview in tables"`
	Schedule  `yaml:",inline"`
	Audience  `yaml:",inline"`
	Sample    int      `yaml:"sample,omitempty" min:"0" doc:"ask so many of them, drawn anew each time; all where absent"`
	Intro     string   `yaml:"intro,omitempty" doc:"what the interviewer says first"`
	Questions []string `yaml:"questions" required:"true" doc:"what is asked, one after the other"`
}

// Proposition is a claim about the world or about residents that a model
// judges by what happened (TinyTroupe's propositions).
type Proposition struct {
	ID       string `yaml:"id" required:"true" doc:"names the proposition in tables"`
	Schedule `yaml:",inline"`
	Claim    `yaml:",inline"`
}

// Claim is what a judge is asked.
type Claim struct {
	Text         string   `yaml:"claim" required:"true" doc:"the statement that is judged"`
	Precondition string   `yaml:"precondition,omitempty" doc:"where this does not hold, the claim is taken to be true"`
	About        string   `yaml:"about" enum:"world,each" default:"world" doc:"one judgement of all that happened, or one for each resident"`
	Of           Audience `yaml:"of,omitempty" doc:"each: which residents"`
	Mode         string   `yaml:"mode" enum:"check,score" default:"score" doc:"check: true or false; score: 0 to 9"`
	Judge        string   `yaml:"judge,omitempty" doc:"entry of models that judges; agents.model where absent"`
	DoubleCheck  bool     `yaml:"double_check,omitempty" doc:"the judge must come to the same answer twice"`
	Window       int      `yaml:"window" default:"200" min:"1" max:"5000" doc:"the judge reads so many of the last things that happened"`
}

// Extraction is an object that a model reads out of what happened.
type Extraction struct {
	Name        string `yaml:"name" required:"true" doc:"names the table: lower-case Latin letters, digits and hyphens"`
	Schedule    `yaml:",inline"`
	About       string          `yaml:"about" enum:"world,each" default:"world" doc:"one object of all that happened, or one for each resident"`
	Of          Audience        `yaml:"of,omitempty" doc:"each: which residents"`
	Instruction string          `yaml:"instruction" required:"true" doc:"what to read out"`
	Schema      json.RawMessage `yaml:"schema" required:"true" doc:"JSON Schema of the object; its properties are the table's columns"`
	Model       string          `yaml:"model,omitempty" doc:"entry of models that reads; agents.model where absent"`
	Window      int             `yaml:"window" default:"200" min:"1" max:"5000" doc:"it reads so many of the last things that happened"`
}
