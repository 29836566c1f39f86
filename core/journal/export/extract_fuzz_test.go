package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"github.com/llm-city/gorod/core/event"
)

// FuzzExtract: whatever a model read out, by whatever schema, becomes a row
// that can be read back.
func FuzzExtract(f *testing.F) {
	f.Add(`{"properties":{"идея":{"type":"string"},"n":{"type":"integer"},"l":{"type":"array","items":{"type":"number"}}}}`, `{"идея":"мост","n":1,"l":[1,null]}`)
	f.Add(`{"properties":{"tick":{"type":["boolean","null"]},"o":{"type":"object"},"":true}}`, `{"tick":1,"o":{"a":[]},"":{},"x":1e999}`)
	f.Add(`{}`, `[1]`)
	f.Fuzz(func(t *testing.T, schema, object string) {
		columns, err := columnsOfSchemas([]json.RawMessage{json.RawMessage(schema)})
		if err != nil || !json.Valid([]byte(object)) {
			return
		}
		key, all := extractSchema("x", columns)
		row := (&extractFile{columns: columns, key: key}).row(Base{Study: "s"}, event.Extract{Agent: "a", JSON: json.RawMessage(object)})
		var file bytes.Buffer
		w := parquet.NewWriter(&file, all)
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sameRow(t, row, readRow(t, file.Bytes()))
	})
}

func readRow(t *testing.T, file []byte) parquet.Row {
	t.Helper()
	r, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	rows := r.RowGroups()[0].Rows()
	defer rows.Close()
	buffer := make([]parquet.Row, 2)
	n, err := rows.ReadRows(buffer)
	if n != 1 || err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("%d rows, %v", n, err)
	}
	return buffer[0].Clone()
}

func sameRow(t *testing.T, want, got parquet.Row) {
	t.Helper()
	if !want.Equal(got) {
		t.Fatalf("wrote %+v, read %+v", want, got)
	}
	for _, v := range got {
		if v.Kind() == parquet.ByteArray && !utf8.Valid(v.ByteArray()) {
			t.Errorf("%q is not UTF-8", v.ByteArray())
		}
	}
}
