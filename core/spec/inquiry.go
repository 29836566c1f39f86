package spec

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/plugins/sdk"
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
	ID      string   `yaml:"id,omitempty" doc:"names the question; q1, q2, … where absent"`
	Text    string   `yaml:"text" required:"true" doc:"what is asked"`
	Type    string   `yaml:"type" enum:"single,multiple,scale,open" default:"open" doc:"kind of answer"`
	Options []string `yaml:"options,omitempty" doc:"to choose from; single and multiple"`
	Min     int      `yaml:"min" default:"1" doc:"lowest answer; scale"`
	Max     int      `yaml:"max" default:"7" doc:"highest answer; scale"`
	Low     string   `yaml:"low,omitempty" doc:"what the lowest answer means; scale"`
	High    string   `yaml:"high,omitempty" doc:"what the highest answer means; scale"`
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

func (c *checker) inquiries() {
	ids := map[string]bool{}
	once := func(path, id string) {
		if ids[id] {
			c.problem(c.at(path), fmt.Sprintf("%q twice", id), "surveys, interviews, propositions, extractions and interventions are told apart by it", "rename one")
		}
		ids[id] = true
	}
	for i := range c.study.Surveys {
		s, path := &c.study.Surveys[i], fmt.Sprintf("surveys[%d]", i)
		once(path+".id", s.ID)
		c.schedule(path, &s.Schedule)
		c.audience(path, s.Audience)
		c.questions(path, s.Questions)
	}
	for i := range c.study.Interviews {
		s, path := &c.study.Interviews[i], fmt.Sprintf("interviews[%d]", i)
		once(path+".id", s.ID)
		c.schedule(path, &s.Schedule)
		c.audience(path, s.Audience)
		if len(s.Questions) == 0 {
			c.problem(c.at(path), "an interview without questions", "nothing would be asked", "add questions: [TEXT]")
		}
	}
	for i := range c.study.Propositions {
		p, path := &c.study.Propositions[i], fmt.Sprintf("propositions[%d]", i)
		once(path+".id", p.ID)
		c.schedule(path, &p.Schedule)
		c.claim(path, p.Claim)
	}
	for i := range c.study.Extract {
		e, path := &c.study.Extract[i], fmt.Sprintf("extract[%d]", i)
		once(path+".name", e.Name)
		c.schedule(path, &e.Schedule)
		c.extraction(path, e)
	}
	for i := range c.study.Interventions {
		v, path := &c.study.Interventions[i], fmt.Sprintf("interventions[%d]", i)
		once(path+".id", v.ID)
		c.intervention(path, v)
	}
	for i := range c.study.Metrics {
		c.plugin(fmt.Sprintf("metrics[%d]", i), &c.study.Metrics[i], sdk.KindMetric, "")
	}
}

func (c *checker) questions(path string, questions []Question) {
	if len(questions) == 0 {
		c.problem(c.at(path), "a survey without questions", "nothing would be asked", "add questions: [{text: …}]")
	}
	ids := map[string]bool{}
	for i := range questions {
		q, at := &questions[i], fmt.Sprintf("%s.questions[%d]", path, i)
		if q.ID == "" {
			q.ID = fmt.Sprintf("q%d", i+1)
		}
		if ids[q.ID] {
			c.problem(c.at(at+".id"), fmt.Sprintf("question %q twice", q.ID), "answers are told apart by it", "rename one")
		}
		ids[q.ID] = true
		c.question(at, *q)
	}
}

func (c *checker) question(path string, q Question) {
	choice := q.Type == Single || q.Type == Multiple
	switch {
	case choice && len(q.Options) < 2:
		c.problem(c.at(path), "nothing to choose from", "a question of type "+q.Type+" needs at least two options", "add options: [A, B]")
	case !choice && len(q.Options) > 0:
		c.problem(c.at(path+".options"), "options are not used", "the question is of type "+q.Type, "use type: single or multiple, or remove them")
	case q.Type == Scale && q.Min >= q.Max:
		c.problem(c.at(path), "an empty scale", fmt.Sprintf("it goes from %d to %d", q.Min, q.Max), "give min below max")
	}
	for i, option := range q.Options {
		if slices.Contains(q.Options[:i], option) {
			c.problem(c.at(fmt.Sprintf("%s.options[%d]", path, i)), fmt.Sprintf("option %q twice", option), "answers could not be told apart", "rename one")
		}
	}
}

func (c *checker) claim(path string, p Claim) {
	if p.Judge != "" {
		c.model(path+".judge", p.Judge)
	}
	c.audience(path+".of", p.Of)
}

func (c *checker) extraction(path string, e *Extraction) {
	if e.Model != "" {
		c.model(path+".model", e.Model)
	}
	c.audience(path+".of", e.Of)
	if !nameIs(e.Name) {
		c.problem(c.at(path+".name"), fmt.Sprintf("name cannot be %.40q", e.Name), "it names a file", "use lower-case Latin letters, digits and hyphens")
	}
	var object struct {
		Type       string                     `json:"type"`
		Properties map[string]json.RawMessage `json:"properties"`
	}
	_, err := schema.Compile(e.Schema)
	if err == nil {
		err = json.Unmarshal(e.Schema, &object)
	}
	if err != nil {
		c.problem(c.at(path+".schema"), "not a JSON Schema", err.Error(), "see json-schema.org")
	} else if len(e.Schema) > 0 && (object.Type != "object" || len(object.Properties) == 0) {
		c.problem(c.at(path+".schema"), "the schema is not of an object with properties", "each property is a column", "write {type: object, properties: {…}}")
	}
}
