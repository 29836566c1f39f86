package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// csvRows reads CSV.
type csvRows struct {
	in      *input
	csv     *csv.Reader
	columns []column // of each field; columns where it is not known
	line    int64    // where the last record began
}

// newCSV reads the header.
func newCSV(in *input, unknown func(name string)) (*csvRows, error) {
	r := bufio.NewReaderSize(in, 64<<10)
	head, err := r.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
		head = head[3:]
		if _, err := r.Discard(3); err != nil {
			return nil, err
		}
	}
	rows := &csvRows{in: in, csv: csv.NewReader(r)}
	rows.csv.Comma, rows.csv.ReuseRecord = separator(head), true
	header, err := rows.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, &Error{Kind: BadHeader, Line: 1, Err: errors.New("expected a header with time, sender and text: the file is empty")}
	}
	if err != nil {
		return nil, rows.failed(err)
	}
	line, _ := rows.csv.FieldPos(len(header) - 1)
	rows.line = int64(line)
	return rows, rows.header(header, unknown)
}

// separator is what the header parts its names with most often.
func separator(head []byte) rune {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best := ','
	for _, c := range ";\t" {
		if bytes.Count(line, []byte(string(c))) > bytes.Count(line, []byte(string(best))) {
			best = c
		}
	}
	return best
}

func (r *csvRows) header(names []string, unknown func(string)) error {
	var has [columns + 1]bool
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		c, ok := columnOf(name)
		if !ok {
			c = columns
			unknown(name)
		} else if has[c] {
			return &Error{Kind: BadHeader, Line: 1, Column: name, Err: errors.New("expected it once")}
		}
		has[c] = true
		r.columns = append(r.columns, c)
	}
	for _, c := range []column{timeColumn, senderColumn, textColumn} {
		if !has[c] {
			return &Error{Kind: BadHeader, Line: 1, Column: c.String(), Err: errors.New("expected a header that has it: chat,time,sender,text,reply_to")}
		}
	}
	return nil
}

func (r *csvRows) next(to *record) error {
	fields, err := r.csv.Read()
	if err != nil {
		return r.failed(err)
	}
	r.in.mark = r.in.count
	line, _ := r.csv.FieldPos(0)
	r.line = int64(line)
	*to = record{line: r.line}
	for i, field := range fields {
		if c := r.columns[i]; c < columns {
			to.cells[c] = field
		}
	}
	return nil
}

// failed makes an Error of one of encoding/csv, which quotes nothing.
func (r *csvRows) failed(err error) error {
	var parse *csv.ParseError
	switch {
	case errors.As(err, &parse):
		return &Error{Kind: Malformed, Line: int64(parse.StartLine), Err: parse.Err}
	case errors.Is(err, errTooLong):
		return &Error{Kind: TooLong, Line: r.line + 1, Err: err}
	}
	return err
}
