package spec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/plugins/sdk"
)

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
		c.id(path+".id", s.ID)
		c.schedule(path, &s.Schedule)
		c.audience(path, s.Audience)
		c.questions(path, s.Questions)
	}
	for i := range c.study.Interviews {
		s, path := &c.study.Interviews[i], fmt.Sprintf("interviews[%d]", i)
		once(path+".id", s.ID)
		c.id(path+".id", s.ID)
		c.schedule(path, &s.Schedule)
		c.audience(path, s.Audience)
		if len(s.Questions) == 0 {
			c.problem(c.at(path), "an interview without questions", "nothing would be asked", "add questions: [TEXT]")
		}
		for j, q := range s.Questions {
			c.text(fmt.Sprintf("%s.questions[%d]", path, j), q)
		}
	}
	for i := range c.study.Propositions {
		p, path := &c.study.Propositions[i], fmt.Sprintf("propositions[%d]", i)
		once(path+".id", p.ID)
		c.id(path+".id", p.ID)
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
		c.id(path+".id", v.ID)
		c.intervention(path, v)
	}
	for i := range c.study.Metrics {
		m, path := &c.study.Metrics[i], fmt.Sprintf("metrics[%d]", i)
		c.plugin(path, m, sdk.KindMetric, "")
		if slices.ContainsFunc(c.study.Metrics[:i], func(other Plugin) bool { return other.Plugin == m.Plugin }) {
			c.problem(c.at(path+".plugin"), fmt.Sprintf("metric plugin %q twice", m.Plugin), "its scores could not be told apart", "remove one, or vary its config in matrix.axes")
		}
	}
}

const maxID = 100 // runes

// id checks what names a part of the study in tables and in calls of models.
// One that is absent or empty is reported where it is required.
func (c *checker) id(path, id string) {
	if _, given := c.places[path]; !given || id == "" {
		return
	}
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == '#' }
	if strings.TrimSpace(id) != id || utf8.RuneCountInString(id) > maxID || strings.ContainsFunc(id, odd) {
		c.problem(c.at(path), fmt.Sprintf("%s cannot be %.40q", path, id), "it stands in tables",
			fmt.Sprintf("use 1 to %d printable characters, none of them #, and no spaces around them", maxID))
	}
}

// text checks that a text that is given says something. An empty one is reported
// where it is required, but for items of lists.
func (c *checker) text(path, text string) {
	if text == "" && !strings.HasSuffix(path, "]") {
		return
	}
	if _, given := c.places[path]; given && strings.TrimSpace(text) == "" {
		c.problem(c.at(path), path+" is empty", "it would say nothing", "write a text, or remove it")
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
		c.id(at+".id", q.ID)
		c.text(at+".text", q.Text)
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
	case q.Type != Scale && q.Low+q.High != "":
		c.problem(c.at(path), "low and high are not used", "the question is of type "+q.Type, "use type: scale, or remove them")
	}
	for i, option := range q.Options {
		c.text(fmt.Sprintf("%s.options[%d]", path, i), option)
		if slices.Contains(q.Options[:i], option) {
			c.problem(c.at(fmt.Sprintf("%s.options[%d]", path, i)), fmt.Sprintf("option %q twice", option), "answers could not be told apart", "rename one")
		}
	}
}

func (c *checker) claim(path string, p Claim) {
	if p.Judge != "" {
		c.model(path+".judge", p.Judge)
	}
	c.text(path+".claim", p.Text)
	c.about(path, p.About, p.Of)
}

// about checks whom each one is for.
func (c *checker) about(path, about string, of Audience) {
	c.audience(path+".of", of)
	if about != "each" && given(of.To != "", of.Group != "", len(of.Agents) > 0) > 0 {
		c.problem(c.at(path+".of"), "of is not used", "it is about the world", "add about: each, or remove it")
	}
}

func (c *checker) extraction(path string, e *Extraction) {
	if e.Model != "" {
		c.model(path+".model", e.Model)
	}
	c.text(path+".instruction", e.Instruction)
	c.about(path, e.About, e.Of)
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
