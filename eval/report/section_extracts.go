package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/llm-city/gorod/core/event"
)

const (
	maxExtracts       = 20 // tables
	maxExtractRows    = 12 // of each
	maxExtractColumns = 8
)

// extracts are what a model read out of the runs.
func (s *study) extracts() section {
	out := section{ID: "extracts", Nav: s.T("Извлечено ¦ Extracted"), Title: s.T("Извлечено моделью ¦ Extracted by a model"),
		Intro: s.T("Что модель прочла в прогонах по указанию исследования. Показаны первые строки; все — в data/extracts.csv и в экспорте. ¦ " +
			"What a model read out of the runs as the study instructed it. The first rows are shown; all are in data/extracts.csv and in the export.")}
	names := s.extractNames()
	for _, name := range names[:min(len(names), maxExtracts)] {
		out.Blocks = append(out.Blocks, block{Table: s.extractTable(name)})
	}
	return out
}

// extractNames are those of all runs, as they come up.
func (s *study) extractNames() []string {
	var out []string
	for _, r := range s.runs {
		for _, e := range r.extracts {
			if !slices.Contains(out, e.Name) {
				out = append(out, e.Name)
			}
		}
	}
	return out
}

// field is one property of an extract.
type field struct {
	name, value string
	number      bool
}

// csv is the value as a cell of a CSV file.
func (f field) csv() string {
	if f.number {
		return f.value
	}
	return csvText(f.value)
}

// fieldsOf are an extract's, by name; texts stand as they are, anything else as
// JSON. What is no object is one field without a name.
func fieldsOf(e event.Extract) []field {
	var object map[string]json.RawMessage
	if json.Unmarshal(e.JSON, &object) != nil {
		return []field{{"", plain(e.JSON), false}}
	}
	var out []field
	for _, name := range slices.Sorted(maps.Keys(object)) {
		var number float64
		out = append(out, field{name, plain(object[name]), json.Unmarshal(object[name], &number) == nil && string(object[name]) != "null"})
	}
	return out
}

// plain is a JSON text as it is, or any other JSON value on one line.
func plain(data json.RawMessage) string {
	var text string
	if json.Unmarshal(data, &text) == nil {
		return text
	}
	var out bytes.Buffer
	if json.Compact(&out, data) != nil {
		return string(data)
	}
	return out.String()
}

func (s *study) extractTable(name string) *table {
	var rows []struct {
		*run
		event.Extract
	}
	fields, total, ofAgents := map[string]bool{}, 0, false
	for _, r := range s.runs {
		for _, e := range r.extracts {
			if e.Name != name {
				continue
			}
			if total++; total > maxExtractRows {
				continue
			}
			ofAgents = ofAgents || e.Agent != ""
			for _, f := range fieldsOf(e) {
				fields[f.name] = true
			}
			rows = append(rows, struct {
				*run
				event.Extract
			}{r, e})
		}
	}
	shown := slices.Sorted(maps.Keys(fields))
	t := &table{Caption: line(name, 80), Head: []column{{Text: s.T("Условие ¦ Condition")}, {Text: "Seed", Numeric: true}, {Text: s.timeTitle()}}}
	if ofAgents {
		t.Head = append(t.Head, column{Text: s.T("О ком ¦ Whom")})
	}
	hidden := len(shown) - maxExtractColumns
	shown = shown[:min(len(shown), maxExtractColumns)]
	for _, f := range shown {
		t.Head = append(t.Head, column{Text: line(f, 60)})
	}
	for _, row := range rows {
		cells := texts(line(row.Cell, 100), strconv.FormatUint(row.Seed, 10), s.when(row.Tick))
		if ofAgents {
			cells = append(cells, cell{Text: nameOf(row.names(), row.Agent)})
		}
		values := map[string]string{}
		for _, f := range fieldsOf(row.Extract) {
			values[f.name] = f.value
		}
		for _, f := range shown {
			cells = append(cells, cell{Text: line(values[f], 200)})
		}
		t.Rows = append(t.Rows, cells)
	}
	t.Note = fmt.Sprintf(s.T("Строк показано: %d из %d. ¦ Rows shown: %d of %d."), len(rows), total)
	if hidden > 0 {
		t.Note += " " + fmt.Sprintf(s.T("Не показано столбцов: %d. ¦ Columns left out: %d."), hidden)
	}
	return t
}
