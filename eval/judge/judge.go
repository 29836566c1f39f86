// Package judge has a language model judge replies: it marks one by the criteria
// of a rubric, or says which of two is better. It sees no name of a subject, and
// what was replied reaches it as data, between delimiters that no reply can know.
package judge

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"text/template"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task/items"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Win is the measure of a pairwise verdict: of a reply against another, 1
// better, 0.5 as good, 0 worse.
const Win = "win"

// Question is what a judge is asked about.
type Question struct {
	Seed      uint64 // of the judge's replies
	Task      string
	Kind      string // of the task
	Item      string
	Repeat    int32
	Criteria  string           // what it needs to know of the item beside the dialogue
	Messages  []sample.Message // what was answered, without system messages
	Reference string           // what the person really answered; empty where there is none
}

// Reply is one that is judged.
type Reply struct {
	Subject string
	Text    string
}

// Judge asks a model what it thinks of replies. It is used by several
// goroutines.
type Judge struct {
	name     string
	language string
	provider llm.Provider
	rubric   *Rubric            // of the suite; nil: the task's own
	own      map[string]*Rubric // by kind of task
	prompts  *template.Template
}

// New makes a judge of a suite, who asks a provider, in a language. What is
// wrong with its rubric comes as spec.Problems.
func New(of suite.Judge, provider llm.Provider, language string) (*Judge, error) {
	j := &Judge{name: of.Name, language: language, provider: provider}
	var err error
	if of.Rubric != "" {
		if j.rubric, err = LoadRubric(of.Rubric); err != nil {
			return nil, err
		}
	}
	if j.own, err = shippedRubrics(language); err != nil {
		return nil, err
	}
	if j.prompts, err = readPrompts(language); err != nil {
		return nil, err
	}
	return j, nil
}

// rubricOf is what replies of a kind of task are marked by.
func (j *Judge) rubricOf(kind string) *Rubric {
	if j.rubric != nil {
		return j.rubric
	}
	if r := j.own[kind]; r != nil {
		return r
	}
	return j.own[dialogue]
}

// Rubric marks a reply from 1 to 5 by every criterion. A judge who gives no
// verdict that is any use gives reasons in Missing; an error says that it could
// not be asked.
func (j *Judge) Rubric(ctx context.Context, q Question, reply Reply) ([]sample.Score, error) {
	rubric := j.rubricOf(q.Kind)
	said, err := j.ask(ctx, &q, "rubric", rubric.schema(), scene{Rubric: rubric, Replies: []string{reply.Text}})
	if err != nil {
		return nil, err
	}
	var marks map[string]struct {
		Why  string  `json:"why"`
		Mark float64 `json:"mark"`
	}
	said.read(&marks)
	out := make([]sample.Score, len(rubric.Criteria))
	for i, c := range rubric.Criteria {
		out[i] = j.row(reply, c.Name, said)
		if m := marks[c.Name]; said.missing == "" {
			out[i].Value, out[i].Words = m.Mark, text.Plain(m.Why, maxWords)
		}
	}
	return out, nil
}

// Pair says of two replies which is better. It is asked in both orders: a row
// each, of a against b.
func (j *Judge) Pair(ctx context.Context, q Question, a, b Reply) ([]sample.Score, error) {
	var out []sample.Score
	for _, first := range []bool{true, false} {
		shown := []string{a.Text, b.Text}
		if !first {
			shown = []string{b.Text, a.Text}
		}
		said, err := j.ask(ctx, &q, "pair", pairSchema(), scene{Replies: shown})
		if err != nil {
			return nil, err
		}
		var verdict struct {
			Why    string `json:"why"`
			Better string `json:"better"`
		}
		said.read(&verdict)
		row := j.row(a, Win, said)
		row.Other, row.First, row.Length = b.Subject, first, length(a.Text)-length(b.Text)
		if said.missing == "" {
			row.Value, row.Words = won(verdict.Better, first), text.Plain(verdict.Why, maxWords)
		}
		out = append(out, row)
	}
	return out, nil
}

// won is what a verdict is worth for a reply that was shown first, or second.
func won(better string, first bool) float64 {
	switch better {
	case tie:
		return 0.5
	case firstOfTwo:
		return items.Binary(first)
	default:
		return items.Binary(!first)
	}
}

// row is a score without its value.
func (j *Judge) row(of Reply, measure string, said *verdict) sample.Score {
	return sample.Score{Subject: of.Subject, Measure: measure, By: j.name, Call: said.call, Length: length(of.Text), Missing: said.missing, Words: said.words}
}

func length(s string) int32 { return int32(min(utf8.RuneCountInString(s), math.MaxInt32/2)) }

// verdict is what a judge said, or why that is no use.
type verdict struct {
	json    string
	call    string
	missing string
	words   string // where it is missing
}

// read takes a verdict that fits its schema.
func (v *verdict) read(into any) {
	if v.missing != "" {
		return
	}
	if err := json.Unmarshal([]byte(v.json), into); err != nil {
		v.missing, v.words = unusable, err.Error()
	}
}

// Why a judge gave no mark.
const (
	refused  = "the judge refused"
	unusable = "the judge's verdict is unusable"
	tooMuch  = "the judge's server refused the question"
)

func (j *Judge) ask(ctx context.Context, q *Question, prompt string, schema []byte, s scene) (*verdict, error) {
	s.describe(q)
	messages, err := j.render(prompt, s)
	if err != nil {
		return nil, err
	}
	resp, err := j.provider.Generate(ctx, llm.Request{
		Messages: messages, Schema: schema, Sampling: llm.Sampling{Seed: seed(q.Seed, messages)},
		Agent: "judge/" + q.Task + "/" + q.Item, Facts: &llm.Facts{Language: j.language},
	})
	v := &verdict{json: resp.Text, call: resp.Key}
	switch {
	case err == nil:
		return v, nil
	case llm.IsKind(err, llm.BadReply) && items.Refusal(resp.Text):
		v.missing = refused
	case llm.IsKind(err, llm.BadReply):
		v.missing = unusable
	case llm.IsKind(err, llm.BadRequest):
		v.missing = tooMuch
		v.words = text.Plain(err.Error(), maxWords)
		return v, nil
	default:
		return nil, fmt.Errorf("ask about item %s of %s: %w", q.Item, q.Task, err)
	}
	v.words = text.Plain(resp.Text, maxWords)
	return v, nil
}

// seed is that of a judge's reply: another for each question.
func seed(of uint64, messages []sdk.Message) uint64 {
	h := sha256.New()
	for _, m := range messages {
		fmt.Fprintf(h, "%d %q %q\n", of, m.Role, m.Content)
	}
	return binary.LittleEndian.Uint64(h.Sum(nil))
}
