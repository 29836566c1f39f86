package mastodon

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/text"
)

// speech is a text before it is written for a server.
type speech struct {
	text    string
	to      string // name there of whom it turns to; empty: nobody
	whom    string // who that is in the run
	end     string // links and hashtags after it
	private bool   // nobody but to may be told of it
}

// mute stands between an @ and a word that is to call nobody.
const mute = "\u2060"

// speak writes a speech as the server takes it: residents are called by their
// names there, and nobody is called who is not meant.
func (a *account) speak(ctx context.Context, s speech) (out string, later bool, err error) {
	turned := false
	body := mentions(s.text, func(rest string) (string, int) {
		id, length := a.names.called(rest)
		if id == "" || err != nil {
			return "@" + mute, 0
		}
		if id == s.whom && s.to != "" {
			turned = true
			return "@" + s.to, length
		}
		who, waits, failed := a.person(ctx, id)
		if failed != nil && (!waits || !errors.Is(failed, errWait)) {
			err, later = failed, waits
			return "", length
		}
		return called(id, who.Acct, rest[:length], s.private)
	})
	if err != nil {
		return "", later, err
	}
	begin := ""
	if s.to != "" && !turned {
		begin = "@" + s.to + " "
	}
	end := ""
	if s.end != "" {
		end = "\n\n" + s.end
	}
	room := a.bounds().characters - utf8.RuneCountInString(begin) - max(utf8.RuneCountInString(end), reserved*strings.Count(end, "://"))
	return begin + cut(body, max(room, 1)) + end, false, nil
}

// called is what stands in a status for somebody whom a text calls in so many
// words, and how much of the text it takes the place of. Of a private status
// only its receiver is called.
func called(id, acct, words string, private bool) (string, int) {
	switch {
	case acct == "" && strings.HasPrefix(id, "@"):
		return "@" + mute, 0
	case acct == "", private: // the first is a resident who is not let in
		return words, len(words)
	}
	return "@" + acct, len(words)
}

// reserved is what an address counts at least.
const reserved = 25

// cut is a text with at most limit characters, with "…" at its end where it was
// longer.
func cut(s string, limit int) string { return text.Cut(s, limit) }

// hashtag is the name of a group as a hashtag: Соседи по дому is #СоседиПоДому.
func hashtag(name string) string {
	var b strings.Builder
	begins, letter := true, false
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			if begins {
				r = unicode.ToUpper(r)
			}
			letter = true
			b.WriteRune(r)
			begins = false
		case unicode.IsDigit(r) || r == '_' || unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
			begins = false
		default:
			begins = true
		}
	}
	if !letter {
		return ""
	}
	return "#" + b.String()
}
