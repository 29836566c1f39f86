package table

import (
	"context"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/llm-city/gorod/dataset/chat"
)

// oneChat is the chat of a table without a column for it.
const oneChat = "chat"

// What a hostile table could fill memory with is bounded.
const (
	maxChats  = 100_000
	maxCounts = 256
)

// reader makes messages of rows.
type reader struct {
	into   chat.Sink
	limit  int
	report chat.Report
	chat   string
	begun  bool
	line   int64
	last   map[string]*int64 // time of a chat's last message
	m      chat.Message
}

func newReader(into chat.Sink, o Options) *reader {
	limit := o.TextLimit
	if limit <= 0 {
		limit = DefaultTextLimit
	}
	return &reader{into: into, limit: limit, last: map[string]*int64{}, report: chat.Report{Kinds: map[chat.Kind]int64{}, Counts: map[string]int64{}}}
}

func (r *reader) note(what string) {
	if _, known := r.report.Counts[what]; !known && len(r.report.Counts) >= maxCounts {
		what = "more, of other names"
	}
	r.report.Counts[what]++
}

// unknown counts a column that is not known. A name that is not a plain word may
// be anything, and is not quoted.
func (r *reader) unknown(name string) {
	plain := strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
	if name == "" || len(name) > 40 || !plain {
		name = "(not a name)"
	}
	r.note("unknown column: " + name)
}

func (r *reader) all(in *input, format Format) error {
	var from rows = newJSONL(in, r.unknown)
	if format != JSONL {
		table, err := newCSV(in, r.unknown)
		if err != nil {
			return r.failed(err)
		}
		from = table
	}
	var row record
	for {
		switch err := from.next(&row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return r.failed(err)
		}
		r.line = row.line
		if err := r.row(&row); err != nil {
			return err
		}
	}
}

// failed makes an Error of what a file or a context ended with.
func (r *reader) failed(err error) error {
	var known *Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &Error{Kind: Unreadable, Line: r.line + 1, Err: err}
}

// row hands over a message.
func (r *reader) row(row *record) error {
	r.m = chat.Message{ID: r.report.Messages + 1, Kind: chat.Text}
	bad := func(c column, what string) error {
		return &Error{Kind: BadValue, Line: row.line, Column: c.String(), Err: errors.New("expected " + what)}
	}
	var ok bool
	if r.m.Time, ok = r.time(row.cells[timeColumn]); !ok {
		return bad(timeColumn, "RFC 3339, as 2021-05-01T12:00:00+03:00, or Unix seconds")
	}
	if r.m.ReplyTo, ok = integer(row.cells[replyColumn], 0); !ok {
		return bad(replyColumn, "a whole number, the id of a message")
	}
	if r.m.ID, ok = integer(row.cells[idColumn], r.m.ID); !ok {
		return bad(idColumn, "a whole number")
	}
	if r.m.Sender, _ = r.cell(row.cells[senderColumn], nameLimit); r.m.Sender == "" {
		r.note("messages without a sender")
	}
	if r.m.Name, _ = r.cell(row.cells[nameColumn], nameLimit); r.m.Name == "" {
		r.m.Name = r.m.Sender
	}
	var whole bool
	if r.m.Text, whole = r.cell(row.cells[textColumn], r.limit); !whole {
		r.note("texts cut at the limit")
	}
	if err := r.in(row.cells[chatColumn]); err != nil {
		return err
	}
	r.report.Messages++
	r.report.Kinds[chat.Text]++
	return r.into.Message(&r.m)
}

// in goes to the chat of a message.
func (r *reader) in(name string) error {
	if name, _ = r.cell(name, nameLimit); name == "" {
		name = oneChat
	}
	last := r.last[name]
	switch {
	case last != nil && r.m.Time < *last:
		r.note("dates that run backwards")
	case last == nil && len(r.last) >= maxChats:
		r.note("messages of chats beyond the bound of those that are counted")
	case last == nil:
		last = new(int64)
		r.last[strings.Clone(name)] = last
	}
	if last != nil {
		*last = r.m.Time
	}
	r.report.Chats = int64(len(r.last))
	if r.begun && r.chat == name {
		return nil
	}
	r.chat, r.begun = strings.Clone(name), true
	return r.into.Chat(chat.Chat{ID: r.chat, Name: r.chat})
}

// cell is valid UTF-8 of at most limit bytes; false if it was longer.
func (r *reader) cell(s string, limit int) (string, bool) {
	if !utf8.ValidString(s) {
		r.note("cells with invalid characters replaced")
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if len(s) <= limit {
		return s, true
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit], false
}

// milliseconds are numbers that no time in seconds reaches before the year 5138.
const milliseconds = 1e11

func (r *reader) time(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(n) < 1e15 {
		if math.Abs(n) >= milliseconds {
			r.note("times in milliseconds")
			n /= 1000
		}
		return int64(math.Floor(n)), true
	}
	t, err := time.Parse(time.RFC3339, s)
	return t.Unix(), err == nil
}

func integer(s string, otherwise int64) (int64, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return otherwise, true
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
