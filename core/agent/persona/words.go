package persona

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"strings"
)

//go:embed words/*.txt
var wordFiles embed.FS

// lexicon is what the factory proposes in a language, by section.
type lexicon struct {
	language string
	sections map[string][]string
}

// readLexicon reads the words of a language. They are part of the program, so
// that a fault in them is a fault of it.
func readLexicon(language string) *lexicon {
	data, err := wordFiles.ReadFile("words/" + language + ".txt")
	if err != nil {
		panic("persona: " + err.Error())
	}
	l := &lexicon{language: language, sections: map[string][]string{}}
	section := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		default:
			l.sections[section] = append(l.sections[section], line)
		}
	}
	return l
}

func (l *lexicon) pick(r *rand.Rand, section string) string {
	lines := l.sections[section]
	return lines[r.IntN(len(lines))]
}

// dimensions are ways in which people differ, with what each may be.
func (l *lexicon) dimensions() []Dimension {
	var out []Dimension
	for _, line := range l.sections["dimensions"] {
		name, values, _ := strings.Cut(line, ":")
		d := Dimension{Name: strings.TrimSpace(name)}
		for value := range strings.SplitSeq(values, "|") {
			d.Values = append(d.Values, Value{Name: strings.TrimSpace(value)})
		}
		out = append(out, d)
	}
	return out
}

// years is an age or a time: 21 год, 22 года, 25 лет.
func (l *lexicon) years(n int) string {
	if l.language == "ru" {
		return fmt.Sprintf("%d %s", n, pluralRu(n, "год", "года", "лет"))
	}
	if n == 1 {
		return "1 year"
	}
	return fmt.Sprintf("%d years", n)
}

// pluralRu chooses the Russian form that goes with a number: 1 год, 2 года, 5
// лет; 11 to 14 go with the last.
func pluralRu(n int, one, few, many string) string {
	switch n %= 100; {
	case n >= 11 && n <= 14:
		return many
	case n%10 == 1:
		return one
	case n%10 >= 2 && n%10 <= 4:
		return few
	default:
		return many
	}
}

// sex is a grammatical gender, as far as a persona's gender tells it.
type sex int

const (
	unsaid sex = iota
	male
	female
)

// sexOf reads женщина, female, ж; мужчина, male, м; and leaves the rest unsaid.
func sexOf(gender string) sex {
	g := strings.ToLower(strings.TrimSpace(gender))
	for _, start := range []string{"ж", "f", "w", "девоч", "девуш", "girl"} {
		if strings.HasPrefix(g, start) {
			return female
		}
	}
	for _, start := range []string{"м", "m", "boy", "юнош", "парень"} {
		if strings.HasPrefix(g, start) {
			return male
		}
	}
	return unsaid
}

// form takes the form for a gender out of male|female.
func form(alternatives string, s sex) string {
	his, hers, two := strings.Cut(alternatives, "|")
	if two && s == female {
		return hers
	}
	return his
}

// formed fills a line with forms by gender {his|hers} and with slots.
func formed(line string, s sex, slots map[string]string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(line, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		slot, after, _ := strings.Cut(rest, "}")
		if word, known := slots[slot]; known {
			b.WriteString(word)
		} else {
			b.WriteString(form(slot, s))
		}
		line = after
	}
}
