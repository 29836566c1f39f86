package chat

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// phrase is what must not be said, folded.
type phrase struct {
	text  string
	runes []rune
}

// fold prepares phrases; empty ones are left out.
func fold(phrases []string) []phrase {
	var out []phrase
	for _, p := range phrases {
		p = strings.TrimSpace(p)
		if p != "" {
			out = append(out, phrase{p, foldRunes([]rune(p))})
		}
	}
	return out
}

// foldRunes makes small letters, and е of ё, rune by rune.
func foldRunes(text []rune) []rune {
	out := make([]rune, len(text))
	for i, r := range text {
		switch r = unicode.ToLower(r); {
		case r == 'ё':
			r = 'е'
		case unicode.IsSpace(r):
			r = ' '
		}
		out[i] = r
	}
	return out
}

// hit ends a stream that says a banned phrase.
type hit struct{ phrase string }

// Error implements error.
func (h *hit) Error() string { return fmt.Sprintf("%q is banned", h.phrase) }

// watch looks at a text as it comes.
type watch struct {
	phrases []phrase
	text    []rune
	folded  []rune
	shown   int
}

// add gives the text that may be shown by now.
func (w *watch) add(text string) (string, error) {
	added := []rune(text)
	w.text = append(w.text, added...)
	w.folded = append(w.folded, foldRunes(added)...)
	return w.free(false)
}

// end gives the rest of the text.
func (w *watch) end() (string, error) { return w.free(true) }

// free finds where a phrase is said, or may be going to be, from what is shown
// on: all before it is free.
func (w *watch) free(ended bool) (string, error) {
	at := w.shown
	for ; at < len(w.folded); at++ {
		held := false
		for _, p := range w.phrases {
			said, open := w.match(p.runes, at, ended)
			if said {
				return "", &hit{p.text}
			}
			held = held || open
		}
		if held {
			break
		}
	}
	out := string(w.text[w.shown:at])
	w.shown = at
	return out, nil
}

// match tells whether a phrase is said at a place, as whole words, or whether
// that is open until more of the text is known.
func (w *watch) match(p []rune, at int, ended bool) (said, open bool) {
	if at > 0 && word(p[0]) && word(w.folded[at-1]) {
		return false, false
	}
	rest := w.folded[at:]
	n := min(len(p), len(rest))
	switch {
	case !slices.Equal(p[:n], rest[:n]):
		return false, false
	case len(rest) < len(p):
		return false, !ended
	case len(rest) == len(p):
		return ended || !word(p[len(p)-1]), !ended
	}
	return !word(p[len(p)-1]) || !word(rest[len(p)]), false
}

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
