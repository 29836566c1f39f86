package people

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/llm-city/gorod/core/env/lang"
)

// alike are signs that are taken for a Cyrillic letter, small or capital.
const alike = "а=aα в=bβ г=r е=eεє з=3 и=u і=il1|ιӏ к=kκ м=mμ н=hη о=0oοσ п=nπ р=pρ с=c т=tτ у=yυγ х=xχ"

// guise finds names that look the same.
type guise map[rune]rune

func newGuise() guise {
	g := guise{}
	for pair := range strings.FieldsSeq(alike) {
		to, others, _ := strings.Cut(pair, "=")
		for _, r := range others {
			g[r] = []rune(to)[0]
		}
	}
	return g
}

// looks is what readers take a name for, the same for names that look the same:
// its letters, of whatever alphabet and without marks, and where words end.
func (g guise) looks(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(lang.Fold(norm.NFKC.String(name))) {
		to, known := g[r]
		switch {
		case known:
			r = to
		case unicode.In(r, unicode.Mn, unicode.Cf):
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
