package export

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/parquet"
)

// FuzzExtract: whatever a model read out, by whatever schema, becomes a row
// that can be read back.
func FuzzExtract(f *testing.F) {
	f.Add(`{"properties":{"идея":{"type":"string"},"n":{"type":"integer"},"l":{"type":"array","items":{"type":"number"}}}}`, `{"идея":"мост","n":1,"l":[1,null]}`)
	f.Add(`{"properties":{"tick":{"type":["boolean","null"]},"o":{"type":"object"},"":true}}`, `{"tick":1,"o":{"a":[]},"":{},"x":1e999}`)
	f.Add(`{"properties":{"a":{"type":"array","items":{"type":"string"}},"b":{"type":"array","items":{"type":"boolean"}}}}`, `{"a":[]}`)
	f.Add(`{}`, `[1]`)
	f.Fuzz(func(t *testing.T, schema, object string) {
		columns, err := columnsOfSchemas([]json.RawMessage{json.RawMessage(schema)})
		if err != nil || !json.Valid([]byte(object)) {
			return
		}
		path, row := filepath.Join(t.TempDir(), "x"), rowOf(columns, json.RawMessage(object))
		w, err := parquet.CreateTable[extractKey](path, "x", stored(columns), parquet.Quick())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Discard()
		if err := w.Add(extractKey{Base{Study: "s"}, "a"}, row); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		rows := 0
		err = parquet.ReadAny(path, func(_ int, got map[string]any) error {
			rows++
			for i, c := range stored(columns) {
				sameValue(t, c.Name, row[i], got[c.Name])
			}
			return nil
		})
		if err != nil || rows != 1 {
			t.Fatal(rows, err)
		}
	})
}

func sameValue(t *testing.T, column string, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%q: wrote %#v, read %#v", column, want, got)
	}
	if s, ok := got.(string); ok && !utf8.ValidString(s) {
		t.Errorf("%q: %q is not UTF-8", column, s)
	}
}
