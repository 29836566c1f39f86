package export

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/llm-city/gorod/core/parquet"
)

const extension = ".parquet"

// tables are the files of an export.
type tables struct {
	events    *parquet.Writer[Event]
	agents    *parquet.Writer[Agent]
	actions   *parquet.Writer[Action]
	messages  *parquet.Writer[Message]
	exposures *parquet.Writer[Exposure]
	moods     *parquet.Writer[Mood]
	plans     *parquet.Writer[Plan]
	heard     *parquet.Writer[Heard]
	invalid   *parquet.Writer[Invalid]
	records   *parquet.Writer[Record]
	rows      *parquet.Writer[Row]
	calls     *parquet.Writer[LLMCall]

	// These are there only where a run has something for them.
	surveys       *some[Survey]
	scores        *some[Score]
	interventions *some[Intervention]
	towns         *some[Town]
	transfers     *some[Transfer]
	decrees       *some[Decree]
	extracts      map[string]*extractFile // by name

	dir     string
	columns map[string][]column // of the extractions, by name
	layout  *parquet.Layout
	all     []*parquet.File
}

func createTables(dir string, columns map[string][]column) (*tables, error) {
	t := &tables{dir: dir, columns: columns, extracts: map[string]*extractFile{}, layout: parquet.Dense()}
	t.surveys, t.scores, t.interventions = &some[Survey]{t, "surveys", nil}, &some[Score]{t, "scores", nil}, &some[Intervention]{t, "interventions", nil}
	t.towns, t.transfers, t.decrees = &some[Town]{t, "town", nil}, &some[Transfer]{t, "transfers", nil}, &some[Decree]{t, "decrees", nil}
	err := errors.Join(
		open(t, &t.events, "events"), open(t, &t.agents, "agents"), open(t, &t.actions, "actions"),
		open(t, &t.messages, "messages"), open(t, &t.exposures, "exposures"), open(t, &t.moods, "moods"),
		open(t, &t.plans, "plans"), open(t, &t.heard, "heard"), open(t, &t.invalid, "invalid"),
		open(t, &t.records, "records"), open(t, &t.rows, "rows"), open(t, &t.calls, "llm_calls"),
	)
	if err != nil {
		t.discard()
		return nil, fmt.Errorf("make the tables: %w", err)
	}
	return t, nil
}

func open[T any](t *tables, into **parquet.Writer[T], name string) error {
	w, err := parquet.Create[T](filepath.Join(t.dir, name+extension), t.layout)
	if err != nil {
		return err
	}
	*into, t.all = w, append(t.all, w.File)
	return nil
}

// some is a table that comes about with its first row.
type some[T any] struct {
	tables *tables
	name   string
	file   *parquet.Writer[T] // nil: no row yet
}

func (s *some[T]) add(row T) error {
	if s.file == nil {
		if err := open(s.tables, &s.file, s.name); err != nil {
			return err
		}
	}
	return s.file.Add(row)
}

// publish completes all files, then puts them in place: a failure until then
// leaves an earlier export as it was. Tables of an earlier export that this one
// does not have go.
func (t *tables) publish(metadata map[string]string) error {
	for _, f := range t.all {
		f.Describe(metadata)
		if err := f.Finish(); err != nil {
			return err
		}
	}
	for _, f := range t.all {
		if err := f.Publish(); err != nil {
			return err
		}
	}
	if err := t.removeStale(); err != nil {
		return err
	}
	return parquet.SyncDir(t.dir)
}

func (t *tables) discard() {
	for _, f := range t.all {
		f.Discard()
	}
}
