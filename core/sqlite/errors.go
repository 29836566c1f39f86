package sqlite

import (
	"errors"
	"io/fs"
	"syscall"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// Kind classifies what went wrong with a database.
type Kind string

// The kinds.
const (
	Full    Kind = "no room"           // the disk takes no more: full, over quota, failing
	Corrupt Kind = "damaged"           // not a database, or a broken one
	Locked  Kind = "locked"            // another process holds it
	Newer   Kind = "newer format"      // written by a newer gorod
	Foreign Kind = "not made by gorod" // a database, but none of gorod's
	Empty   Kind = "empty"             // its writer has not begun, or was killed before it had
	Missing Kind = "not found"         // no such file
	Denied  Kind = "not permitted"     // the file's mode or the file system forbids it
	Other   Kind = "database error"
)

const cantOpen = codes.SQLITE_CANTOPEN

var (
	errForeign = errors.New("it does not hold the tables looked for")
	errEmpty   = errors.New("it holds nothing yet")
)

// Error is a failure of one database, with what the user can do about it.
type Error struct {
	Kind Kind
	Op   string // what was tried: open, commit
	Path string
	Hint string // may be empty
	Err  error
}

// Error says what failed, where, why and what to do.
func (e *Error) Error() string {
	s := e.Op + " " + e.Path + ": "
	if e.Kind != Other {
		s += string(e.Kind) + ": "
	}
	s += e.Err.Error()
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Explain wraps an error of the database at path as an *Error. It returns nil
// for nil, and an *Error as it is.
func Explain(op, path string, err error) error {
	if err == nil || errors.As(err, new(*Error)) {
		return err
	}
	kind := kindOf(err)
	return &Error{Kind: kind, Op: op, Path: path, Hint: hint(kind), Err: err}
}

// IsFull reports whether err says that the disk takes no more: it is full, over
// quota, at a size limit, or fails. What was committed before is kept.
func IsFull(err error) bool { return kindOf(err) == Full }

// IsCorrupt reports whether err says that the file is no database or a damaged
// one.
func IsCorrupt(err error) bool { return kindOf(err) == Corrupt }

// IsLocked reports whether err says that another process kept the database
// locked for too long.
func IsLocked(err error) bool { return kindOf(err) == Locked }

func kindOf(err error) Kind {
	var known *Error
	var sqlite *driver.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &known):
		return known.Kind
	case errors.As(err, &sqlite):
		return kindOfCode(sqlite.Code())
	case errors.As(err, new(*VersionError)):
		return Newer
	case errors.Is(err, errForeign):
		return Foreign
	case errors.Is(err, errEmpty):
		return Empty
	case errors.Is(err, fs.ErrNotExist):
		return Missing
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return Denied
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG), errors.Is(err, syscall.EIO):
		return Full
	}
	return Other
}

// kindOfCode classifies an extended result code; its low byte is the primary
// one.
func kindOfCode(code int) Kind {
	switch code {
	case codes.SQLITE_IOERR_WRITE, codes.SQLITE_IOERR_FSYNC, codes.SQLITE_IOERR_DIR_FSYNC, codes.SQLITE_IOERR_TRUNCATE,
		codes.SQLITE_IOERR_SHMSIZE:
		return Full
	case codes.SQLITE_IOERR_SHORT_READ, codes.SQLITE_IOERR_DATA, codes.SQLITE_IOERR_CORRUPTFS:
		return Corrupt
	}
	switch code & 0xff {
	case codes.SQLITE_FULL:
		return Full
	case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB:
		return Corrupt
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED:
		return Locked
	case codes.SQLITE_CANTOPEN, codes.SQLITE_READONLY, codes.SQLITE_PERM, codes.SQLITE_AUTH:
		return Denied
	}
	return Other
}

func isCode(err error, primary int) bool {
	var sqlite *driver.Error
	return errors.As(err, &sqlite) && sqlite.Code()&0xff == primary
}

func hint(kind Kind) string {
	switch kind {
	case Full:
		return "what was committed is kept; free some space on this disk or raise the quota, then resume"
	case Corrupt:
		return "the file was damaged outside gorod or is something else; restore it from a copy"
	case Locked:
		return "another process is writing it; wait for it or stop it"
	case Newer:
		return "use the gorod that wrote it, or a newer one"
	case Foreign:
		return "check the path"
	case Denied:
		return "check the permissions of the file and of its folder"
	default:
		return ""
	}
}
