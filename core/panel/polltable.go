package panel

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/panel/internal/city"
)

// answerTable is a row an answer.
func answerTable(a control.Ask, answers []event.Answer, people map[string]city.Resident) ([]byte, error) {
	texts := map[string]string{}
	for _, question := range a.Questions {
		texts[question.ID] = question.Text
	}
	var names []string
	for _, b := range breaks(people) {
		if strings.HasPrefix(b, traitPrefix) {
			names = append(names, strings.TrimPrefix(b, traitPrefix))
		}
	}
	head := []string{"agent", "name", "group", "gender", "age", "occupation"}
	for _, name := range names {
		head = append(head, "trait_"+name)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true // RFC 4180
	rows := [][]string{append(head, "question_id", "question", "type", "answer", "text", "missing")}
	for _, answer := range answers {
		r := people[answer.Agent]
		age := ""
		if r.Persona.Age > 0 {
			age = strconv.Itoa(r.Persona.Age)
		}
		row := []string{answer.Agent, r.Name, r.Group, r.Persona.Gender, age, r.Persona.Occupation}
		for _, name := range names {
			value := ""
			if v, ok := r.Persona.Traits[name]; ok {
				value = strconv.FormatFloat(v, 'g', -1, 64)
			}
			row = append(row, value)
		}
		rows = append(rows, append(row, answer.Question, texts[answer.Question], answer.Type, picked(answer), answer.Text, answer.Missing))
	}
	for _, row := range rows {
		for i := range row {
			row[i] = plainCell(row[i])
		}
	}
	err := w.WriteAll(rows)
	return out.Bytes(), err
}

// plainCell is a text that no spreadsheet takes for a formula. Numbers below
// zero are numbers.
func plainCell(s string) string {
	s = strings.ReplaceAll(prose(s, 4000), "\n", " ")
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	var out strings.Builder
	begins := true
	for _, r := range s {
		if begins && strings.ContainsRune("=+-@|%＝＋－＠", r) {
			out.WriteByte('\'')
		}
		// Where numbers are written with a comma, spreadsheets begin a new cell after a
		// semicolon.
		begins = r == ';' || begins && (r == ' ' || r == '"' || r == '\'')
		out.WriteRune(r)
	}
	return out.String()
}
