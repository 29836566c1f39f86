package telegram

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// longestEscape is a pair of surrogates: \ud83d\ude00.
const longestEscape = 12

// str reads a string. Nearly all lie whole in the buffer and have no escapes:
// those are not copied. Invalid UTF-8 is left for the one who keeps the string.
// Of a string that does not lie whole in the buffer at most limit bytes and a
// few are kept.
func (s *scanner) str() ([]byte, error) {
	s.pos++ // the quote
	rest := s.buf[s.pos:s.end]
	if end := bytes.IndexByte(rest, '"'); end >= 0 && bytes.IndexByte(rest[:end], '\\') < 0 {
		s.pos += end + 1
		return rest[:end], nil
	}
	s.decoded = s.decoded[:0]
	for {
		done, err := s.part(true)
		if err != nil {
			return nil, err
		}
		if done {
			return s.decoded, nil
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

// skipString reads a string that nobody wants.
func (s *scanner) skipString() error {
	s.pos++
	for {
		done, err := s.part(false)
		if done || err != nil {
			return err
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// part reads what the buffer holds of a string, and reports whether that was
// its end. The closing quote is looked for anew only when it turned out to be
// escaped: a run of escapes must not cost a search each.
func (s *scanner) part(keep bool) (bool, error) {
	quote := -1
	for {
		if quote < s.pos {
			if quote = bytes.IndexByte(s.buf[s.pos:s.end], '"'); quote < 0 {
				quote = s.end
			} else {
				quote += s.pos
			}
		}
		back := bytes.IndexByte(s.buf[s.pos:quote], '\\')
		if back < 0 {
			s.keep(s.buf[s.pos:quote], keep)
			s.pos = min(quote+1, s.end)
			return quote < s.end, nil
		}
		s.keep(s.buf[s.pos:s.pos+back], keep)
		s.pos += back
		if s.end-s.pos < longestEscape {
			if err := s.atHand(longestEscape); err != nil {
				return false, err
			}
			quote = -1 // what is in the buffer may have moved
		}
		s.escape(keep)
	}
}

// atHand gets n bytes into the buffer, or all that there are but at least two.
func (s *scanner) atHand(n int) error {
	for s.end-s.pos < n {
		if err := s.fill(); err != nil {
			if IsKind(err, Truncated) && s.end-s.pos > 1 {
				return nil
			}
			return err
		}
	}
	return nil
}

func (s *scanner) keep(b []byte, keep bool) {
	if room := s.limit + utf8.UTFMax - len(s.decoded); keep && room > 0 {
		s.decoded = append(s.decoded, b[:min(len(b), room)]...)
	}
}

// escape reads what follows a backslash. Telegram Desktop writes control
// characters as \x0B, which JSON does not know.
func (s *scanner) escape(keep bool) {
	var char [utf8.UTFMax]byte
	r, n := s.escaped(s.buf[s.pos+1 : s.end])
	s.pos += 1 + n
	s.keep(char[:utf8.EncodeRune(char[:], r)], keep)
}

// escaped returns the character and how long its escape is without the
// backslash.
func (s *scanner) escaped(b []byte) (rune, int) {
	switch b[0] {
	case 'n':
		return '\n', 1
	case 't':
		return '\t', 1
	case 'r':
		return '\r', 1
	case 'b':
		return '\b', 1
	case 'f':
		return '\f', 1
	case '"', '\\', '/':
		return rune(b[0]), 1
	case 'x':
		if r, ok := hex(b[1:], 2); ok {
			s.seen.hex++
			return r, 3
		}
	case 'u':
		if r, ok := hex(b[1:], 4); ok {
			return s.surrogate(r, b[5:])
		}
	}
	s.seen.odd++
	r, n := utf8.DecodeRune(b)
	return r, n
}

func (s *scanner) surrogate(r rune, rest []byte) (rune, int) {
	if !utf16.IsSurrogate(r) {
		return r, 5
	}
	if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if low, ok := hex(rest[2:], 4); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return both, 11
			}
		}
	}
	s.seen.invalid++
	return utf8.RuneError, 5
}

func hex(b []byte, digits int) (rune, bool) {
	if len(b) < digits {
		return 0, false
	}
	var n rune
	for _, c := range b[:digits] {
		switch {
		case '0' <= c && c <= '9':
			n = n<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			n = n<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return n, true
}

// appendValid appends at most room bytes of b, whole characters, with U+FFFD in
// place of every byte that is no UTF-8. False: something is left.
func (s *scanner) appendValid(to, b []byte, room int) ([]byte, bool) {
	if utf8.Valid(b) {
		n := min(len(b), max(room, 0))
		for n < len(b) && n > 0 && !utf8.RuneStart(b[n]) {
			n--
		}
		return append(to, b[:n]...), n == len(b)
	}
	limit := len(to) + room
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if len(to)+utf8.RuneLen(r) > limit {
			return to, false
		}
		if r == utf8.RuneError && n == 1 {
			s.seen.invalid++
		}
		to = utf8.AppendRune(to, r)
		b = b[n:]
	}
	return to, true
}
