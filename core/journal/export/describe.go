package export

import (
	"encoding/json"
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
	Some    bool // the file is there only where a run has rows for it
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
		someOf(tableOf[Survey]("surveys", "Answers to surveys and interviews, asked out of band: one row an answer. tick is the one after which it was asked.")),
		someOf(tableOf[Score]("scores", "Values of metrics, and of propositions that a judge scored.")),
		someOf(tableOf[Intervention]("interventions", "What interventions of the study and people from outside did: one row an effect.")),
		someOf(tableOf[Town]("town", "How a town stood at the end of each tick.")),
		someOf(tableOf[Transfer]("transfers", "Coins that changed hands in a town. The balance of an account is what came less what went.")),
		someOf(tableOf[Decree]("decrees", "What the mayor of a town decided, and what became of it.")),
	}
}

func someOf(t Table) Table {
	t.Some = true
	return t
}

func tableOf[T any](name, doc string) Table {
	return Table{Name: name, Doc: doc, Columns: columnsOf(reflect.TypeFor[T]())}
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

// described is what the metadata says of a run.
type described struct {
	Study       string `json:"study"`
	Cell        string `json:"cell"`
	Seed        uint64 `json:"seed"`
	RunID       string `json:"run_id"`
	StudyDigest string `json:"study_digest"`
}

// versionKey of the metadata says which gorod wrote a file.
const versionKey = "gorod.version"

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
		versionKey: strings.Join(distinct(versions), ", "), "gorod.study": strings.Join(distinct(studies), ", "),
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
