// Package telegram reads what Telegram Desktop writes as "machine-readable
// JSON": result.json of one chat or of a whole account, of any size in constant
// memory. It forgives what Telegram Desktop is known to write wrong, and counts
// what it forgave.
package telegram

import (
	"context"
	"io"
	"os"

	"github.com/llm-city/gorod/dataset/chat"
)

// DefaultTextLimit bounds the text of a message; Telegram's own bound is 4096
// characters.
const DefaultTextLimit = 64 << 10

// Options change how an export is read; the zero value is good.
type Options struct {
	// TextLimit is how many bytes of a message's text are kept; 0 means
	// DefaultTextLimit.
	TextLimit int
	// Progress, where set, hears about once a mebibyte how many bytes were read,
	// and at the end.
	Progress func(bytes int64)
}

// Export is one result.json. Not for use by several goroutines at once.
type Export struct {
	open  func() (io.ReadCloser, error)
	opts  Options
	about About
}

var _ chat.Source = (*Export)(nil)

// Open reads the file at path, each time that Read is called.
func Open(path string, o Options) *Export {
	return &Export{open: func() (io.ReadCloser, error) { return os.Open(path) }, opts: o}
}

// New reads r, once.
func New(r io.Reader, o Options) *Export {
	return &Export{open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }, opts: o}
}

// About is what the last Read found beside the messages.
func (e *Export) About() About { return e.about }

// Read hands over the chats and messages in the file's order. What is wrong with
// the file is an *Error; every message before it was handed over.
//
// Ids of chats have the form of Message.Sender: user5 is the chat with user5,
// chat5 a group, channel5 a supergroup or a channel.
func (e *Export) Read(ctx context.Context, into chat.Sink) (chat.Report, error) {
	f, err := e.open()
	if err != nil {
		return chat.Report{}, &Error{Kind: Unreadable, Err: err}
	}
	defer f.Close()
	if e.opts.TextLimit <= 0 {
		e.opts.TextLimit = DefaultTextLimit
	}
	r := newReader(f, into, e.opts.TextLimit, ticker(ctx, e.opts.Progress))
	err = r.root()
	e.about = r.people.about()
	report := r.report()
	if err == nil && e.opts.Progress != nil {
		e.opts.Progress(report.Bytes)
	}
	return report, err
}

const progressStep = 1 << 20

func ticker(ctx context.Context, progress func(int64)) func(int64) error {
	var told int64
	return func(offset int64) error {
		if progress != nil && offset-told >= progressStep {
			told = offset
			progress(offset)
		}
		return ctx.Err()
	}
}
