package cassette

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/klauspost/compress/s2"
)

const (
	maxPrompt   = 64 << 20 // of a prompt that is read back, in bytes
	maxPurposes = 64       // purposes come from plugins: there may be any number
	sampleSize  = 60 << 10 // of a sample, in bytes: S2 takes no larger ones
	sampleUses  = 512      // prompts kept by a sample before the next is taken
)

// samples are prompts by which others are compressed. Prompts of a purpose are
// alike in most of their text, and those of one time tell of the same posts, so
// that what is kept of one is mostly how it differs from the last few. That is
// a third of what zstd makes of each alone, in a third of the time.
type samples struct {
	last     int64 // id
	purposes map[string]*purpose
}

// purpose is what is known of the prompts of one purpose.
type purpose struct {
	now    *sample
	uses   int
	recent []byte // the last prompts
}

// sample is a dictionary of S2.
type sample struct {
	id      int64
	purpose string
	dict    *s2.Dict
}

// find is the sample for a prompt of a purpose. fresh says that it is new: made
// of the prompts before, or of the first one itself. There is none for a short
// prompt, or for too many purposes.
func (s *samples) find(of string, data []byte) (found *sample, fresh bool) {
	p := s.purposes[of]
	switch {
	case p == nil && len(s.purposes) >= maxPurposes:
		return nil, false
	case p == nil && s.purposes == nil:
		s.purposes = map[string]*purpose{}
		fallthrough
	case p == nil:
		p = &purpose{recent: bytes.Clone(data[:min(len(data), sampleSize)])}
		s.purposes[of] = p
	}
	if p.now == nil || p.uses >= sampleUses {
		fresh = s.renew(p, of)
	}
	p.uses++
	p.add(data)
	return p.now, fresh
}

// renew makes a purpose's next sample of its last prompts.
func (s *samples) renew(p *purpose, of string) bool {
	dict := s2.MakeDict(bytes.Clone(p.recent), nil) // it keeps what it is given
	if dict == nil {
		return false
	}
	s.last++
	p.now, p.uses = &sample{s.last, of, dict}, 0
	return true
}

// add keeps the last prompts, as many as a sample holds.
func (p *purpose) add(data []byte) {
	data = data[:min(len(data), sampleSize)]
	if over := len(p.recent) + len(data) - sampleSize; over > 0 {
		p.recent = append(p.recent[:0], p.recent[min(over, len(p.recent)):]...)
	}
	p.recent = append(p.recent, data...)
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

// dictionaries are the samples of a cassette that is read, each read once.
type dictionaries struct {
	cassette *Cassette
	known    map[int64]*s2.Dict
}

// keptDictionaries bounds how many are in memory: calls are read in their
// order, and with them their samples.
const keptDictionaries = 256

// prompt is a prompt as it was before zip, with the id of its sample, 0 for
// none.
func (d *dictionaries) prompt(ctx context.Context, id int64, zipped []byte) (prompt, error) {
	data, err := d.unzip(ctx, id, zipped)
	if err != nil {
		return prompt{}, err
	}
	return readPrompt(data)
}

func (d *dictionaries) unzip(ctx context.Context, id int64, zipped []byte) ([]byte, error) {
	if n, err := s2.DecodedLen(zipped); err != nil || n > maxPrompt {
		return nil, errBroken
	}
	if id == 0 {
		return decoded(s2.Decode(nil, zipped))
	}
	dict, err := d.find(ctx, id)
	if err != nil {
		return nil, err
	}
	return decoded(dict.Decode(nil, zipped))
}

func decoded(data []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	return data, nil
}

func (d *dictionaries) find(ctx context.Context, id int64) (*s2.Dict, error) {
	if dict := d.known[id]; dict != nil {
		return dict, nil
	}
	var data []byte
	err := d.cassette.reader.QueryRowContext(ctx, "SELECT dictionary FROM samples WHERE id = ?", id).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: there is no sample %d", errBroken, id)
	}
	if err != nil {
		return nil, err
	}
	dict := s2.NewDict(data)
	if dict == nil {
		return nil, fmt.Errorf("%w: sample %d", errBroken, id)
	}
	if d.known == nil || len(d.known) >= keptDictionaries {
		d.known = map[int64]*s2.Dict{}
	}
	d.known[id] = dict
	return dict, nil
}

// lastSample is the id of the last sample that is written.
func (c *Cassette) lastSample(ctx context.Context) (id int64, err error) {
	err = c.reader.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM samples").Scan(&id)
	return id, err
}
