package style

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/text"
)

// burstToken stands between the messages of a turn.
const burstToken = "\n"

// traits are what one turn, or many of them, show of how somebody writes. Counts
// are whole numbers, so that sums do not depend on their order.
type traits struct {
	turns     int
	words     map[string]int
	total     int            // of words
	grams     map[uint64]int // of three characters
	marks     map[string]int // runs of punctuation; none where a message has none
	emoji     map[string]int
	starts    map[string]int // how messages begin, and words in capitals
	messages  map[int]int    // how many are how long, in characters
	sentences map[int]int    // in words
	bursts    map[int]int    // turns of so many messages
}

func newTraits() *traits {
	return &traits{
		words: map[string]int{}, grams: map[uint64]int{}, marks: map[string]int{}, emoji: map[string]int{}, starts: map[string]int{},
		messages: map[int]int{}, sentences: map[int]int{}, bursts: map[int]int{},
	}
}

// none is what a message without marks, or without emoji, counts as.
const none = "none"

// read adds a turn.
func (t *traits) read(turn string) {
	n := 0
	for message := range strings.SplitSeq(turn, burstToken) {
		if message = strings.Join(strings.Fields(message), " "); message == "" {
			continue
		}
		n++
		t.message(message)
	}
	if n == 0 {
		return
	}
	t.turns++
	t.bursts[n]++
}

func (t *traits) message(m string) {
	t.messages[utf8.RuneCountInString(m)]++
	for _, w := range text.Words(m, len(m)) {
		t.words[w]++
		t.total++
	}
	t.punctuation(m)
	t.pictures(m)
	t.starts[start(m)]++
	t.sentence(m)
	a, b := ' ', ' '
	for _, c := range m + " " {
		t.grams[uint64(a)<<42|uint64(b)<<21|uint64(c)]++
		a, b = b, c
	}
}

// longestRun of the same mark that is told apart: ")))" and more are one habit.
const longestRun = 3

// punctuation counts runs of the same mark.
func (t *traits) punctuation(m string) {
	var last rune
	run, any := 0, false
	flush := func() {
		if run > 0 {
			t.marks[strings.Repeat(string(last), min(run, longestRun))]++
			any = true
		}
		run = 0
	}
	for _, r := range m {
		switch {
		case !unicode.IsPunct(r) && !unicode.IsSymbol(r) || pictorial(r):
			flush()
		case r == last && run > 0:
			run++
		default:
			flush()
			last, run = r, 1
		}
	}
	flush()
	if !any {
		t.marks[none]++
	}
}

func (t *traits) pictures(m string) {
	any := false
	for _, r := range m {
		if pictorial(r) {
			t.emoji[string(r)]++
			any = true
		}
	}
	if !any {
		t.emoji[none]++
	}
}

// pictorial reports whether a character is an emoji, by the blocks that hold
// them.
func pictorial(r rune) bool {
	return r >= 0x1F1E6 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF || r == 0x2B50 || r == 0x2764
}

// start is how a message begins.
func start(m string) string {
	letters, capitals := 0, 0
	for _, r := range m {
		if unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				capitals++
			}
		}
	}
	first, _ := utf8.DecodeRuneInString(m)
	switch {
	case letters > 3 && capitals == letters:
		return "shouted"
	case unicode.IsUpper(first):
		return "capital"
	case unicode.IsLower(first):
		return "small"
	default:
		return "no letter"
	}
}

func (t *traits) sentence(m string) {
	for s := range strings.FieldsFuncSeq(m, func(r rune) bool { return strings.ContainsRune(".!?…", r) }) {
		if n := len(text.Words(s, len(s))); n > 0 {
			t.sentences[n]++
		}
	}
}

// add takes all of another's, so many times: −1 takes it away again.
func (t *traits) add(o *traits, times int) {
	t.turns += times * o.turns
	t.total += times * o.total
	counts(t.words, o.words, times)
	counts(t.grams, o.grams, times)
	counts(t.marks, o.marks, times)
	counts(t.emoji, o.emoji, times)
	counts(t.starts, o.starts, times)
	counts(t.messages, o.messages, times)
	counts(t.sentences, o.sentences, times)
	counts(t.bursts, o.bursts, times)
}

// counts adds one's to another's. What is left of nothing has no entry.
func counts[K comparable](to, from map[K]int, times int) {
	for k, n := range from {
		if to[k] += times * n; to[k] == 0 {
			delete(to, k)
		}
	}
}

// of are the traits of texts, together.
func of(texts ...string) *traits {
	t := newTraits()
	for _, s := range texts {
		t.read(s)
	}
	return t
}
