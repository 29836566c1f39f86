package table

import (
	"errors"
	"io"
)

// column is one that gorod knows.
type column int

const (
	chatColumn column = iota
	idColumn
	timeColumn
	senderColumn
	nameColumn
	textColumn
	replyColumn
	columns
)

func (c column) String() string {
	return [columns]string{"chat", "id", "time", "sender", "name", "text", "reply_to"}[c]
}

// columnOf is the column of a name.
func columnOf(name string) (column, bool) {
	for c := range columns {
		if c.String() == name {
			return c, true
		}
	}
	return 0, false
}

// record is a row of a table.
type record struct {
	line  int64
	cells [columns]string
}

// rows are read one by one; io.EOF ends them.
type rows interface {
	next(*record) error
}

// input bounds how much of a file may go into one record, and ends it with the
// context.
type input struct {
	from  io.Reader
	tick  func(int64) error
	count int64
	mark  int64 // count when the last record was over
	err   error
}

var errTooLong = errors.New("expected at most 4 MiB to a row: is a quotation mark missing?")

func (in *input) Read(p []byte) (int, error) {
	if in.err == nil {
		in.err = in.tick(in.count)
	}
	if in.err != nil {
		return 0, in.err
	}
	if in.count-in.mark > maxRecord {
		return 0, errTooLong
	}
	n, err := in.from.Read(p)
	in.count += int64(n)
	in.err = err
	return n, err
}
