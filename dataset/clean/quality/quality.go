// Package quality says which messages of a chat are worth learning from. It is
// made for chat: short replies, stickers and emoji are style and are kept; what
// is dropped says nothing, is no person's writing, or is damaged.
package quality

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/dataset/chat"
)

// Reason is why a message is dropped; Keep is none.
type Reason string

// The reasons.
const (
	Keep     Reason = ""
	Empty    Reason = "empty"     // nothing is left of it after cleaning
	Media    Reason = "media"     // only a photo, a voice message, a file, …
	Service  Reason = "service"   // somebody joined, called, pinned, …
	Bot      Reason = "bot"       // written by a bot or to one: via @bot, /command
	Long     Reason = "long"      // longer than people write
	Garbled  Reason = "garbled"   // in a wrong encoding, or of characters that are none
	Repeated Reason = "repeated"  // a character or a word over and over
	Link     Reason = "link only" // links and nothing else
	Flood    Reason = "flood"     // the same again and again within a short time
	Frequent Reason = "frequent"  // a short reply beyond its cap
)

// Reasons lists those for which messages are dropped.
func Reasons() []Reason {
	return []Reason{Empty, Media, Service, Bot, Long, Garbled, Repeated, Link, Flood, Frequent}
}

// Options of a Filter. Where a field is 0 its default holds.
type Options struct {
	MaxRunes  int      // of a message; 4096, the most that Telegram takes in one
	MaxRun    int      // of the same character or word in a row; 64
	KeepLinks bool     // messages of links alone are kept
	Bots      []string // senders, as chat.Message.Sender names them, that are bots
}

const (
	maxRunes = 4096
	maxRun   = 64
)

// Filter looks at one message at a time. It may be used from many goroutines.
type Filter struct {
	runes, run int
	links      bool
	bots       map[string]bool
}

// NewFilter makes a Filter.
func NewFilter(o Options) *Filter {
	f := &Filter{runes: o.MaxRunes, run: o.MaxRun, links: o.KeepLinks, bots: map[string]bool{}}
	if f.runes <= 0 {
		f.runes = maxRunes
	}
	if f.run <= 0 {
		f.run = maxRun
	}
	for _, b := range o.Bots {
		f.bots[b] = true
	}
	return f
}

// Check says why a message should be dropped. Text is what cleaning has left of
// the message's own; a sticker without text counts as its emoji.
func (f *Filter) Check(m *chat.Message, text string) Reason {
	if m.Kind == chat.Service {
		return Service
	}
	if text == "" {
		text = m.Emoji
	}
	text = strings.TrimSpace(text)
	switch {
	case blank(text):
		return nothing(m.Kind)
	case m.Via != "" || f.bots[m.Sender] || command(text):
		return Bot
	case len(text) > f.runes && utf8.RuneCountInString(text) > f.runes:
		return Long
	case garbled(text):
		return Garbled
	case repeats(text, f.run):
		return Repeated
	case !f.links && onlyLinks(text):
		return Link
	}
	return Keep
}

// nothing is the reason to drop a message of a kind that has no text.
func nothing(k chat.Kind) Reason {
	switch k {
	case chat.Text, chat.Sticker, chat.Unknown, chat.Unsupported:
		return Empty
	default:
		return Media
	}
}

// blank reports whether nothing of a text shows.
func blank(s string) bool {
	for _, r := range s {
		if r > ' ' && r < utf8.RuneSelf || unicode.IsGraphic(r) && !unicode.IsSpace(r) && r != utf8.RuneError && !unicode.Is(unicode.Mn, r) {
			return false
		}
	}
	return true
}

// command reports whether a text is told to a bot: /start, /help@somebot.
func command(s string) bool {
	if len(s) < 2 || s[0] != '/' {
		return false
	}
	word, rest, _ := strings.Cut(s[1:], " ")
	for i := range len(word) {
		c := word[i]
		if ('a' > c|0x20 || c|0x20 > 'z') && (i == 0 || c != '_' && c != '@' && (c < '0' || c > '9')) {
			return false
		}
	}
	// /s at the end of a message is irony and no command.
	return len(word) > 1 && len(rest) <= 256
}

// onlyLinks reports whether all words of a text are links.
func onlyLinks(s string) bool {
	if !strings.Contains(s, "://") && !strings.HasPrefix(s, "www.") && !strings.HasPrefix(s, "t.me/") {
		return false
	}
	for w := range strings.FieldsSeq(s) {
		if !strings.Contains(w, "://") && !strings.HasPrefix(w, "www.") && !strings.HasPrefix(w, "t.me/") {
			return false
		}
	}
	return true
}
