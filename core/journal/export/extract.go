package export

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/parquet"
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
	*parquet.Table[extractKey]
	columns []column
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
	return f.Add(extractKey{base, e.Agent}, rowOf(f.columns, e.JSON))
}

// openExtract makes the table of an extraction when its first row comes.
func (t *tables) openExtract(name string) (*extractFile, error) {
	if !isFileName(name) {
		return nil, fmt.Errorf("an extraction cannot be named %.40q", name)
	}
	columns := t.columns[name]
	f, err := parquet.CreateTable[extractKey](filepath.Join(t.dir, extractPrefix+name+extension), name, stored(columns), t.layout)
	if err != nil {
		return nil, err
	}
	t.all = append(t.all, f.File)
	return &extractFile{f, columns}, nil
}

// isFileName is what the names of extractions look like: a journal may come
// from somebody else.
func isFileName(name string) bool {
	const most = 100
	return name != "" && len(name) <= most && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// rowOf is an object read out, as the values of a row. What fits no column goes
// into the last.
func rowOf(columns []column, text json.RawMessage) []any {
	row := make([]any, len(columns)+1)
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil || object == nil {
		row[len(columns)] = jsonValue(text)
		return row
	}
	for i, c := range columns {
		v, ok := c.value(object[c.property])
		if ok {
			delete(object, c.property)
		}
		row[i] = v
	}
	row[len(columns)] = rest(object)
	return row
}

// rest is a JSON object, its keys in order; nil for none.
func rest(object map[string]json.RawMessage) any {
	if len(object) == 0 {
		return nil
	}
	text, err := json.Marshal(object)
	if err != nil { // cannot be: its values were JSON a moment ago
		return nil
	}
	return jsonValue(text)
}
