package build

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/llm-city/gorod/dataset/format"
)

// spool keeps examples on disk between the stages: there may be millions. It is
// written once, from front to back, and then read in any order.
type spool struct {
	file    *os.File
	out     *bufio.Writer
	size    int64
	offsets []int64  // of each example, and the end
	tails   []uint32 // where in each the last two turns begin
}

// newSpool makes a spool in a folder.
func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "examples-*")
	if err != nil {
		return nil, fmt.Errorf("make room for examples: %w", err)
	}
	return &spool{file: f, out: bufio.NewWriterSize(f, 1<<20)}, nil
}

// add takes an encoded example.
func (s *spool) add(record []byte, tail int) error {
	s.offsets = append(s.offsets, s.size)
	s.tails = append(s.tails, uint32(tail))
	s.size += int64(len(record))
	if _, err := s.out.Write(record); err != nil {
		return fmt.Errorf("keep examples: %w", err)
	}
	return nil
}

// seal ends the writing.
func (s *spool) seal() error {
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("keep examples: %w", err)
	}
	s.out = nil
	s.offsets = append(s.offsets, s.size)
	return nil
}

// added is how many examples there are before it is sealed.
func (s *spool) added() int { return len(s.offsets) }

// count is how many examples there are.
func (s *spool) count() int { return len(s.offsets) - 1 }

// at reads one example. It may be called from many goroutines.
func (s *spool) at(i int) (*format.Row, error) {
	record := make([]byte, s.offsets[i+1]-s.offsets[i])
	if _, err := s.file.ReadAt(record, s.offsets[i]); err != nil {
		return nil, fmt.Errorf("read an example back: %w", err)
	}
	var r format.Row
	err := decode(record, &r)
	return &r, err
}

// exchange reads the exchange of one example, and no more of it than that takes.
func (s *spool) exchange(i int) (string, error) {
	from := s.offsets[i] + int64(s.tails[i])
	tail := make([]byte, s.offsets[i+1]-from)
	if _, err := s.file.ReadAt(tail, from); err != nil {
		return "", fmt.Errorf("read an example back: %w", err)
	}
	d := decoder{left: string(tail)}
	r := format.Row{Turns: []format.Turn{d.turn(), d.turn()}}
	return r.Exchange(), d.end()
}

// each hands over the wanted examples in order. A row is good only until the
// call returns.
func (s *spool) each(wanted func(i int) bool, do func(i int, r *format.Row) error) error {
	in := bufio.NewReaderSize(io.NewSectionReader(s.file, 0, s.size), 1<<20)
	var r format.Row
	var record []byte
	for i := range s.count() {
		size := int(s.offsets[i+1] - s.offsets[i])
		if !wanted(i) {
			if _, err := in.Discard(size); err != nil {
				return fmt.Errorf("read examples back: %w", err)
			}
			continue
		}
		record = slices.Grow(record[:0], size)[:size]
		if _, err := io.ReadFull(in, record); err != nil {
			return fmt.Errorf("read examples back: %w", err)
		}
		if err := decode(record, &r); err != nil {
			return err
		}
		if err := do(i, &r); err != nil {
			return err
		}
	}
	return nil
}

func (s *spool) close() error { return errors.Join(s.file.Close(), os.Remove(s.file.Name())) }

// encode adds what a row holds, but for what later stages say, to a buffer. The
// last two turns begin at tail of what was added.
func encode(b []byte, r *format.Row) (record []byte, tail int) {
	from := len(b)
	b = appendText(b, r.ID)
	b = appendText(b, r.Chat)
	b = appendTexts(b, r.Threads)
	b = binary.AppendVarint(b, int64(r.Topic))
	b = binary.AppendVarint(b, r.Time)
	b = appendText(b, r.Target)
	b = appendText(b, r.Role)
	b = appendTexts(b, r.Origins)
	b = binary.AppendUvarint(b, uint64(len(r.Turns)))
	for i := range r.Turns {
		t := &r.Turns[i]
		if i == len(r.Turns)-2 {
			tail = len(b) - from
		}
		b = appendText(b, t.Role)
		b = appendText(b, t.Speaker)
		b = binary.AppendVarint(b, t.Time)
		b = binary.AppendVarint(b, int64(t.Messages))
		b = appendText(b, t.Text)
	}
	return b, tail
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendTexts(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendText(b, s)
	}
	return b
}

// decode reads a row; its texts are parts of one copy of the record.
func decode(record []byte, r *format.Row) error {
	d := decoder{left: string(record)}
	r.ID, r.Chat, r.Threads = d.text(), d.text(), d.texts(r.Threads[:0])
	r.Topic, r.Time = int32(d.number()), d.number()
	r.Target, r.Role, r.Origins = d.text(), d.text(), d.texts(r.Origins[:0])
	n := d.length()
	r.Turns = r.Turns[:0]
	for range n {
		r.Turns = append(r.Turns, d.turn())
		if d.broken {
			break
		}
	}
	return d.end()
}

type decoder struct {
	left   string
	broken bool
}

func (d *decoder) turn() format.Turn {
	return format.Turn{Role: d.text(), Speaker: d.text(), Time: d.number(), Messages: int32(d.number()), Text: d.text()}
}

// end says whether all of a record was read, and no more.
func (d *decoder) end() error {
	if d.broken || d.left != "" {
		return errors.New("an example cannot be read back: the temporary file was changed")
	}
	return nil
}

// uvarint is what binary.AppendUvarint wrote.
func (d *decoder) uvarint() uint64 {
	var x uint64
	for i := range min(len(d.left), binary.MaxVarintLen64) {
		c := d.left[i]
		x |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			d.left = d.left[i+1:]
			return x
		}
	}
	d.broken, d.left = true, ""
	return 0
}

// number is what binary.AppendVarint wrote.
func (d *decoder) number() int64 {
	x := d.uvarint()
	return int64(x>>1) ^ -int64(x&1)
}

// length is never more than what is left.
func (d *decoder) length() int {
	x := d.uvarint()
	if x > uint64(len(d.left)) {
		d.broken, d.left = true, ""
		return 0
	}
	return int(x)
}

func (d *decoder) text() string {
	n := d.length()
	s := d.left[:n]
	d.left = d.left[n:]
	return s
}

func (d *decoder) texts(into []string) []string {
	for range d.length() {
		if d.broken {
			break
		}
		into = append(into, d.text())
	}
	return into
}
