package view

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/text"
)

// Bounds of what is looked for in a text.
const (
	maxReferences = 50
	maxSigns      = 500 // @ and #
	maxNameWords  = 4
	maxName       = 256 // bytes
)

// Span is a part of a text that refers to somebody (Account) or to a hashtag.
type Span struct {
	From, To int // bytes
	Account  *Account
	Tag      string // folded, without #
}

// reference is a span by place in the population.
type reference struct {
	from, to int
	who      int32
	tag      string
}

// referred finds whom and what a text refers to: @anna_petrova, @Анна Петрова,
// @Анна where only one is called so, #соседи.
func (s *state) referred(body string) (all []reference) {
	for at, signs := 0, 0; at < len(body) && len(all) < maxReferences && signs < maxSigns; signs++ {
		sign := strings.IndexAny(body[at:], "@#")
		if sign < 0 {
			break
		}
		at += sign
		before, _ := utf8.DecodeLastRuneInString(body[:at])
		r := reference{from: at, who: nobody}
		at++
		if at > 1 && (wordly(before) || before == '/') {
			continue // an address, a link
		}
		if body[r.from] == '#' {
			r.to = at + wordEnd(body[at:min(len(body), at+maxName)], "_")
			r.tag = text.Fold(body[at:r.to])
		} else {
			r.who, r.to = s.named(body, at)
		}
		if r.to > at && (r.who != nobody || r.tag != "") {
			all = append(all, r)
			at = r.to
		}
	}
	return all
}

// named is who is named by the longest beginning of body[at:], and where the
// name ends.
func (s *state) named(body string, at int) (who int32, end int) {
	who, end = nobody, at
	body = body[:min(len(body), at+maxName)]
	to := at
	for range maxNameWords {
		n := wordEnd(body[to:], "_-.@")
		if n == 0 {
			break
		}
		to += n
		for name := body[at:to]; name != ""; {
			if found := s.people.called(name); found != nobody {
				who, end = found, at+len(name)
				break
			}
			shorter := strings.TrimRight(name, ".-@")
			if shorter == name {
				break
			}
			name = shorter
		}
		if !strings.HasPrefix(body[to:], " ") {
			break
		}
		to++
	}
	return who, end
}

// wordEnd is the length of the word that a text begins with; inner characters
// count as letters.
func wordEnd(s, inner string) int {
	for i, r := range s {
		if !wordly(r) && !strings.ContainsRune(inner, r) {
			return i
		}
	}
	return len(s)
}

func wordly(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == '_'
}

// found is whom a post mentions and its hashtags.
type found struct {
	mentions []int32 // ascending
	tags     []string
}

// references are whom a post mentions and its hashtags, that of its group among
// them.
func (s *state) references(p *social.Post) (mentions []int32, tags []string) {
	for _, r := range s.referred(p.Text) {
		if r.who != nobody {
			mentions = with(mentions, r.who)
		} else if !slices.Contains(tags, r.tag) {
			tags = append(tags, r.tag)
		}
	}
	if p.Group != "" {
		if tag := tagOf(p.Group); tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return mentions, tags
}

// tagOf is a name as a hashtag: Соседи по дому is соседиподому.
func tagOf(name string) string {
	return strings.Map(func(r rune) rune {
		if wordly(r) {
			return r
		}
		return -1
	}, text.Fold(name))
}
