package journal

import (
	"context"
	"database/sql"

	"github.com/llm-city/gorod/core/sqlite"
)

// Status says how a run is going. It is for people and is not digested; a
// process that was killed leaves Running.
type Status string

// The statuses.
const (
	Running     Status = "running"
	Done        Status = "done"
	Interrupted Status = "interrupted" // stopped at a tick by its user
	Budget      Status = "budget"      // stopped at a tick, its budget of model calls spent
	Failed      Status = "failed"
)

// SetStatus stores a status and why, also when ctx has ended: that is how a run
// is interrupted.
func (j *Journal) SetStatus(ctx context.Context, status Status, message string) error {
	err := j.write(context.WithoutCancel(ctx), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE meta SET status = ?, message = ?", string(status), message)
		return err
	})
	return sqlite.Explain("set the status in", j.path, err)
}

// Status is the status stored last, with its message.
func (j *Journal) Status(ctx context.Context) (status Status, message string, err error) {
	err = j.reader.QueryRowContext(ctx, "SELECT status, message FROM meta").Scan((*string)(&status), &message)
	return status, message, sqlite.Explain("read", j.path, err)
}
