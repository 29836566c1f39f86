package cassette

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"github.com/klauspost/compress/s2"

	"github.com/llm-city/gorod/core/sqlite"
)

const (
	maxPrompt  = 64 << 20 // of a prompt that is read back, in bytes
	maxSamples = 64       // purposes come from plugins: there may be any number
)

// samples are prompts by which others are compressed. Prompts of a purpose are
// alike in most of their text, so that what is kept of one is mostly how it
// differs from the first. That is half as large as zstd makes it alone, in a
// third of the time.
type samples struct {
	purposes map[string]*sample
	all      map[int64]*sample // by id
}

type sample struct {
	id      int64
	purpose string
	dict    *s2.Dict
}

// find is the sample of a purpose; the prompt at hand becomes it if there is
// none yet. fresh says so. There is none for a short prompt, or for too many
// purposes.
func (s *samples) find(purpose string, data []byte) (found *sample, fresh bool) {
	if found = s.purposes[purpose]; found != nil || len(s.all) >= maxSamples {
		return found, false
	}
	dict := s2.MakeDict(bytes.Clone(data), nil) // it keeps what it is given
	if dict == nil {
		return nil, false
	}
	found = &sample{int64(len(s.all)) + 1, purpose, dict}
	s.add(found)
	return found, true
}

func (s *samples) add(one *sample) {
	if s.all == nil {
		s.all, s.purposes = map[int64]*sample{}, map[string]*sample{}
	}
	s.all[one.id], s.purposes[one.purpose] = one, one
}

// number is the id of a sample, 0 for none.
func (one *sample) number() int64 {
	if one == nil {
		return 0
	}
	return one.id
}

// zip compresses data; one may be nil. It works in out, which may be too small,
// and returns what it made of it.
func (one *sample) zip(out, data []byte) []byte {
	if one == nil {
		return s2.Encode(out[:cap(out)], data)
	}
	return one.dict.Encode(out[:cap(out)], data)
}

// unzip is the reverse of zip, with the id of the sample, 0 for none.
func (s *samples) unzip(id int64, zipped []byte) ([]byte, error) {
	if n, err := s2.DecodedLen(zipped); err != nil || n > maxPrompt {
		return nil, errBroken
	}
	if id == 0 {
		return s2.Decode(nil, zipped)
	}
	one := s.all[id]
	if one == nil {
		return nil, fmt.Errorf("%w: there is no sample %d", errBroken, id)
	}
	return one.dict.Decode(nil, zipped)
}

// prompt is a prompt as it was before zip.
func (s *samples) prompt(id int64, zipped []byte) (prompt, error) {
	data, err := s.unzip(id, zipped)
	if err != nil {
		return prompt{}, fmt.Errorf("%w: %w", errBroken, err)
	}
	return readPrompt(data)
}

// readSamples reads the samples that are written.
func (c *Cassette) readSamples(ctx context.Context) (*samples, error) {
	rows, err := c.reader.QueryContext(ctx, "SELECT id, purpose, dictionary FROM samples ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := &samples{}
	for rows.Next() {
		one := &sample{}
		var dictionary sql.RawBytes
		if err := rows.Scan(&one.id, &one.purpose, &dictionary); err != nil {
			return nil, sqlite.Explain("read", c.path, err)
		}
		if one.dict = s2.NewDict(append([]byte(nil), dictionary...)); one.dict == nil {
			return nil, fmt.Errorf("%w: sample %d", errBroken, one.id)
		}
		found.add(one)
	}
	return found, sqlite.Explain("read", c.path, rows.Err())
}
