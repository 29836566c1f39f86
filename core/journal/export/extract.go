package export

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/llm-city/gorod/core/event"
)

// Extraction is something that a study reads out of its runs: a table of its
// own, whose columns are the properties of the schema.
type Extraction struct {
	Name   string          // lower-case Latin letters, digits and hyphens
	Schema json.RawMessage // JSON Schema of an object
}

const (
	extractPrefix = "extract-"
	// restColumn holds what no column of an extraction's table could.
	restColumn = "rest"
)

// extractFile is the table of one extraction.
type extractFile struct {
	*file[parquet.Row]
	columns []column
	key     *parquet.Schema // of the columns that it begins with
}

// columnsOfAll are the columns of every extraction. Cells of a study may have
// different schemas of one: its table has the columns of all.
func columnsOfAll(sources []Source) (map[string][]column, error) {
	schemas := map[string][]json.RawMessage{}
	for _, s := range sources {
		for _, e := range s.Extracts {
			schemas[e.Name] = append(schemas[e.Name], e.Schema)
		}
	}
	all := map[string][]column{}
	for name, of := range schemas {
		columns, err := columnsOfSchemas(of)
		if err != nil {
			return nil, fmt.Errorf("schema of the extraction %s: %w", name, err)
		}
		all[name] = columns
	}
	return all, nil
}

func (t *tables) addExtract(base Base, e event.Extract) error {
	f, ok := t.extracts[e.Name]
	if !ok {
		var err error
		if f, err = t.openExtract(e.Name); err != nil {
			return err
		}
		t.extracts[e.Name] = f
	}
	return f.add(f.row(base, e))
}

// openExtract makes the table of an extraction when its first row comes.
func (t *tables) openExtract(name string) (*extractFile, error) {
	if !isFileName(name) {
		return nil, fmt.Errorf("an extraction cannot be named %.40q", name)
	}
	columns := t.columns[name]
	key, schema := extractSchema(name, columns)
	f, err := createRows(t.codec, t.dir, extractPrefix+name, schema)
	if err != nil {
		return nil, err
	}
	t.all = append(t.all, f)
	return &extractFile{f, columns, key}, nil
}

// extractSchema is that of an extraction's table, and of the columns that it
// begins with.
func extractSchema(name string, columns []column) (key, all *parquet.Schema) {
	key = parquet.SchemaOf(extractKey{})
	fields := key.Fields()
	for _, c := range columns {
		fields = append(fields, c)
	}
	fields = append(fields, newColumn(shape{}, restColumn, ""))
	return key, parquet.NewSchema(name, record{fields: fields})
}

// isFileName is what the names of extractions look like: a journal may come
// from somebody else.
func isFileName(name string) bool {
	const most = 100
	return name != "" && len(name) <= most && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// row is an object read out, as a row. What fits no column goes into the last.
func (f *extractFile) row(base Base, e event.Extract) parquet.Row {
	row := f.key.Deconstruct(nil, extractKey{base, e.Agent})
	next := len(row)
	var object map[string]json.RawMessage
	if err := json.Unmarshal(e.JSON, &object); err != nil || object == nil {
		for i := range f.columns {
			row = append(row, parquet.NullValue().Level(0, 0, next+i))
		}
		return append(row, jsonValue(e.JSON).Level(0, 1, next+len(f.columns)))
	}
	for i, c := range f.columns {
		values, ok := c.values(object[c.property])
		if ok {
			delete(object, c.property)
		}
		for _, v := range values {
			row = append(row, v.Level(v.RepetitionLevel(), v.DefinitionLevel(), next+i))
		}
	}
	return append(row, rest(object).Level(0, min(1, len(object)), next+len(f.columns)))
}

// rest is a JSON object, its keys in order; null for none.
func rest(object map[string]json.RawMessage) parquet.Value {
	if len(object) == 0 {
		return parquet.NullValue()
	}
	text, err := json.Marshal(object)
	if err != nil { // cannot be: its values were JSON a moment ago
		return parquet.NullValue()
	}
	return jsonValue(text)
}
