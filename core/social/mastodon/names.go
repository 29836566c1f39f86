package mastodon

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// names finds residents by what a text calls them.
type names struct {
	directory *people.Directory
	handles   map[string]string // ids by handle in the run
}

// maxWords of a name are looked at, as in the run.
const maxWords = 4

func newNames(residents []spec.Resident) *names {
	n := &names{people.New(residents), map[string]string{}}
	persons := make([]sdk.Person, len(residents))
	for i := range residents {
		persons[i] = n.directory.Person(i)
	}
	for i, handle := range people.Handles(persons) {
		n.handles[handle] = persons[i].ID
	}
	return n
}

// called is whom the beginning of a text names, which stands behind an @, and
// how long the name is. A stranger is named by the id without its first @.
func (n *names) called(s string) (id string, length int) {
	account := wordEnd(s, "_.-:@")
	account = len(strings.TrimRight(s[:account], ".-:@"))
	to := 0
	for range maxWords {
		word := wordEnd(s[to:], "-")
		if word == 0 {
			break
		}
		to += word
		if at := n.directory.Find(s[:to]); at >= 0 {
			id, length = n.directory.Person(at).ID, to
		}
		if !strings.HasPrefix(s[to:], " ") {
			break
		}
		to++
	}
	handle := s[:wordEnd(s, "_")]
	switch {
	case strings.Contains(s[:account], "@"):
		return "@" + strings.ToLower(s[:account]), account
	case length <= len(handle) && n.handles[lang.Fold(handle)] != "":
		return n.handles[lang.Fold(handle)], len(handle)
	}
	return id, length
}

// wordEnd is the length of the word that a text begins with; inner characters
// count as letters.
func wordEnd(s, inner string) int {
	for i, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune(inner, r) {
			return i
		}
	}
	return len(s)
}

// mentions rewrites whatever follows an @ that servers take for the beginning of
// a name.
func mentions(s string, rewrite func(rest string) (written string, length int)) string {
	var b strings.Builder
	for at := 0; at < len(s); {
		sign := strings.IndexByte(s[at:], '@')
		if sign < 0 {
			b.WriteString(s[at:])
			break
		}
		b.WriteString(s[at : at+sign])
		at += sign + 1
		before, _ := utf8.DecodeLastRuneInString(s[:at-1])
		if at > 1 && (unicode.IsLetter(before) || unicode.IsDigit(before) || before == '_' || before == '/') {
			b.WriteByte('@') // an address
			continue
		}
		written, length := rewrite(s[at:])
		b.WriteString(written)
		at += length
	}
	return b.String()
}
