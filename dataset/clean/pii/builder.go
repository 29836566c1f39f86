package pii

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/text"
)

//go:embed words.txt
var wordList string

//go:embed names.txt
var nameList string

//go:embed ambiguous.txt
var ambiguousList string

// builder collects the words of a Redactor.
type builder struct {
	words     map[uint64]word
	known     map[string][]string // first names and diminutives, folded: the groups' first names that they belong to
	order     []string            // first names as they are listed
	groups    map[string][]string // what a first name is called, itself included
	ambiguous map[uint64]bool     // forms that are common words too
	common    map[string]bool     // display names that name nobody: мама, работа
}

func newBuilder(more []string) *builder {
	b := &builder{
		words: map[uint64]word{}, known: map[string][]string{}, groups: map[string][]string{},
		ambiguous: map[uint64]bool{}, common: map[string]bool{},
	}
	b.keywords()
	for line := range strings.Lines(nameList) {
		b.group(line)
	}
	for _, line := range more {
		b.group(line)
	}
	for line := range strings.Lines(ambiguousList) {
		kind, forms, _ := strings.Cut(line, " ")
		for f := range strings.FieldsSeq(forms) {
			switch kind {
			case "nobody":
				b.common[text.Fold(f)] = true
			case "word":
				b.ambiguous[hashWord(f)] = true
			}
		}
	}
	for _, language := range []string{text.Russian, text.English} {
		for w := range text.StopWords(language) {
			b.common[w] = true
		}
	}
	return b
}

func (b *builder) keywords() {
	byName := map[string]kind{
		"phone": nearPhone, "inn": nearINN, "snils": nearSNILS, "ogrn": nearOGRN, "passport": nearPassport, "account": nearAccount,
		"bik": nearBIK, "order": nearOrder, "street": street, "streetabbr": streetAbbr, "house": house, "flat": flat, "floor": floor,
		"city": city, "unit": unit, "host": host,
	}
	for line := range strings.Lines(wordList) {
		k, words, _ := strings.Cut(line, " ")
		if byName[k] == noKind {
			continue
		}
		for w := range strings.FieldsSeq(words) {
			if h := hashWord(w); b.words[h].kind == noKind {
				b.words[h] = word{kind: byName[k], strict: w == "б"} // of б-р alone
			}
		}
	}
}

// group takes a line of a first name and its diminutives.
func (b *builder) group(line string) {
	names := strings.Fields(text.Fold(line))
	if len(names) == 0 || names[0][0] == '#' {
		return
	}
	first := names[0]
	if b.groups[first] == nil {
		b.order = append(b.order, first)
	}
	for _, n := range names {
		if !slices.Contains(b.groups[first], n) {
			b.groups[first] = append(b.groups[first], n)
		}
		if !slices.Contains(b.known[n], first) {
			b.known[n] = append(b.known[n], first)
		}
	}
}

// person adds everything that somebody may be called.
func (b *builder) person(id int32, p Person) {
	for _, shown := range p.Names {
		for _, token := range strings.FieldsFunc(text.Fold(shown), func(r rune) bool { return !unicode.IsLetter(r) }) {
			b.token(id, token)
		}
	}
	for _, alias := range p.Aliases {
		for _, token := range strings.FieldsFunc(alias, func(r rune) bool { return !unicode.IsLetter(r) }) {
			b.alias(id, token)
		}
	}
}

// alias adds one word of what somebody is called, as it is written.
func (b *builder) alias(id int32, token string) {
	folded := text.Fold(token)
	b.token(id, folded)
	h := hashWord(folded)
	w, ok := b.words[h]
	if !ok || w.kind != name || !slices.Contains(w.people, id) {
		return
	}
	first, _ := utf8.DecodeRuneInString(token)
	w.upper = w.upper || unicode.IsUpper(first)
	w.strict = w.strict && unicode.IsUpper(first)
	b.words[h] = w
}

// token adds one word of a display name.
func (b *builder) token(id int32, token string) {
	if utf8.RuneCountInString(token) < 3 && b.known[token] == nil || b.common[token] {
		return
	}
	spellings := []string{token}
	if latinWord(token) {
		spellings = append(spellings, cyrillic(token)...)
	}
	for _, s := range spellings {
		if first := b.known[s]; first != nil {
			b.firstNames(id, first)
			return
		}
	}
	strict := !surnameLike(spellings)
	for _, s := range spellings {
		b.forms(id, s, strict)
	}
}

// firstNames adds the names of groups in all cases, Cyrillic and Latin.
func (b *builder) firstNames(id int32, first []string) {
	for _, f := range first {
		for _, n := range b.groups[f] {
			b.forms(id, n, false)
		}
	}
}

// forms adds the cases of one name and its Latin spelling.
func (b *builder) forms(id int32, n string, strict bool) {
	for _, f := range decline(n) {
		b.add(id, f, strict)
	}
	if !latinWord(n) {
		b.add(id, latinOf(n), strict)
	}
}

func (b *builder) add(id int32, form string, strict bool) {
	h := hashWord(form)
	w, ok := b.words[h]
	if ok && w.kind != name || utf8.RuneCountInString(form) < 2 || b.common[form] {
		return
	}
	strict = strict || b.ambiguous[h] || utf8.RuneCountInString(form) < 3
	if !ok {
		w = word{kind: name, strict: strict}
	}
	w.strict = w.strict && strict
	if !slices.Contains(w.people, id) {
		w.people = append(w.people, id)
	}
	b.words[h] = w
}

// others adds the first names that nobody has yet, each as a person of its own.
func (b *builder) others(from int32) {
	taken := maps.Clone(b.words)
	for i, first := range b.order {
		for _, n := range b.groups[first] {
			for _, f := range decline(n) {
				if _, ok := taken[hashWord(f)]; !ok {
					b.add(from+int32(i), f, false)
				}
			}
		}
	}
}
