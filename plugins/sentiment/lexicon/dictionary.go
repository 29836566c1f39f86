package lexicon

import (
	"embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/text"
)

//go:embed data/*.tsv
var data embed.FS

// role of a word in a text.
type role uint8

const (
	affect   role = iota // has a weight
	negate               // turns what follows
	unnegate             // takes a negation right before it back
	modal                // between two negations, takes both back
	boost                // strengthens or weakens what follows
	dual                 // affect that may only strengthen: "ужасно рад"
	contrast             // counts what follows for more
	function             // tells that Latin letters are English
	foreign              // tells that they are not
)

func roles() map[string]role {
	return map[string]role{
		"negate": negate, "unnegate": unnegate, "modal": modal, "boost": boost, "dual": dual, "contrast": contrast,
		"english": function, "foreign": foreign,
	}
}

// emotion that a word shows.
type emotion uint8

const (
	none emotion = iota
	joy
	anger
	fear
	sadness
	surprise
	emotions // how many
)

func (e emotion) String() string {
	return [emotions]string{"", "joy", "anger", "fear", "sadness", "surprise"}[e]
}

// arousal of a word of full weight that shows the emotion.
func (e emotion) arousal() float64 {
	return [emotions]float64{0.4, 0.6, 0.8, 0.7, 0.3, 0.8}[e]
}

// entry is a word or emoji with what it does in a text.
type entry struct {
	role     role
	weight   float64 // of affect, -1…1
	emotion  emotion
	strength float64 // of boost and dual
}

// dictionary finds entries. It is read from many goroutines.
type dictionary struct {
	forms   map[string]entry // this form alone; before stems
	stems   map[string]entry
	emoji   map[rune]entry
	stemmer *text.Stemmer
}

// shortestStem in characters that stands for all words with it; a word with a
// shorter one stands for itself.
const shortestStem = 3

func load() (*dictionary, error) {
	d := &dictionary{forms: map[string]entry{}, stems: map[string]entry{}, emoji: map[rune]entry{}, stemmer: text.NewStemmer()}
	for _, f := range []struct {
		name string
		add  func(fields []string) error
	}{
		{"ru.tsv", d.addAffect},
		{"en.tsv", d.addAffect},
		{"emoji.tsv", d.addEmoji},
		{"modifiers.tsv", d.addModifier}, // last: a dual takes its weight from the others
	} {
		if err := eachLine(f.name, f.add); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// eachLine hands over the fields of a file's lines: two columns and the words.
func eachLine(file string, add func(fields []string) error) error {
	all, err := data.ReadFile("data/" + file)
	if err != nil {
		return fmt.Errorf("read lexicon: %w", err)
	}
	number := 0
	for line := range strings.Lines(string(all)) {
		number++
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) < 3 {
			err = fmt.Errorf("want weight, emotion, words")
		} else {
			err = add(fields)
		}
		if err != nil {
			return fmt.Errorf("lexicon %s:%d: %w", file, number, err)
		}
	}
	return nil
}

func parseAffect(fields []string) (entry, error) {
	weight, err := strconv.ParseFloat(fields[0], 64)
	if err != nil || math.Abs(weight) > 1 {
		return entry{}, fmt.Errorf("weight %q is not between -1 and 1", fields[0])
	}
	for e := range emotions {
		if name := e.String(); name == fields[1] || name == "" && fields[1] == "-" {
			return entry{weight: weight, emotion: e}, nil
		}
	}
	return entry{}, fmt.Errorf("no such emotion: %q", fields[1])
}

func (d *dictionary) addAffect(fields []string) error {
	e, err := parseAffect(fields)
	if err != nil {
		return err
	}
	for _, word := range fields[2:] {
		if form, exact := strings.CutPrefix(word, "="); exact {
			d.forms[form] = e
			continue
		}
		stem := text.Stem(word)
		if utf8.RuneCountInString(stem) < shortestStem {
			d.forms[word] = e
			continue
		}
		if known, ok := d.stems[stem]; ok && known != e {
			return fmt.Errorf("%s has the stem %s, which stands elsewhere with weight %v", word, stem, known.weight)
		}
		d.stems[stem] = e
	}
	return nil
}

func (d *dictionary) addEmoji(fields []string) error {
	e, err := parseAffect(fields)
	if err != nil {
		return err
	}
	for _, emoji := range fields[2:] {
		r, _ := utf8.DecodeRuneInString(emoji)
		d.emoji[r] = e
	}
	return nil
}

func (d *dictionary) addModifier(fields []string) error {
	r, ok := roles()[fields[0]]
	strength, err := strconv.ParseFloat(fields[1], 64)
	if !ok || err != nil {
		return fmt.Errorf("want role, strength, words")
	}
	for _, word := range fields[2:] {
		e := entry{role: r, strength: strength}
		if r == dual {
			known, _ := d.affect([]byte(word))
			e.weight, e.emotion = known.weight, known.emotion
		}
		if known, taken := d.forms[word]; taken && known.role != affect && known.role != r && r >= function {
			continue // a negation or a booster tells the language less than it does its own work
		}
		d.forms[word] = e
	}
	return nil
}

// find looks a folded word up.
func (d *dictionary) find(word []byte) (entry, bool) {
	if e, ok := d.affect(word); ok {
		return e, true
	}
	// Russian makes opposites with не-: невкусный is вкусный turned.
	if rest, ok := strings.CutPrefix(string(word), "не"); ok && len(rest) >= 8 {
		if e, ok := d.affect([]byte(rest)); ok && e.role == affect {
			return turned(e), true
		}
	}
	return entry{}, false
}

func (d *dictionary) affect(word []byte) (entry, bool) {
	if e, ok := d.forms[string(word)]; ok {
		return e, true
	}
	e, ok := d.stems[d.stemmer.Stem(word)]
	return e, ok
}

// turned is an affect word under negation: weaker, and weaker still where
// something bad is denied.
func turned(e entry) entry {
	switch {
	case e.weight > 0:
		e.weight *= -0.74
	default:
		e.weight *= -0.5
	}
	if e.emotion == joy {
		e.emotion = sadness
	} else {
		e.emotion = none
	}
	return e
}
