package telegram

import (
	"errors"
	"io"
)

// bufferSize fits the second-level cache of a core.
const bufferSize = 128 << 10

// scanner reads JSON as Telegram Desktop writes it, and as other tools write it
// again. What it returns as bytes lies in its buffers and is good until the next
// call.
type scanner struct {
	from io.Reader
	tick func(offset int64) error // once a bufferful
	buf  []byte
	pos  int
	end  int
	base int64 // offset of buf[0] in the file
	over error // what the reader ended with

	key     []byte // a key or a literal that does not lie whole in buf
	decoded []byte // a string with escapes
	limit   int    // of decoded, in bytes
	seen    repairs
}

// repairs counts what strings needed.
type repairs struct{ hex, odd, invalid int64 }

func newScanner(r io.Reader, limit int, tick func(int64) error) scanner {
	return scanner{from: r, tick: tick, buf: make([]byte, bufferSize), limit: limit}
}

func (s *scanner) offset() int64 { return s.base + int64(s.pos) }

// fill puts more of the file behind what is not read yet. At the end of the file
// it returns an Error that says so.
func (s *scanner) fill() error {
	if s.over == nil {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.base += int64(s.pos)
		s.pos = 0
		if err := s.tick(s.base + int64(s.end)); err != nil {
			return err
		}
		var n int
		n, s.over = io.ReadAtLeast(s.from, s.buf[s.end:], 1)
		s.end += n
		if n > 0 {
			return nil
		}
	}
	if errors.Is(s.over, io.EOF) {
		return &Error{Kind: Truncated, Offset: s.base + int64(s.end), Err: io.ErrUnexpectedEOF}
	}
	return &Error{Kind: Unreadable, Offset: s.base + int64(s.end), Err: s.over}
}

// peek passes over white space and returns what comes then.
func (s *scanner) peek() (byte, error) {
	for {
		for i, c := range s.buf[s.pos:s.end] {
			if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				s.pos += i
				return c, nil
			}
		}
		s.pos = s.end
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

// open passes over the bracket that begins an object or an array.
func (s *scanner) open(bracket byte) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != bracket {
		return s.malformed("expected %q", bracket)
	}
	s.pos++
	return nil
}

// field goes to the next value of an object and returns its key; false when the
// object is over.
func (s *scanner) field() ([]byte, bool, error) {
	c, err := s.next()
	if err != nil {
		return nil, false, err
	}
	switch c {
	case '}':
		s.pos++
		return nil, false, nil
	case '"':
	default:
		return nil, false, s.malformed("expected the name of a field")
	}
	key, err := s.str()
	if err != nil {
		return nil, false, err
	}
	if s.pos < s.end && s.buf[s.pos] == ':' {
		s.pos++
		return key, true, nil
	}
	s.key = append(s.key[:0], key[:min(len(key), nameLimit)]...)
	return s.key, true, s.open(':')
}

// element goes to the next value of an array; false when it is over.
func (s *scanner) element() (bool, error) {
	c, err := s.next()
	if err == nil && c == ']' {
		s.pos++
		return false, nil
	}
	return err == nil, err
}

// next passes over a comma. One too many before a closing bracket does no harm,
// nor does one that is missing.
func (s *scanner) next() (byte, error) {
	c, err := s.peek()
	if err != nil || c != ',' {
		return c, err
	}
	s.pos++
	return s.peek()
}

// literal reads a number, true, false or null; of a longer one than any of these
// the beginning.
func (s *scanner) literal() ([]byte, error) {
	s.key = s.key[:0]
	for {
		rest := s.buf[s.pos:s.end]
		n := 0
		for n < len(rest) && inLiteral(rest[n]) {
			n++
		}
		s.pos += n
		if n == len(rest) {
			s.key = append(s.key, rest[:min(n, longestLiteral)]...)[:min(len(s.key)+n, longestLiteral)]
			if err := s.fill(); err != nil {
				return nil, err
			}
			continue
		}
		if n+len(s.key) == 0 {
			return nil, s.malformed("expected a value")
		}
		if len(s.key) == 0 {
			return rest[:n], nil
		}
		return append(s.key, rest[:min(n, longestLiteral-len(s.key))]...), nil
	}
}

const longestLiteral = 64

func inLiteral(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '-' || c == '+' || c == '.'
}
