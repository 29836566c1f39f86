package language

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/llm-city/gorod/eval/task/items"
	"github.com/llm-city/gorod/plugins/text"
)

// notProse is what is no prose and may be in Latin letters in any language:
// code, addresses, names after @.
var notProse = regexp.MustCompile("(?s)```.*?(?:```|$)|`[^`\n]*`" +
	`|(?i:https?://|www\.)\S+|\S+@\S+|@[\w.]+|(?i:\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:ru|com|org|net|io|рф|su|info|me|dev|app)\b)\S*`)

// prose is a reply without code and addresses.
func prose(reply string) string { return notProse.ReplaceAllString(reply, " ") }

// scripts are the letters and words of a text.
type scripts struct {
	letters, cyrillic, latin, others int
	words, leaking                   int // leaking: in the alphabet that is not expected
	stops                            int // English words without a topic, where English is expected
	foreign                          int // letters of the expected alphabet that the language does not have
	hard, russian                    int // ъ, and the letters ы, э, ё
}

// count counts the letters and words of a text. Words that are allowed leak
// nothing, and nothing else than letters of words counts.
func count(said string, allowed map[string]bool, expect string) scripts {
	var c scripts
	for _, word := range letterWords(said) {
		c.word(word, allowed, expect)
	}
	if expect == english {
		stop := text.StopWords(text.English)
		for _, word := range text.Words(said, maxWords) {
			c.stops += int(items.Binary(word != "i" && stop[word]))
		}
	}
	return c
}

func (c *scripts) word(word string, allowed map[string]bool, expect string) {
	if allowed[text.Fold(word)] {
		return
	}
	var cyrillic, latin, others int
	for _, r := range word {
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r) && !unicode.In(r, unicode.Common, unicode.Inherited):
			others++
		}
		c.letter(r, expect)
	}
	n := cyrillic + latin + others
	if n == 0 || n == 1 && others == 1 && greek(word) {
		return // one Greek letter is a formula
	}
	c.words++
	c.letters, c.cyrillic, c.latin, c.others = c.letters+n, c.cyrillic+cyrillic, c.latin+latin, c.others+others
	if leaking(word, cyrillic, latin, expect) {
		c.leaking++
	}
}

// leaking reports whether a word with so many letters of each alphabet is of the
// other one.
func leaking(word string, cyrillic, latin int, expect string) bool {
	if expect == english {
		return cyrillic > 0
	}
	return latin > 0 && !common(word)
}

// letter counts what tells languages of one alphabet apart.
func (c *scripts) letter(r rune, expect string) {
	if unicode.Is(unicode.Cyrillic, r) {
		c.cyrillicLetter(r, expect)
	} else if expect == english && r > unicode.MaxASCII && unicode.Is(unicode.Latin, r) {
		c.foreign++
	}
}

func (c *scripts) cyrillicLetter(r rune, expect string) {
	switch r = unicode.ToLower(r); {
	case r == 'ъ':
		c.hard++
	case r == 'ы' || r == 'э' || r == 'ё':
		c.russian++
	case expect != english && (r < 'а' || r > 'я'):
		c.foreign++
	}
}

func greek(word string) bool {
	for _, r := range word {
		return unicode.Is(unicode.Greek, r)
	}
	return false
}

// common reports whether a Latin word is one that Russian texts have too: a
// single letter (x, витамин C), a Roman number, an abbreviation.
func common(word string) bool {
	if len(word) < 2 || strings.Trim(word, "IVXLCDM") == "" {
		return true
	}
	return strings.Contains(" wi fi usb pdf sms covid gps tv dvd cd ok sim qr led html http https url id ip pin vpn pc mp nfc ", " "+strings.ToLower(word)+" ")
}

// is reports whether a text is in a language, by its letters: at least three
// letters in five of its alphabet, and hardly any that the language does not
// have. Bulgarian has no letters of its own; there are many ъ and no ы, э, ё in
// it, which a long Russian text does not do without. In an English text of some length one word in eight at least carries no
// topic, in Russian in Latin letters hardly any, but for i; some words have accents.
func (c *scripts) is(language string) bool {
	const enough, few, accents, long, veryLong, manyHard, someWords, oneIn = 0.6, 0.01, 0.025, 70, 200, 0.005, 6, 8
	own, foreign := c.cyrillic, few
	if language == english {
		own, foreign = c.latin, accents
	}
	switch {
	case float64(own) < enough*float64(c.letters):
		return false
	case float64(c.foreign) > foreign*float64(own):
		return false
	case language != english && c.russian == 0 && (own >= veryLong || (own >= long || c.hard > 1) && float64(c.hard) > manyHard*float64(own)):
		return false
	case language == english && c.words >= someWords && oneIn*c.stops < c.words:
		return false
	}
	return true
}

// allowed are the words of a prompt in another alphabet than the expected one,
// which may stand in a reply as they are: names of brands, of people, of
// programs.
func allowed(prompt, expect string) map[string]bool {
	own := unicode.Cyrillic
	if expect == english {
		own = unicode.Latin
	}
	out := map[string]bool{}
	for _, word := range letterWords(prompt) {
		if strings.IndexFunc(word, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(own, r) }) >= 0 {
			out[text.Fold(word)] = true
		}
	}
	return out
}

// letterWords are the runs of letters of a text.
func letterWords(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) })
}
