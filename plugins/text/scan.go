package text

import (
	"unicode"
	"unicode/utf8"
)

// Kind of a Token.
type Kind uint8

// The kinds.
const (
	Word Kind = iota + 1 // letters and digits, with apostrophes inside
	Mark                 // a run of anything else but space
)

// Token is a piece of a text.
type Token struct {
	Kind Kind
	Raw  string // as it is written
	// Folded is a word as Fold makes it. It is good until the next call of Next.
	Folded []byte
	Glued  bool // no space stands before it
	Caps   bool // a word of at least two letters, all of them capital
	Long   bool // a letter is repeated three times or more: "оооочень"
}

// Scanner splits a text into tokens. Its zero value is at the end of an empty
// text; a Scanner may be used again with Reset and then allocates nothing.
type Scanner struct {
	rest   string
	folded []byte
	begun  bool
}

// Reset starts on a new text.
func (s *Scanner) Reset(text string) { s.rest, s.begun = text, false }

// Next returns the next token, and false at the end.
func (s *Scanner) Next() (Token, bool) {
	token := Token{Glued: s.begun}
	for len(s.rest) > 0 {
		r, size := decode(s.rest)
		switch {
		case wordly(r):
			s.begun = true
			s.word(&token)
			return token, true
		case unicode.IsSpace(r) || r == utf8.RuneError:
			token.Glued, s.rest = false, s.rest[size:]
		case hidden(r):
			s.rest = s.rest[size:]
		default:
			s.begun = true
			s.mark(&token)
			return token, true
		}
	}
	return Token{}, false
}

// decode is utf8.DecodeRuneInString with a short cut for ASCII.
func decode(s string) (rune, int) {
	if c := s[0]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s)
}

func wordly(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return 'а' <= r && r <= 'я' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// word takes the word that rest begins with.
func (s *Scanner) word(t *Token) {
	var (
		letters, capitals, run int
		last                   rune
		end                    int
	)
	s.folded = s.folded[:0]
	for end < len(s.rest) {
		r, size := decode(s.rest[end:])
		if !wordly(r) && !hidden(r) && !s.inner(r, end, size) {
			break
		}
		if wordly(r) {
			letters++
			if upper(r) {
				capitals++
			}
		}
		before := len(s.folded)
		s.folded = appendFolded(s.folded, r)
		if f, _ := utf8.DecodeLastRune(s.folded); len(s.folded) > before {
			if run++; f != last {
				run, last = 1, f
			}
			t.Long = t.Long || run == 3 && unicode.IsLetter(f)
		}
		end += size
	}
	t.Kind, t.Raw, t.Folded = Word, s.rest[:end], s.folded
	t.Caps = letters > 1 && capitals == letters
	s.rest = s.rest[end:]
}

// inner reports whether r, at end, is an apostrophe between two letters.
func (s *Scanner) inner(r rune, end, size int) bool {
	if r != apostrophe && r != '’' && r != 'ʼ' || end+size >= len(s.rest) {
		return false
	}
	next, _ := decode(s.rest[end+size:])
	return wordly(next)
}

func upper(r rune) bool {
	if r < utf8.RuneSelf {
		return 'A' <= r && r <= 'Z'
	}
	return 'А' <= r && r <= 'Я' || r > 'я' && unicode.IsUpper(r) || r == 'Ё'
}

// mark takes the run of marks that rest begins with.
func (s *Scanner) mark(t *Token) {
	end := 0
	for end < len(s.rest) {
		r, size := decode(s.rest[end:])
		if wordly(r) || unicode.IsSpace(r) || r == utf8.RuneError && size == 1 {
			break
		}
		end += size
	}
	t.Kind, t.Raw = Mark, s.rest[:end]
	s.rest = s.rest[end:]
}

// Words are the folded words of a text, at most limit of them.
func Words(text string, limit int) []string {
	var out []string
	s := Scanner{rest: text}
	for len(out) < limit {
		token, ok := s.Next()
		if !ok {
			break
		}
		if token.Kind == Word {
			out = append(out, string(token.Folded))
		}
	}
	return out
}
