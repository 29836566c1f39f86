package live

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/llm-city/gorod/dataset/chat"
)

const exportFile = "export.json"

// export is what export.json says of a directory.
type export struct {
	Format  int    `json:"format"`
	Account string `json:"account"` // whose chats: user5
}

func readExport(dir string) (export, error) {
	var e export
	err := readJSON(filepath.Join(dir, exportFile), &e)
	if err == nil && e.Format != format {
		err = fmt.Errorf("%s: format %d is not known: another version of gorod wrote it", dir, e.Format)
	}
	return e, err
}

func readJSON(path string, into any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// Archive is an export on disk.
type Archive struct {
	Account string // whose chats: user5
	dir     string
	chats   []string
}

var _ chat.Source = (*Archive)(nil)

// Open looks into a directory that Export filled, whole or in part.
func Open(dir string) (*Archive, error) {
	e, err := readExport(dir)
	if isMissing(err) {
		return nil, fmt.Errorf("%s is no export of Telegram chats: %w", dir, err)
	}
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	a := &Archive{Account: e.Account, dir: dir}
	for _, entry := range entries {
		if entry.IsDir() && isPeer(entry.Name()) {
			a.chats = append(a.chats, entry.Name())
		}
	}
	return a, nil
}

// Read hands over the chats by id and the messages of each by ascending id. It
// holds one page of messages at a time, and some fifty bytes for each page that
// there is.
func (a *Archive) Read(ctx context.Context, into chat.Sink) (chat.Report, error) {
	r := reader{into: into, report: chat.Report{Kinds: map[chat.Kind]int64{}, Counts: map[string]int64{}}}
	for _, id := range a.chats {
		if err := r.chat(ctx, filepath.Join(a.dir, id)); err != nil {
			return r.report, fmt.Errorf("%s: %w", id, err)
		}
	}
	return r.report, nil
}

type reader struct {
	into   chat.Sink
	report chat.Report
	buffer []byte
}

func (r *reader) chat(ctx context.Context, dir string) error {
	var said about
	if err := readJSON(filepath.Join(dir, aboutFile), &said); err != nil {
		return err
	}
	pages, err := pagesOf(dir)
	if err != nil {
		return err
	}
	data, err := os.Open(filepath.Join(dir, messagesFile))
	if isMissing(err) && len(pages) == 0 {
		data, err = nil, nil
	}
	if err != nil {
		return err
	}
	if data != nil {
		defer data.Close()
	}
	r.warn(said, pages)
	r.report.Chats++
	if err := r.into.Chat(said.Chat); err != nil {
		return err
	}
	for _, p := range pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.page(data, p); err != nil {
			return err
		}
	}
	return nil
}

// warn of an export that was stopped and not taken up again.
func (r *reader) warn(of about, pages []page) {
	covered := make([]ids, len(pages))
	for i, p := range pages {
		covered[i] = p.ids()
	}
	if of.Finished && (len(pages) == 0 || len(gaps(ids{1, open}, covered)) == 1) {
		return
	}
	r.report.Counts["unfinished chats"]++
	r.report.Warnings = append(r.report.Warnings, chat.Warning{Text: of.ID + " is not exported to its end: run the export again"})
}

func (r *reader) page(data io.ReaderAt, p page) error {
	r.buffer = slices.Grow(r.buffer[:0], int(p.Size))[:p.Size]
	if _, err := data.ReadAt(r.buffer, p.At); err != nil {
		return fmt.Errorf("byte %d: %w", p.At, err)
	}
	if checksum(r.buffer) != p.Sum {
		return fmt.Errorf("byte %d: %w", p.At, ErrDamaged)
	}
	r.report.Bytes += p.Size
	dec := json.NewDecoder(bytes.NewReader(r.buffer))
	for {
		var m chat.Message
		if err := dec.Decode(&m); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("byte %d: %w: %w", p.At, err, ErrDamaged)
		}
		r.report.Messages++
		r.report.Kinds[m.Kind]++
		if err := r.into.Message(&m); err != nil {
			return err
		}
	}
}

// pagesOf reads the index, ascending, without a change to the files: an export
// may be at work on them.
func pagesOf(dir string) ([]page, error) {
	index, err := os.Open(filepath.Join(dir, indexFile))
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer index.Close()
	data, err := os.Stat(filepath.Join(dir, messagesFile))
	if err != nil {
		return nil, err
	}
	pages, _, err := readIndex(index, data.Size())
	slices.SortFunc(pages, func(a, b page) int { return cmp.Compare(a.Low, b.Low) })
	return pages, err
}
