package telegram

import (
	"bytes"
	"errors"
	"strconv"
)

// maxDepth bounds how deep a value may be nested; exports nest eight deep.
const maxDepth = 64

// skip passes over a value of any form. It minds strings and brackets only.
func (s *scanner) skip() error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	switch c {
	case '"':
		return s.skipString()
	case '{', '[':
		return s.skipNested()
	default:
		_, err := s.literal()
		return err
	}
}

func (s *scanner) skipNested() error {
	var closing [maxDepth]byte
	for depth := 0; ; {
		c, err := s.peek()
		if err != nil {
			return err
		}
		switch c {
		case '"':
			if err := s.skipString(); err != nil {
				return err
			}
			continue
		case '{', '[':
			if depth == maxDepth {
				return &Error{Kind: TooDeep, Offset: s.offset(), Err: errors.New("expected at most " + strconv.Itoa(maxDepth) + " levels")}
			}
			closing[depth] = c + 2 // as ASCII has it
			depth++
		case '}', ']':
			if depth--; closing[depth] != c {
				return s.malformed("expected %q", closing[depth])
			}
		}
		s.pos++
		if depth == 0 {
			return nil
		}
	}
}

// form is what a scalar is written as.
type form int

const (
	null form = iota
	quoted
	bare   // a number, true or false
	nested // an object or an array, passed over
)

// scalar reads a value that should be a string, a number or null.
func (s *scanner) scalar() ([]byte, form, error) {
	c, err := s.peek()
	if err != nil {
		return nil, null, err
	}
	switch c {
	case '"':
		b, err := s.str()
		return b, quoted, err
	case '{', '[':
		return nil, nested, s.skipNested()
	}
	b, err := s.literal()
	if err != nil || string(b) == "null" {
		return nil, null, err
	}
	return b, bare, nil
}

// unquoted passes over a path that was written without quotes, as Telegram
// Desktop 4.1 does: to the end of the line, or of the object where somebody has
// put everything on one line. It reports whether it was more than a number.
func (s *scanner) unquoted() (bool, error) {
	odd := false
	for {
		rest := s.buf[s.pos:s.end]
		n := bytes.IndexAny(rest, "\n\r}],")
		if n < 0 {
			n = len(rest)
		}
		odd = odd || len(bytes.Trim(rest[:n], "0123456789-nul ")) > 0
		s.pos += n
		if s.end-s.pos < 3 {
			if err := s.fill(); err != nil {
				return odd, err
			}
			continue
		}
		// "(File unavailable, please try again later)" has a comma in it.
		if s.buf[s.pos] != ',' || bytes.ContainsAny(s.buf[s.pos+1:s.pos+3], "\"\n\r") {
			return odd, nil
		}
		s.pos++
	}
}
