package live

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// page is what one line of the index says: a range of ids that is done with,
// and where its messages lie. A page is there from the moment that its line is
// whole, and not before.
type page struct {
	Low   int64  `json:"low"`
	High  int64  `json:"high"`
	At    int64  `json:"at"`   // in bytes
	Size  int64  `json:"size"` // in bytes
	Count int    `json:"count"`
	Sum   uint32 `json:"sum"` // CRC-32C of the bytes
}

func (p page) ids() ids { return ids{p.Low, p.High} }

// ErrDamaged says that files of an export are not as gorod left them.
var ErrDamaged = errors.New("the export is damaged: delete this chat's directory and export it again")

// readIndex gives the pages and the length of the index that they fill. What
// follows is a line that was being written when the process was killed.
func readIndex(r io.Reader, data int64) (pages []page, size int64, err error) {
	lines := bufio.NewReader(r)
	var next int64
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return pages, size, nil
		}
		if err != nil {
			return nil, 0, err
		}
		p, err := readPage(line)
		if err == nil && (p.At != next || p.At+p.Size > data) {
			err = fmt.Errorf("bytes %d to %d of %d do not follow %d", p.At, p.At+p.Size, data, next)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("index line %d: %w: %w", len(pages)+1, err, ErrDamaged)
		}
		pages, size, next = append(pages, p), size+int64(len(line)), p.At+p.Size
	}
}

func readPage(line []byte) (page, error) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	var p page
	if err := dec.Decode(&p); err != nil {
		return page{}, err
	}
	if p.ids().empty() || (p.Low <= 0 && p.High >= 0) || p.Size < 0 || p.Size > largestPage || p.At < 0 || p.Count < 0 {
		return page{}, errors.New("no such page is written")
	}
	return p, nil
}

// largestPage bounds a page in bytes: texts of 64 KiB in JSON, six bytes each at
// worst.
const largestPage = 2 * pageSize * (8*longestText + 1<<16)

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }
