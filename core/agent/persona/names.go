package persona

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/text"
)

// namer gives names out of lists, none twice.
type namer struct {
	first, last map[sex][]string
	next        map[sex]int
	taken       map[string]bool // folded
}

func newNamer(l *lexicon, r *rand.Rand) *namer {
	n := &namer{first: map[sex][]string{}, last: map[sex][]string{}, next: map[sex]int{}, taken: map[string]bool{}}
	for s, section := range map[sex]string{male: "male", female: "female"} {
		n.first[s] = slices.Clone(l.sections[section])
		for _, surname := range l.sections["surnames"] {
			n.last[s] = append(n.last[s], form(surname, s))
		}
	}
	for _, s := range []sex{male, female} { // in this order: a map has none
		shuffle(r, n.first[s])
		shuffle(r, n.last[s])
	}
	return n
}

func shuffle[T any](r *rand.Rand, s []T) {
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

// name is a name that nobody has yet. When the lists are spent, names are
// numbered.
func (n *namer) name(s sex) string {
	first, last := n.first[s], n.last[s]
	for {
		i := n.next[s]
		n.next[s]++
		name := first[i%len(first)] + " " + last[(i+i/len(first))%len(last)]
		if i >= len(first)*len(last) {
			return n.numbered(name)
		}
		if n.take(name) {
			return name
		}
	}
}

// take reports whether a name was free, and takes it.
func (n *namer) take(name string) bool {
	key := folded(name)
	if key == "" || n.taken[key] {
		return false
	}
	n.taken[key] = true
	return true
}

// numbered makes a name unique: Анна Белова 2.
func (n *namer) numbered(name string) string {
	for i := 2; ; i++ {
		if unique := fmt.Sprintf("%s %d", name, i); n.take(unique) {
			return unique
		}
	}
}

// folded makes two writings of one text equal: case, ё and spaces aside.
func folded(s string) string { return text.Fold(strings.Join(strings.Fields(s), " ")) }

// slug is a name in Latin letters, for a file.
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch latin, known := transliterated(r); {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case known:
			b.WriteString(latin)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

func transliterated(r rune) (string, bool) {
	const cyrillic = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
	latin := strings.Fields("a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch ' y ' e yu ya")
	at := slices.Index([]rune(cyrillic), r)
	if at < 0 {
		return "", false
	}
	return strings.Trim(latin[at], "'"), true
}
