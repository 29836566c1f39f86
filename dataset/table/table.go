// Package table reads messages of any messenger from a plain table: CSV with a
// header, or JSON Lines. Its columns are chat, time, sender, text and reply_to;
// id and name may be there too. Only time, sender and text are required.
package table

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/llm-city/gorod/dataset/chat"
)

// Format is how a table is written.
type Format string

// The formats. Of CSV the separator may be a comma, a semicolon or a tab: that
// of the header.
const (
	CSV   Format = "csv"
	JSONL Format = "jsonl"
)

// Limits of what is kept and read.
const (
	DefaultTextLimit = 64 << 10 // bytes of a text
	maxRecord        = 4 << 20  // bytes of a line, of a record of CSV with its quoted lines
	nameLimit        = 512      // bytes of a chat, a sender or a name
)

// Options change how a table is read.
type Options struct {
	// Format is told by the file's name where it is empty: .jsonl and .ndjson
	// are JSONL, everything else CSV.
	Format Format
	// TextLimit is how many bytes of a text are kept; 0 means DefaultTextLimit.
	TextLimit int
	// Progress, where set, hears about once a mebibyte how many bytes were read,
	// and at the end.
	Progress func(bytes int64)
}

// Table is one file. Not for use by several goroutines at once.
type Table struct {
	open func() (io.ReadCloser, error)
	opts Options
}

var _ chat.Source = (*Table)(nil)

// Open reads the file at path, each time that Read is called.
func Open(path string, o Options) *Table {
	if ext := strings.ToLower(filepath.Ext(path)); o.Format == "" && (ext == ".jsonl" || ext == ".ndjson") {
		o.Format = JSONL
	}
	return &Table{open: func() (io.ReadCloser, error) { return os.Open(path) }, opts: o}
}

// New reads r, once.
func New(r io.Reader, o Options) *Table {
	return &Table{open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }, opts: o}
}

// Read hands over the messages in the table's order; a chat comes in as many
// parts as others stand between. A message's id is that of the column id, and
// without one the number of its row, 1 being the first after the header:
// reply_to is such an id. What is wrong with the table is an *Error; every row
// before it was handed over.
func (t *Table) Read(ctx context.Context, into chat.Sink) (chat.Report, error) {
	f, err := t.open()
	if err != nil {
		return chat.Report{}, &Error{Kind: Unreadable, Err: err}
	}
	defer f.Close()
	in := &input{from: f, tick: ticker(ctx, t.opts.Progress)}
	r := newReader(into, t.opts)
	err = r.all(in, t.opts.Format)
	report := r.report
	report.Bytes = in.count
	if err == nil && t.opts.Progress != nil {
		t.opts.Progress(in.count)
	}
	return report, err
}

const progressStep = 1 << 20

func ticker(ctx context.Context, progress func(int64)) func(int64) error {
	var told int64
	return func(count int64) error {
		if progress != nil && count-told >= progressStep {
			told = count
			progress(count)
		}
		return ctx.Err()
	}
}
