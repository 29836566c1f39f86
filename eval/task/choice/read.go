package choice

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

// The formats of a file of items, as the YAML of a suite names them.
const (
	formatLines   = "jsonl"
	formatHarness = "lm-eval"
	formatMERA    = "mera"
)

// read reads what a task names, in the format that it names or that the file
// looks like.
func read(s task.Setup) (*questions, error) {
	of := s.Task.Choice
	text, err := items.Open(s, "choice.items", of.Items, "shipped items", shipped)
	if err != nil {
		return nil, err
	}
	format := of.Format
	if format == "" || format == "auto" {
		format = looks(text)
	}
	var q *questions
	switch format {
	case formatHarness:
		q, err = readHarness(s, text)
	case formatMERA:
		q, err = readMERA(text)
	default:
		q, err = readLines(text, s.Suite.Language)
	}
	if err != nil {
		return nil, err
	}
	return q, distinct(q, text.Name)
}

// looks is the format that a file looks like.
func looks(text items.Text) string {
	switch strings.ToLower(filepath.Ext(text.Name)) {
	case ".yaml", ".yml":
		return formatHarness
	case ".json":
		return formatMERA
	}
	var first map[string]json.RawMessage
	line, _, _ := bytes.Cut(bytes.TrimSpace(text.Bytes), []byte("\n"))
	if json.Unmarshal(line, &first) == nil && first["instruction"] != nil && first["inputs"] != nil {
		return formatMERA
	}
	return formatLines
}

// distinct refuses two items of one id.
func distinct(q *questions, file string) error {
	seen := map[string]bool{}
	for _, one := range q.all {
		if seen[one.id] {
			return spec.Problems{{File: file, What: "item " + one.id + " twice", Why: "ids of items are distinct", Do: "give each an id of its own"}}
		}
		seen[one.id] = true
	}
	return nil
}

// line is an item of our own format.
type line struct {
	ID       string   `json:"id" required:"true"`
	Question string   `json:"question" required:"true"`
	Choices  []string `json:"choices" required:"true"`
	Answer   any      `json:"answer" required:"true"`
	Cluster  string   `json:"cluster"`
}

// readLines reads JSON Lines with id, question, choices and answer.
func readLines(text items.Text, language string) (*questions, error) {
	lines, err := items.Lines(text, func(l *line) string { return l.ID })
	if err != nil {
		return nil, err
	}
	ask, answer := "Вопрос: ", "\nОтвет:"
	if language == "en" {
		ask, answer = "Question: ", "\nAnswer:"
	}
	q := &questions{apart: "\n\n"}
	var problems spec.Problems
	for _, l := range lines {
		right, found := items.Right(&l, l.Of.Choices, l.Of.Answer, "choices")
		problems = append(problems, found...)
		q.all = append(q.all, question{
			id: l.Of.ID, cluster: l.Of.Cluster, text: ask + strings.TrimSpace(l.Of.Question) + answer, between: " ",
			choices: l.Of.Choices, right: right,
		})
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return q, nil
}
