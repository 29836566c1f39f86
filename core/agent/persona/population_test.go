package persona

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/spec"
)

func TestWhatIsWrongInAPopulationHasLineAndColumn(t *testing.T) {
	t.Parallel()
	const head = "about: жители\nmarginals:\n"
	for name, c := range map[string]struct{ text, want string }{
		"about":        {"about: ' '\n", "town.yaml:1:8: about is missing"},
		"nothing":      {"count: 3\n", "town.yaml:1:1: about is missing"},
		"count":        {"about: a\ncount: 0\n", "town.yaml:2:8: count is out of range"},
		"language":     {"about: a\nlanguage: de\n", `town.yaml:2:11: language cannot be "de"`},
		"unknown key":  {"about: a\nmarginal: {}\n", `town.yaml:2:1: unknown key "marginal": it is not used here; did you mean "marginals"?`},
		"sum":          {head + "  gender: {ж: 0.5, м: 0.4}\n", "town.yaml:3:12: the shares of gender add up to 0.9: they divide everybody; make them add up to 1"},
		"share":        {head + "  gender: {ж: 1.5, м: -0.5}\n", "town.yaml:3:15: a share is out of range: got 1.5"},
		"word":         {head + "  gender: {ж: половина, м: 0.5}\n", "town.yaml:3:15: marginals.gender.ж has the wrong type"},
		"age":          {head + "  age: {дети: 0.5, 18+: 0.5}\n", `age cannot be "дети": it is no range; write age as 18-30`},
		"age turned":   {head + "  age: {30-18: 1}\n", "it ends before it begins"},
		"age overlaps": {head + "  age: {18-30: 0.5, 30-40: 0.5}\n", `age cannot be "30-40": it overlaps "18-30"`},
		"age halved":   {head + "  age: {18.5-30: 1}\n", "ages are whole numbers"},
		"trait":        {head + "  openness: {-2..0: 0.5, 0..1: 0.5}\n", `openness cannot be "-2..0": it is out of range`},
		"traits":       {head + "  traits: {openness: 1}\n", "town.yaml:3:12: traits cannot have marginals: it is no single value"},
		"name":         {head + "  name: {Анна: 1}\n", "name cannot have marginals: names are unique"},
		"not a file":   {"", "town.yaml:1:1: "},
		"not yaml":     {"about: [\n", "malformed YAML"},
	} {
		_, err := parsePopulation("town.yaml", []byte(c.text))
		var problems spec.Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	good := "\ufeff" + strings.ReplaceAll(head+"  age: {18–30: 0.25, '31 - 55': 0.25, 56+: 0.25, 17: 0.25}\n  neuroticism: {-1..0: 0.5, 0..1: 0.5}\n  traits.щедрость: {0.5: 1}\n", "\n", "\r\n")
	if p, err := parsePopulation("town.yaml", []byte(good)); err != nil || p.Count != 10 || p.Language != "ru" || p.Names != "lists" || len(p.Marginals) != 3 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestRussianNumbersTakeTheirForm(t *testing.T) {
	t.Parallel()
	l := readLexicon("ru")
	for n, want := range map[int]string{0: "0 лет", 1: "1 год", 2: "2 года", 4: "4 года", 5: "5 лет", 11: "11 лет", 12: "12 лет", 14: "14 лет", 21: "21 год", 22: "22 года", 25: "25 лет", 101: "101 год", 111: "111 лет"} {
		if got := l.years(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	if e := readLexicon("en"); e.years(1) != "1 year" || e.years(22) != "22 years" {
		t.Error(e.years(1), e.years(22))
	}
	p, err := readPrompts("ru")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{1: "описать 1 человека", 2: "описать 2 человека", 5: "описать 5 человек", 21: "описать 21 человека"} {
		m, err := p.messages("plan", map[string]any{"Population": Describe("люди", n, "ru"), "Given": []Dimension{}, "Fewest": 3, "Most": 6})
		if err != nil || !strings.Contains(m[1].Content, want) {
			t.Errorf("%v %q", err, m)
		}
	}
}

func TestNamesAgreeWithGenderAndNeverRepeat(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		l := readLexicon(language)
		n := newNamer(l, random(1, "names", 0, 0))
		seen := map[string]bool{}
		all := len(l.sections["female"]) * len(l.sections["surnames"])
		for i := range all + 5 {
			name := n.name(female)
			if seen[folded(name)] {
				t.Fatalf("%s twice", name)
			}
			seen[folded(name)] = true
			if numbered := strings.HasSuffix(name, " 2"); numbered != (i >= all) {
				t.Fatalf("name %d of %d is %s", i, all, name)
			}
		}
		if first, _, _ := strings.Cut(n.name(male), " "); !slices.Contains(l.sections["male"], first) {
			t.Errorf("a man called %s", first)
		}
	}
}

func TestGendersAreReadInBothLanguages(t *testing.T) {
	t.Parallel()
	for gender, want := range map[string]sex{
		"женщина": female, "Ж": female, "female": female, "woman": female, "девушка": female, "мужчина": male, "Male": male, "парень": male,
		"man": male, "": unsaid, "non-binary": unsaid, "иной": unsaid,
	} {
		if got := sexOf(gender); got != want {
			t.Errorf("%q: %d", gender, got)
		}
	}
}

func TestFilesAreNamedInLatinLetters(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Анна Щёголева": "anna-shchegoleva", "Подъячев Игорь-2": "podyachev-igor-2", "O'Neil 3": "o-neil-3", "李": "", "../../etc": "etc",
		strings.Repeat("ш", 100): "shshshshshshshshshshshshshshshshshshshsh",
	} {
		if got := slug(name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}

func FuzzPopulationsAreReadOrRefused(f *testing.F) {
	f.Add("about: a\nmarginals: {age: {18-30: 0.5, 31+: 0.5}, openness: {-1..0: 1}}\n")
	f.Add("about: a\ncount: 3\nmarginals: {beliefs.x y: {-1: 0.999}, \"\": {\"\": 1}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePopulation("p.yaml", []byte(text))
		if err != nil || p.Count > 50 {
			return
		}
		l := readLexicon(p.Language)
		plan := newPlan(p, 1, p.given(l), l)
		if err := plan.sound(); err != nil || len(plan.Points) != p.Count {
			t.Error(err)
		}
	})
}
