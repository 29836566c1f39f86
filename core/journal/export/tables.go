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

	codec *zstd.Codec
	all   []output
}

// output is what all files have in common.
type output interface {
	finish(metadata map[string]string) error
	publish() error
	discard() error
}

func createTables(dir string) (*tables, error) {
	t := &tables{codec: &zstd.Codec{}}
	err := errors.Join(
		open(t, &t.events, dir, "events"), open(t, &t.agents, dir, "agents"), open(t, &t.actions, dir, "actions"),
		open(t, &t.messages, dir, "messages"), open(t, &t.exposures, dir, "exposures"), open(t, &t.moods, dir, "moods"),
		open(t, &t.plans, dir, "plans"), open(t, &t.heard, dir, "heard"), open(t, &t.invalid, dir, "invalid"),
		open(t, &t.records, dir, "records"), open(t, &t.rows, dir, "rows"), open(t, &t.calls, dir, "llm_calls"),
	)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the tables: %w", err), t.discard())
	}
	return t, nil
}

func open[T any](t *tables, into **file[T], dir, name string) error {
	f, err := create[T](t.codec, dir, name)
	if err != nil {
		return err
	}
	*into, t.all = f, append(t.all, f)
	return nil
}

// publish completes all files, then puts them in place: a failure until then
// leaves an earlier export as it was.
func (t *tables) publish(dir string, metadata map[string]string) error {
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
	return syncDir(dir)
}

func (t *tables) discard() (err error) {
	for _, f := range t.all {
		err = errors.Join(err, f.discard())
	}
	return err
}
