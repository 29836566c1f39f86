package export

import (
	"fmt"
	"reflect"
	"strings"
)

// head of SCHEMAS.md.
const head = "# Tables of an export\n\nMade from the Go types in this folder; every file holds all runs of a study, compressed with zstd.\n" +
	"The metadata of a file says which gorod wrote it (`gorod.version`), of which study (`gorod.study`), its cells and seeds\n" +
	"(`gorod.cells`, `gorod.seeds`, JSON lists), and each run with its digests (`gorod.runs`).\n" +
	"All strings are UTF-8. A text column that may be empty is empty, not null.\n"

// aboutExtracts stands before the columns of an extraction's table.
const aboutExtracts = "What a model read out of the runs: one file for each entry of the study's `extract`, one row an object. " +
	"The file is there only where it has rows.\n" +
	"After the columns below come the properties of the entry's JSON Schema, in the order of their names, then `" + restColumn + "`.\n" +
	"A property becomes a column by its `type`; all may be null: " +
	"string is string, integer is int64, number is float64, boolean is bool,\nan array of one of these is a list, " +
	"and anything else is a string that holds JSON. Where cells of a study have different types of a\n" +
	"property, it is JSON, too. A property that is named like another column, also in upper or lower case, has `" + taken + "`\n" +
	"before its name; a control character in a name becomes `_`. Properties after the first 1000 stand in `" + restColumn + "`.\n"

// Markdown is the text of SCHEMAS.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString(head)
	for _, t := range Tables() {
		doc := t.Doc
		if t.Some {
			doc += " The file is there only where it has rows."
		}
		section(&b, t.Name+extension, doc, "column", t.Columns)
	}
	columns := append(columnsOf(reflect.TypeFor[extractKey]()), Column{
		restColumn, "string or null", "JSON object: what no column could hold; null for nothing",
	})
	section(&b, extractPrefix+"NAME"+extension, aboutExtracts, "column", columns)
	b.WriteString("\n# Payloads of events\n\nWhat `data` of events.parquet holds, by `kind`. A field that is empty may be absent.\n")
	for _, p := range payloads() {
		section(&b, string(p.kind), p.doc, "field", p.fields())
	}
	return b.String()
}

func section(b *strings.Builder, name, doc, of string, rows []Column) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n| %s | type | meaning |\n|---|---|---|\n", name, strings.TrimSpace(doc), of)
	for _, c := range rows {
		fmt.Fprintf(b, "| %s | %s | %s |\n", c.Name, c.Type, c.Doc)
	}
}
