package choice

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/llm-city/gorod/core/parquet"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

// doc is a row of data: values by name, and where it stands.
type doc struct {
	file   string
	line   int // of text, or row of Parquet, from 1
	fields map[string]any
}

func (d *doc) problem(what, why, do string) spec.Problem {
	return spec.Problem{File: d.file, Line: d.line, Column: 1, What: what, Why: why, Do: do}
}

// docs reads the rows of a file: JSON Lines, JSON, CSV or Parquet. Numbers are
// int64 or float64.
func docs(s task.Setup, key, path string) ([]doc, error) {
	if strings.EqualFold(filepath.Ext(path), ".parquet") {
		var out []doc
		err := parquet.ReadAny(path, func(row int, values map[string]any) error {
			out = append(out, doc{path, row, values})
			return nil
		})
		return filled(out, path, err)
	}
	text, err := items.Open(s, key, path, "", nil)
	if err != nil {
		return nil, err
	}
	return docsOf(text)
}

func docsOf(text items.Text) ([]doc, error) {
	if ext := strings.ToLower(filepath.Ext(text.Name)); ext == ".csv" || ext == ".tsv" {
		out, err := csvDocs(text)
		return filled(out, text.Name, err)
	}
	if trimmed := bytes.TrimSpace(text.Bytes); len(trimmed) > 0 && (trimmed[0] == '[' || json.Valid(trimmed) && bytes.Contains(trimmed, []byte("\n"))) {
		out, err := jsonDocs(text)
		return filled(out, text.Name, err)
	}
	lines, err := items.Lines[map[string]json.RawMessage](text, nil)
	if err != nil {
		return nil, err
	}
	out := make([]doc, len(lines))
	for i, l := range lines {
		fields := make(map[string]any, len(l.Of))
		for name, raw := range l.Of {
			fields[name] = value(raw)
		}
		out[i] = doc{l.File, l.Number, fields}
	}
	return out, nil
}

func filled(out []doc, path string, err error) ([]doc, error) {
	switch {
	case err != nil:
		if _, ok := errors.AsType[spec.Problems](err); ok {
			return nil, err
		}
		return nil, spec.Problems{{File: path, What: "cannot be read", Why: err.Error()}}
	case len(out) == 0:
		return nil, spec.Problems{{File: path, Line: 1, Column: 1, What: "no items", Why: "the file is empty"}}
	}
	return out, nil
}

// value is JSON as plain data, whole numbers as int64.
func value(raw []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return nil // Lines has checked it
	}
	return whole(v)
}

func whole(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // it was decoded as a number
		return f
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = whole(v[k])
		}
	}
	return v
}

// jsonDocs reads a list of objects, also where it lies in an object under data,
// test or data.test, as MERA's files have it. An object has the line that it
// begins in.
func jsonDocs(text items.Text) ([]doc, error) {
	list, at, ok := rows(text.Bytes, 0)
	if !ok {
		return nil, spec.Problems{{File: text.Name, Line: 1, Column: 1, What: "no list of items", Why: "expected a list of objects, or one under data, test or data.test"}}
	}
	var out []doc
	decoder := json.NewDecoder(bytes.NewReader(list))
	_, err := decoder.Token() // [
	for err == nil && decoder.More() {
		// The offset is where the last value ended: a comma and spaces stand before this one.
		from := at + int(decoder.InputOffset())
		from += len(text.Bytes[from:]) - len(bytes.TrimLeft(text.Bytes[from:], ", \t\r\n"))
		line := bytes.Count(text.Bytes[:from], []byte("\n")) + 1
		var raw json.RawMessage
		if err = decoder.Decode(&raw); err != nil {
			break
		}
		fields, isObject := value(raw).(map[string]any)
		if !isObject {
			return nil, spec.Problems{{File: text.Name, Line: line, Column: 1, What: "not a JSON object", Why: "items are objects"}}
		}
		out = append(out, doc{text.Name, line, fields})
	}
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	return out, nil
}

// rows is the list in a JSON text, and where it begins.
func rows(text []byte, depth int) (list []byte, at int, ok bool) {
	trimmed := bytes.TrimSpace(text)
	if len(trimmed) > 0 && trimmed[0] == '[' {
		return trimmed, bytes.IndexByte(text, '['), true
	}
	var object map[string]json.RawMessage
	if depth > 1 || json.Unmarshal(text, &object) != nil {
		return nil, 0, false
	}
	for _, key := range []string{"data", "test"} {
		inner, found := object[key]
		if !found {
			continue
		}
		if list, from, found := rows(inner, depth+1); found {
			return list, max(0, bytes.Index(text, inner)) + from, true
		}
	}
	return nil, 0, false
}

func csvDocs(text items.Text) ([]doc, error) {
	r := csv.NewReader(bytes.NewReader(text.Bytes))
	if strings.EqualFold(filepath.Ext(text.Name), ".tsv") {
		r.Comma = '\t'
	}
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	var out []doc
	for err == nil {
		var row []string
		if row, err = r.Read(); err != nil {
			break
		}
		line, _ := r.FieldPos(0)
		fields := make(map[string]any, len(row))
		for i, cell := range row {
			fields[header[i]] = cell
		}
		out = append(out, doc{text.Name, line, fields})
	}
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, spec.Problems{{File: text.Name, Line: parse.StartLine, Column: max(1, parse.Column), What: "malformed CSV", Why: parse.Err.Error()}}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return out, err
}
