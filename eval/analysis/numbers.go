package analysis

import (
	"strings"
	"unicode"

	"github.com/llm-city/gorod/eval/stats"
)

// Number is a number of the result with a name that does not change while its
// rows are there, and with what it is made of.
type Number struct {
	// Macro is letters only, as TeX wants: GorodDialogueWinTunedBaseDiff without
	// the first word.
	Macro string
	Value float64
	Form  Form
	Of    Provenance
}

// Form is how a number is written.
type Form string

// Forms of numbers.
const (
	Plain  Form = "value"  // of a measure: digits as its bounds ask for
	Effect Form = "effect" // two digits
	PValue Form = "p"
	Count  Form = "count"
	Rate   Form = "rate" // of 0 to 1
)

// Provenance says which rows of scores give a number, and how: empty fields are
// not filtered by.
type Provenance struct {
	Task      string   `json:"task,omitempty"`
	Measure   string   `json:"measure,omitempty"`
	Subjects  []string `json:"subjects,omitempty"`
	By        string   `json:"by,omitempty"`
	Turn      int32    `json:"turn,omitempty"`
	Statistic string   `json:"statistic"`
}

// numbers names everything that was computed.
func (a *analyser) numbers() []Number {
	n := &naming{taken: map[string]bool{}}
	for _, t := range a.result.Tasks {
		for _, m := range t.Measures {
			n.measure(m)
		}
	}
	for _, c := range a.result.Family {
		n.comparison(c)
	}
	for _, t := range a.result.Tasks {
		for _, m := range t.Measures {
			for _, c := range m.Comparisons {
				if !c.Declared {
					n.comparison(c)
				}
			}
		}
	}
	return n.all
}

type naming struct {
	taken map[string]bool
	all   []Number
}

func (n *naming) add(form Form, value float64, of Provenance, words ...string) string {
	name := Macro(words...)
	for n.taken[name] {
		name += "X"
	}
	n.taken[name] = true
	n.all = append(n.all, Number{name, value, form, of})
	return name
}

// Triple are the names of an estimate; empty where it has no such number.
type Triple struct{ Value, Low, High string }

func (n *naming) estimate(form Form, e stats.Estimate, of Provenance, words ...string) (t Triple) {
	if e.Why != "" {
		return t
	}
	words = words[:len(words):len(words)]
	of.Statistic = string(e.Method)
	t.Value = n.add(form, e.Value, of, words...)
	if e.Open == "" {
		of.Statistic = string(e.Method) + " low"
		t.Low = n.add(form, e.Low, of, append(words, "Low")...)
		of.Statistic = string(e.Method) + " high"
		t.High = n.add(form, e.High, of, append(words, "High")...)
	}
	return t
}

func (n *naming) measure(m *Measure) {
	base := Provenance{Task: m.Task, Measure: m.Name}
	for _, s := range m.Subjects {
		of := base
		of.Subjects = []string{s.Name}
		n.estimate(Plain, s.Value, of, m.Task, m.Name, s.Name)
		of.Statistic = "items"
		n.add(Count, float64(s.Value.N), of, m.Task, m.Name, s.Name, "N")
	}
	for _, c := range m.Curves {
		for i, turn := range c.Turns {
			n.estimate(Plain, c.Values[i], Provenance{Task: m.Task, Measure: m.Name, Subjects: []string{c.Subject}, Turn: turn},
				m.Task, m.Name, c.Subject, "turn", digits(int(turn)))
		}
	}
	for _, j := range m.Judges {
		if j.Flips != nil {
			of := base
			of.By = j.Name
			n.estimate(Rate, j.Flips.Rate, of, m.Task, m.Name, "flips", j.Name)
		}
	}
	if m.Agreement != nil {
		n.estimate(Effect, m.Agreement.Alpha, base, m.Task, m.Name, "alpha")
	}
	if m.People != nil {
		n.estimate(Effect, m.People.Alpha, base, m.Task, m.Name, "alpha people")
	}
	if m.PeopleJudges != nil {
		n.estimate(Effect, m.PeopleJudges.Alpha, base, m.Task, m.Name, "alpha people judges")
	}
	for _, h := range m.Human {
		n.human(m, &h, base)
	}
	if m.Pairwise != nil {
		n.tournament(m, base)
	}
}

func (n *naming) human(m *Measure, h *Human, of Provenance) {
	of.Subjects = []string{h.Subject}
	words := []string{m.Task, m.Name, h.Subject}
	if h.Against != "" {
		of.Subjects, words = append(of.Subjects, h.Against), append(words, h.Against)
	}
	with := func(word ...string) []string { return append(words[:len(words):len(words)], word...) }
	n.estimate(Plain, h.Classical, of, with("human")...)
	n.estimate(Plain, h.Powered, of, with("powered")...)
	of.Statistic = "items"
	n.add(Count, float64(h.Labelled), of, with("human", "N")...)
	if h.Against != "" {
		n.estimate(Plain, h.Judged, of, with("judged")...)
		n.estimate(Plain, Difference(h.Powered), of, with("powered", "diff")...)
	}
}

func (n *naming) tournament(m *Measure, of Provenance) {
	t := m.Pairwise.Tournament
	for _, s := range t.Strengths {
		of.Subjects = []string{s.Subject}
		n.estimate(Effect, s.Estimate, of, m.Task, m.Name, s.Subject, "strength")
	}
	of.Subjects = nil
	if t.Why == "" {
		n.estimate(Effect, t.First, of, m.Task, m.Name, "shown first")
		n.estimate(Effect, t.Length, of, m.Task, m.Name, "length")
	}
}

func (n *naming) comparison(c *Comparison) {
	words := []string{c.Task, c.Measure, c.A, c.B}
	if c.Name != "" {
		words = []string{c.Name}
	}
	of := Provenance{Task: c.Task, Measure: c.Measure, Subjects: []string{c.A, c.B}}
	with := func(word string) []string { return append(words[:len(words):len(words)], word) }
	c.Names.Difference = n.estimate(Plain, c.Difference, of, with("diff")...)
	if c.Test.Why == "" {
		of.Statistic = string(c.Test.Method)
		c.Names.P = n.add(PValue, c.Test.P, of, with("p")...)
	}
	if c.Declared && c.Adjusted.Why == "" {
		of.Statistic = "holm " + string(c.Test.Method)
		c.Names.Holm = n.add(PValue, c.Adjusted.P, of, with("holm")...)
	}
	c.Names.Effect = n.estimate(Effect, c.Effect, of, with("effect")...)
	if c.Difference.Why == "" {
		of.Statistic = "items"
		c.Names.N = n.add(Count, float64(c.Difference.N), of, with("N")...)
	}
}

// Macro is a name for TeX: each word with a capital, letters only. Digits are
// words, Cyrillic letters are Latin ones.
func Macro(words ...string) string {
	var out strings.Builder
	for _, w := range words {
		capital := true
		for _, r := range w {
			if r == 'ь' || r == 'ъ' {
				continue
			}
			text := latin(unicode.ToLower(r))
			switch {
			case text == "":
				capital = true
				continue
			case r >= '0' && r <= '9', capital || unicode.IsUpper(r):
				text = strings.ToUpper(text[:1]) + text[1:]
			}
			out.WriteString(text)
			capital = r >= '0' && r <= '9'
		}
	}
	return out.String()
}

// digits writes a number in words.
func digits(n int) (out string) {
	if n >= 10 {
		out = digits(n / 10)
	}
	return out + [...]string{"Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"}[n%10]
}

// latin is a character in Latin letters (GOST 7.79-2000, system B, without its
// signs); empty where it has none.
func latin(r rune) string {
	switch {
	case r >= 'a' && r <= 'z':
		return string(r)
	case r >= '0' && r <= '9':
		return digits(int(r - '0'))
	case r == 'ё':
		return "yo"
	case r >= 'а' && r <= 'я':
		return [...]string{
			"a", "b", "v", "g", "d", "e", "zh", "z", "i", "j", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "x", "cz", "ch", "sh", "shh",
			"", "y", "", "e", "yu", "ya",
		}[r-'а']
	}
	return ""
}
