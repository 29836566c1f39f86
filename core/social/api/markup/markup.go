// Package markup writes what residents and visitors say as HTML. All of it is
// untrusted: nothing of a text gets through but as text.
package markup

import (
	"html"
	"net/url"
	"strings"

	"github.com/llm-city/gorod/core/social/view"
)

// Links says where accounts and hashtags are shown.
type Links struct {
	Account func(*view.Account) string
	Tag     func(string) string
}

// maxLinks of a text are made; what is more stays text.
const maxLinks = 50

// HTML is a text with paragraphs, lines and links: <p>, <br> and <a> with rel
// nofollow.
func (l Links) HTML(text string, spans []view.Span) string {
	var b strings.Builder
	b.Grow(len(text) + 64)
	b.WriteString("<p>")
	w := &writer{Builder: &b, links: maxLinks}
	at := 0
	for _, s := range spans {
		if s.From < at || s.To > len(text) || s.To <= s.From {
			continue
		}
		w.plain(text[at:s.From])
		l.span(w, text[s.From:s.To], s)
		at = s.To
	}
	w.plain(text[at:])
	b.WriteString("</p>")
	return b.String()
}

// span writes a mention or a hashtag as Mastodon does.
func (l Links) span(w *writer, written string, s view.Span) {
	switch {
	case s.Account != nil:
		w.WriteString(`<span class="h-card"><a href="` + html.EscapeString(l.Account(s.Account)) + `" class="u-url mention" rel="nofollow noopener">@<span>`)
		w.WriteString(html.EscapeString(strings.TrimPrefix(written, "@")) + `</span></a></span>`)
	case s.Tag != "":
		w.WriteString(`<a href="` + html.EscapeString(l.Tag(s.Tag)) + `" class="mention hashtag" rel="tag nofollow noopener">#<span>`)
		w.WriteString(html.EscapeString(strings.TrimPrefix(written, "#")) + `</span></a>`)
	default:
		w.plain(written)
	}
}

type writer struct {
	*strings.Builder
	links int // that may still be made
}

// plain writes a text in which only addresses are links.
func (w *writer) plain(text string) {
	for text != "" {
		at := address(text)
		if at < 0 || w.links == 0 {
			w.lines(text)
			return
		}
		w.lines(text[:at])
		end := addressEnd(text[at:])
		w.address(text[at : at+end])
		text = text[at+end:]
	}
}

// lines writes a text without links.
func (w *writer) lines(text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			w.WriteString("</p><p>")
		}
		w.WriteString(strings.ReplaceAll(html.EscapeString(paragraph), "\n", "<br>"))
	}
}

func (w *writer) address(raw string) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		w.lines(raw)
		return
	}
	w.links--
	w.WriteString(`<a href="` + html.EscapeString(u.String()) + `" rel="nofollow noopener noreferrer" target="_blank">`)
	w.WriteString(html.EscapeString(raw) + `</a>`)
}

// address is where an address begins, or -1.
func address(text string) int {
	at := strings.Index(text, "http")
	for at >= 0 {
		if rest := text[at:]; strings.HasPrefix(rest, "http://") || strings.HasPrefix(rest, "https://") {
			return at
		}
		next := strings.Index(text[at+4:], "http")
		if next < 0 {
			return -1
		}
		at += 4 + next
	}
	return -1
}

// addressEnd is the length of the address that a text begins with, without the
// marks that end a sentence.
func addressEnd(text string) int {
	end := strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>\"«»“”\u00a0", r) })
	if end < 0 {
		end = len(text)
	}
	return len(strings.TrimRight(text[:end], ".,;:!?…)]'"))
}
