package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// VersionError says that a file was written by a newer gorod.
type VersionError struct{ Found, Known int }

// Error implements error.
func (e *VersionError) Error() string {
	return fmt.Sprintf("the file has format %d, this gorod knows formats up to %d", e.Found, e.Known)
}

// prepare checks the file's format and, when it may write, brings the schema to
// it in one transaction: a file has all of its tables or none.
func prepare(ctx context.Context, db *sql.DB, opts Options) error {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: opts.ReadOnly})
	if err != nil {
		return err
	}
	if err := migrate(ctx, tx, opts); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func migrate(ctx context.Context, tx *sql.Tx, opts Options) error {
	var version, tables int
	var application int32
	err := tx.QueryRowContext(ctx, `SELECT user_version, application_id, (SELECT count(*) FROM sqlite_master)
		FROM pragma_user_version, pragma_application_id`).Scan(&version, &application, &tables)
	fresh := version == 0 && application == 0 && tables == 0
	switch {
	case err != nil:
		return err
	case fresh && opts.ReadOnly:
		return errEmpty
	case fresh:
	case version == 0, opts.Application != 0 && application != opts.Application:
		return errForeign
	case version > opts.Version:
		return &VersionError{version, opts.Version}
	case opts.ReadOnly:
		return nil
	}
	if _, err := tx.ExecContext(ctx, opts.Schema); err != nil {
		return fmt.Errorf("make the tables: %w", err)
	}
	if version == opts.Version {
		return nil
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", opts.Version, opts.Application))
	return err
}
