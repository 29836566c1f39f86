package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"github.com/parquet-go/parquet-go"
)

// What a file may ask of its reader. Ours stay far below.
const (
	maxFooter = 64 << 20 // bytes
	maxChunk  = 4 << 30  // bytes of a column in a group, unpacked
	maxListed = 1 << 20  // elements in the lists of a footer: columns times groups
)

// errNoParquet says that a file is something else, or was cut off.
var errNoParquet = errors.New("it is no Parquet, or not all of one")

// open looks at a file before the vendor's reader does, which believes whatever
// length it is told of.
func open(f *os.File) (file *parquet.File, err error) {
	defer damaged(&err)
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	footer, err := footerOf(f, info.Size())
	if err != nil {
		return nil, err
	}
	if err := modest(footer); err != nil {
		return nil, err
	}
	file, err = parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoParquet, err)
	}
	return file, within(file, info.Size())
}

func footerOf(f *os.File, size int64) ([]byte, error) {
	const magic = "PAR1"
	const frame = 12 // the magic at both ends, and the length of the footer
	var end [8]byte
	if size < frame {
		return nil, errNoParquet
	}
	if _, err := f.ReadAt(end[:], size-int64(len(end))); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(end[:]))
	switch {
	case string(end[4:]) != magic || length > size-frame:
		return nil, errNoParquet
	case length > maxFooter:
		return nil, fmt.Errorf("its footer has %d bytes: there may be %d", length, maxFooter)
	}
	footer := make([]byte, length)
	_, err := f.ReadAt(footer, size-int64(len(end))-length)
	return footer, err
}

// within refuses columns that claim to lie outside of a file, or to be huge.
func within(file *parquet.File, size int64) error {
	for i, group := range file.Metadata().RowGroups {
		for _, column := range group.Columns {
			m := column.MetaData
			from := m.DataPageOffset
			if m.DictionaryPageOffset > 0 {
				from = min(from, m.DictionaryPageOffset)
			}
			if from < 0 || m.TotalCompressedSize < 0 || m.TotalCompressedSize > size-from || m.NumValues < 0 || group.NumRows < 0 {
				return fmt.Errorf("%w: group %d lies outside of it", errNoParquet, i+1)
			}
			if m.TotalUncompressedSize > maxChunk {
				return fmt.Errorf("a column of group %d has %d bytes: there may be %d", i+1, m.TotalUncompressedSize, int64(maxChunk))
			}
		}
	}
	return nil
}
