package items

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/plugins/text"
)

// What replies look like that choose an option.
var (
	answerField = regexp.MustCompile(`"answer"\s*:\s*"?([^"}\n]+)`)
	// labelled is a label with a mark behind it: "B)", "**2.** …".
	labelled = regexp.MustCompile(`^[\s*_("'«\[]*(\pL|\d{1,2})[)\].:,*_"'»—-]+(?:\s|$)`)
	// concluded precedes an answer.
	concluded = regexp.MustCompile(`(?is)(?:^|[^\pL])(?:(?:верный |правильный )?(?:ответ|вариант)(?:ом)?(?: будет| под буквой| под номером| номер)?|answer(?: is)?|option)[\s:=*—–-]+(?:вариант |буква |option |это |the |is )?(.+)$`)
	inNumber  = regexp.MustCompile(`(\d)[.,:](\d)`)
	minus     = regexp.MustCompile(`(^|[\s(=])[-−–](\d)`)
)

// Parse is the index of the option that a reply chooses: JSON with an answer, or
// free text that says the option's words, its label or its number from 1. ё and
// е, case, quotes and marks make no difference, nor does a Russian letter for a
// Latin one that looks like it. ok is false where the reply chooses none, or
// several.
func (o Options) Parse(reply string) (index int, ok bool) {
	reply = answerIn(llm.WithoutThinking(reply))
	if index, ok = o.plainly(reply); ok {
		return index, true
	}
	if m := concluded.FindStringSubmatch(reply); m != nil {
		if index, ok = o.plainly(m[1]); ok {
			return index, true
		}
		if index, ok = o.within(m[1]); ok {
			return index, true
		}
	}
	return o.within(reply)
}

// answerIn is the answer of a reply in JSON, or the reply.
func answerIn(reply string) string {
	var chosen struct {
		Answer any `json:"answer"`
	}
	if json.Unmarshal([]byte(reply), &chosen) == nil {
		switch a := chosen.Answer.(type) {
		case string:
			return a
		case float64:
			return strconv.FormatFloat(a, 'f', -1, 64)
		}
	}
	if m := answerField.FindStringSubmatch(reply); m != nil {
		return m[1]
	}
	return reply
}

// plainly is the option that a text is, or whose label or number it is or begins
// with.
func (o Options) plainly(said string) (int, bool) {
	words := bare(said)
	for i, option := range o {
		if words != "" && words == bare(option) {
			return i, true
		}
	}
	if i, ok := o.named(words); ok {
		return i, true
	}
	if m := labelled.FindStringSubmatch(said); m != nil {
		return o.named(text.Fold(m[1]))
	}
	first, rest, more := strings.Cut(words, " ")
	if i, ok := o.named(first); ok && more && rest == bare(o[i]) {
		return i, true // a label, and the option's words
	}
	return 0, false
}

// bare is a text folded, without marks; a number with a mark inside is a word.
func bare(s string) string {
	s = minus.ReplaceAllString(inNumber.ReplaceAllString(s, "${1}p$2"), "${1}minus$2")
	return strings.Join(text.Words(s, 4096), " ")
}

// named is the option whose label or number a folded word is.
func (o Options) named(word string) (int, bool) {
	if n, err := strconv.Atoi(word); err == nil {
		return n - 1, n >= 1 && n <= len(o)
	}
	letters := []rune(word)
	if len(letters) != 1 {
		return 0, false
	}
	i := int(letters[0] - 'a')
	switch letters[0] {
	case 'а':
		i = 0
	case 'в', 'б': // the one looks like B, the other is the second
		i = 1
	case 'с':
		i = 2
	case 'д', 'г': // the one sounds like D, the other is the fourth
		i = 3
	case 'е':
		i = 4
	}
	return i, i >= 0 && i < len(o)
}

// within is the only option whose words stand in a text. An option within the
// words of another that stands there too does not count.
func (o Options) within(said string) (int, bool) {
	has := func(text, words string) bool { return strings.Contains(" "+text+" ", " "+words+" ") }
	said = bare(said)
	found, words := -1, ""
	for i, option := range o {
		w := bare(option)
		switch {
		case w == "" || !has(said, w):
		case found < 0 || has(w, words):
			found, words = i, w
		case !has(words, w):
			return 0, false
		}
	}
	return max(found, 0), found >= 0
}
