package dedup

import (
	"bufio"
	"fmt"
	"os"
)

// Texts keeps texts in a temporary file, so that they can be had again by their
// number; four bytes each stay in memory. Add and Flush are for one goroutine,
// Text for any number of them after Flush.
type Texts struct {
	file  *os.File
	out   *bufio.Writer
	sizes []uint32
	bases []int64 // where every textsPerBase-th begins
	end   int64
}

const textsPerBase = 64

// NewTexts makes the file in a directory ("" for that of the system). Close
// removes it.
func NewTexts(dir string) (*Texts, error) {
	f, err := os.CreateTemp(dir, "texts-*")
	if err != nil {
		return nil, fmt.Errorf("dedup: keep texts: %w", err)
	}
	return &Texts{file: f, out: bufio.NewWriterSize(f, 256<<10)}, nil
}

// Add keeps the next text; the first has number 0.
func (t *Texts) Add(text string) error {
	if len(t.sizes)%textsPerBase == 0 {
		t.bases = append(t.bases, t.end)
	}
	t.sizes = append(t.sizes, uint32(len(text)))
	t.end += int64(len(text))
	if _, err := t.out.WriteString(text); err != nil {
		return fmt.Errorf("dedup: keep texts: %w", err)
	}
	return nil
}

// Flush makes what was added readable.
func (t *Texts) Flush() error {
	if err := t.out.Flush(); err != nil {
		return fmt.Errorf("dedup: keep texts: %w", err)
	}
	return nil
}

// Len is how many texts were added.
func (t *Texts) Len() int { return len(t.sizes) }

// Text is the text of a number.
func (t *Texts) Text(item uint32) (string, error) {
	if int(item) >= len(t.sizes) {
		return "", fmt.Errorf("dedup: no text %d of %d", item, len(t.sizes))
	}
	at := t.bases[item/textsPerBase]
	for _, size := range t.sizes[item/textsPerBase*textsPerBase : item] {
		at += int64(size)
	}
	out := make([]byte, t.sizes[item])
	if _, err := t.file.ReadAt(out, at); err != nil {
		return "", fmt.Errorf("dedup: read text %d: %w", item, err)
	}
	return string(out), nil
}

// Close removes the file.
func (t *Texts) Close() error {
	err := t.file.Close()
	if e := os.Remove(t.file.Name()); err == nil {
		err = e
	}
	return err
}
