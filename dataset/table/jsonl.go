package table

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// jsonRows reads JSON Lines.
type jsonRows struct {
	in      *input
	lines   *bufio.Reader
	long    []byte // a line that does not fit into lines
	line    int64
	unknown func(name string)
}

func newJSONL(in *input, unknown func(string)) *jsonRows {
	return &jsonRows{in: in, lines: bufio.NewReaderSize(in, 64<<10), unknown: unknown}
}

func (r *jsonRows) next(to *record) error {
	for {
		raw, err := r.read()
		if err != nil {
			return err
		}
		r.line++
		if r.line == 1 {
			raw = bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))
		}
		if raw = bytes.TrimSpace(raw); len(raw) > 0 {
			*to = record{line: r.line}
			return r.decode(raw, to)
		}
	}
}

// read returns the next line; the last one may lack its end.
func (r *jsonRows) read() ([]byte, error) {
	r.long = r.long[:0]
	for {
		part, err := r.lines.ReadSlice('\n')
		switch {
		case err == nil && len(r.long) == 0:
			r.in.mark = r.in.count
			return part, nil
		case errors.Is(err, errTooLong):
			return nil, &Error{Kind: TooLong, Line: r.line + 1, Err: err}
		case err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF):
			return nil, err
		}
		r.long = append(r.long, part...)
		if errors.Is(err, io.EOF) && len(r.long) == 0 {
			return nil, io.EOF
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			r.in.mark = r.in.count
			return r.long, nil
		}
	}
}

func (r *jsonRows) decode(raw []byte, to *record) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
		return &Error{Kind: Malformed, Line: r.line, Err: errors.New("expected a JSON object on the line")}
	}
	for name, value := range fields {
		c, ok := columnOf(name)
		if !ok {
			r.unknown(name)
			continue
		}
		cell, err := scalar(value)
		if err != nil {
			return &Error{Kind: BadValue, Line: r.line, Column: name, Err: err}
		}
		to.cells[c] = cell
	}
	return nil
}

// scalar is a string, a number or null as a cell.
func scalar(raw json.RawMessage) (string, error) {
	if raw[0] == '"' {
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	}
	switch {
	case string(raw) == "null":
		return "", nil
	case raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9':
		return string(raw), nil
	}
	return "", errors.New("expected a string, a number or null")
}
