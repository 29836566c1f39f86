package export

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/journal"
)

// Table documents one file of an export.
type Table struct {
	Name    string // the file is Name.parquet
	Doc     string
	Columns []Column
}

// Column documents one column.
type Column struct{ Name, Type, Doc string }

// Tables documents every file, in the order of SCHEMAS.md.
func Tables() []Table {
	return []Table{
		tableOf[Event]("events", "Everything that happened, in order: the journal as it is."),
		tableOf[Agent]("agents", "One row a resident: who it is, and its state after the last tick."),
		tableOf[Action]("actions", "Actions that were carried out."),
		tableOf[Message]("messages", "Texts that people could read: the actions that have one."),
		tableOf[Exposure]("exposures", "One row for each post that a feed showed an agent, with its rank and score."),
		tableOf[Mood]("moods", "The mood of each agent after each tick in which it was awake."),
		tableOf[Plan]("plans", "What agents decided."),
		tableOf[Heard]("heard", "Who heard of an event of the study, when, and from whom: one row an agent and event."),
		tableOf[Invalid]("invalid", "Actions refused, and replies that stayed bad after their repair."),
		tableOf[Record]("records", "What plugins keep at the end: memories. tick is the one that changed the record last."),
		tableOf[Row]("rows", "The environment at the end: posts, follows, memberships. tick is the one that changed the row last."),
		tableOf[LLMCall]("llm_calls", "Calls of language models, as the cassette holds them."),
	}
}

func tableOf[T any](name, doc string) Table {
	return Table{name, doc, columnsOf(reflect.TypeFor[T]())}
}

func columnsOf(row reflect.Type) (columns []Column) {
	for field := range row.Fields() {
		if field.Anonymous {
			columns = append(columns, columnsOf(field.Type)...)
			continue
		}
		tag := field.Tag.Get("parquet")
		name, _, _ := strings.Cut(tag, ",")
		columns = append(columns, Column{name, typeName(field.Type, tag), field.Tag.Get("doc")})
	}
	return columns
}

func typeName(t reflect.Type, tag string) string {
	switch {
	case strings.Contains(tag, "timestamp"):
		return "timestamp(µs), local"
	case t.Kind() == reflect.Pointer:
		return typeName(t.Elem(), "") + " or null"
	case t.Kind() == reflect.Slice:
		return "list of " + typeName(t.Elem(), "")
	}
	return t.Kind().String()
}

// Markdown is the text of SCHEMAS.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# Tables of an export\n\nMade from the Go types in this folder; every file holds all runs of a study, compressed with zstd.\n")
	b.WriteString("The metadata of a file says which gorod wrote it (`gorod.version`), of which study (`gorod.study`), its cells and seeds\n")
	b.WriteString("(`gorod.cells`, `gorod.seeds`, JSON lists), and each run with its digests (`gorod.runs`).\n")
	b.WriteString("All strings are UTF-8. A text column that may be empty is empty, not null.\n")
	for _, t := range Tables() {
		fmt.Fprintf(&b, "\n## %s.parquet\n\n%s\n\n| column | type | meaning |\n|---|---|---|\n", t.Name, t.Doc)
		for _, c := range t.Columns {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", c.Name, c.Type, c.Doc)
		}
	}
	return b.String()
}

// described is what the metadata says of a run.
type described struct {
	Study       string `json:"study"`
	Cell        string `json:"cell"`
	Seed        uint64 `json:"seed"`
	RunID       string `json:"run_id"`
	StudyDigest string `json:"study_digest"`
}

// describe is the key-value metadata of the files of an export.
func describe(runs []journal.Meta) (map[string]string, error) {
	list, cells, seeds := []described{}, []string{}, []uint64{}
	var versions, studies []string
	for _, m := range runs {
		list = append(list, described{m.Study, m.Cell, m.Seed, m.RunID, m.StudyDigest})
		cells, seeds = append(cells, m.Cell), append(seeds, m.Seed)
		versions, studies = append(versions, m.Gorod), append(studies, m.Study)
	}
	metadata := map[string]string{
		"gorod.version": strings.Join(distinct(versions), ", "), "gorod.study": strings.Join(distinct(studies), ", "),
	}
	for key, value := range map[string]any{"gorod.cells": distinct(cells), "gorod.seeds": distinct(seeds), "gorod.runs": list} {
		data, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		metadata[key] = string(data)
	}
	return metadata, nil
}

// distinct keeps the first of equal values.
func distinct[T comparable](values []T) []T {
	out := []T{}
	for _, v := range values {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
