package people

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/llm-city/gorod/plugins/sdk"
)

const maxHandle = 30

// latin are letters as others type them: Russian, then Ukrainian, Belarusian,
// Kazakh and Tatar, then those Latin ones that are more than a letter with marks.
const latin = `а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya
і=i ї=yi є=ye ґ=g ў=u ә=a ғ=g қ=k ң=n ө=o ұ=u ү=u һ=h җ=zh
ß=ss æ=ae œ=oe ø=o ł=l đ=d ð=d þ=th ı=i`

// Handles are what people from outside call each of some: the name as a username
// of Latin letters, digits and underscores, at most 30 of them. Анна Петрова is
// anna_petrova. Where one before has the handle, or the name has no letter that
// can be written so, the handle ends with the id. The same people have the same
// handles; more people after them change none.
func Handles(all []sdk.Person) []string {
	r, taken, out := newRomanizer(), map[string]bool{}, make([]string, len(all))
	for i, p := range all {
		base := r.handle(p.Name, maxHandle)
		handle := base
		for n := 0; handle == "" || taken[handle]; n++ {
			end := "_" + r.handle(p.ID, maxHandle/2)
			if n > 0 {
				end += "_" + strconv.Itoa(n)
			}
			handle = strings.TrimLeft(strings.TrimRight(base[:min(len(base), maxHandle-len(end))], "_")+end, "_")
		}
		taken[handle], out[i] = true, handle
	}
	return out
}

// romanizer writes names in Latin letters.
type romanizer map[rune]string

func newRomanizer() romanizer {
	r := romanizer{}
	for pair := range strings.FieldsSeq(latin) {
		letter, written, _ := strings.Cut(pair, "=")
		r[[]rune(letter)[0]] = written
	}
	return r
}

// handle is a name in at most limit letters, empty for one that has none which
// it knows.
func (r romanizer) handle(name string, limit int) string {
	var b strings.Builder
	gap := false
	for _, c := range strings.ToLower(norm.NFC.String(name)) {
		written, known := r[c]
		if !known {
			written = plain(c)
		}
		switch {
		case unicode.IsSpace(c) || c == '-' || c == '_':
			gap = b.Len() > 0
		case b.Len()+len(written) >= limit:
			return b.String()
		case written != "":
			if gap {
				b.WriteByte('_')
				gap = false
			}
			b.WriteString(written)
		}
	}
	return b.String()
}

// plain is what is left of a Latin letter without its marks.
func plain(c rune) string {
	letter := norm.NFD.String(string(c))[:1]
	if letter[0] >= 'a' && letter[0] <= 'z' || letter[0] >= '0' && letter[0] <= '9' {
		return letter
	}
	return ""
}
