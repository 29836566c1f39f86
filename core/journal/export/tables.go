package export

import (
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/compress/zstd"
)

// tables are the files of an export.
type tables struct {
	events    *file[Event]
	agents    *file[Agent]
	actions   *file[Action]
	messages  *file[Message]
	exposures *file[Exposure]
	moods     *file[Mood]
	plans     *file[Plan]
	heard     *file[Heard]
	invalid   *file[Invalid]
	records   *file[Record]
	rows      *file[Row]
	calls     *file[LLMCall]

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
	codec   *zstd.Codec
	all     []output
}

// output is what all files have in common.
type output interface {
	place() string
	finish(metadata map[string]string) error
	publish() error
	discard() error
}

func createTables(dir string, columns map[string][]column) (*tables, error) {
	t := &tables{dir: dir, columns: columns, extracts: map[string]*extractFile{}, codec: &zstd.Codec{}}
	t.surveys, t.scores, t.interventions = &some[Survey]{t, "surveys", nil}, &some[Score]{t, "scores", nil}, &some[Intervention]{t, "interventions", nil}
	t.towns, t.transfers, t.decrees = &some[Town]{t, "town", nil}, &some[Transfer]{t, "transfers", nil}, &some[Decree]{t, "decrees", nil}
	err := errors.Join(
		open(t, &t.events, "events"), open(t, &t.agents, "agents"), open(t, &t.actions, "actions"),
		open(t, &t.messages, "messages"), open(t, &t.exposures, "exposures"), open(t, &t.moods, "moods"),
		open(t, &t.plans, "plans"), open(t, &t.heard, "heard"), open(t, &t.invalid, "invalid"),
		open(t, &t.records, "records"), open(t, &t.rows, "rows"), open(t, &t.calls, "llm_calls"),
	)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the tables: %w", err), t.discard())
	}
	return t, nil
}

func open[T any](t *tables, into **file[T], name string) error {
	f, err := create[T](t.codec, t.dir, name)
	if err != nil {
		return err
	}
	*into, t.all = f, append(t.all, f)
	return nil
}

// some is a table that comes about with its first row.
type some[T any] struct {
	tables *tables
	name   string
	file   *file[T] // nil: no row yet
}

func (s *some[T]) add(row T) error {
	if s.file == nil {
		if err := open(s.tables, &s.file, s.name); err != nil {
			return err
		}
	}
	return s.file.add(row)
}

// publish completes all files, then puts them in place: a failure until then
// leaves an earlier export as it was. Tables of an earlier export that this one
// does not have go.
func (t *tables) publish(metadata map[string]string) error {
	for _, f := range t.all {
		if err := f.finish(metadata); err != nil {
			return err
		}
	}
	for _, f := range t.all {
		if err := f.publish(); err != nil {
			return err
		}
	}
	if err := t.removeStale(); err != nil {
		return err
	}
	return syncDir(t.dir)
}

func (t *tables) discard() (err error) {
	for _, f := range t.all {
		err = errors.Join(err, f.discard())
	}
	return err
}
