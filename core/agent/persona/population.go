package persona

import (
	"fmt"
	"os"
	"strings"

	"github.com/llm-city/gorod/core/spec"
)

// MaxCount bounds a population.
const MaxCount = 100_000

// Population is what a factory is asked for.
type Population struct {
	About    string `yaml:"about" json:"about" doc:"who they are, in words: residents of a small town in the Urals"`
	Count    int    `yaml:"count" json:"count" default:"10" min:"1" max:"100000" doc:"how many personas"`
	Language string `yaml:"language" json:"language" default:"ru" enum:"ru,en" doc:"language that they are written in"`
	Names    string `yaml:"names" json:"names" default:"lists" enum:"lists,model" doc:"who names them: gorod from its lists of Russian and English names, or the model"`
	// Marginals are the shares of the values of a dimension. They are met
	// exactly, up to whole people.
	Marginals map[string]map[string]float64 `yaml:"marginals,omitempty" json:"marginals,omitempty" doc:"shares by dimension and value, that add up to 1: gender, age (18-30, 60+), occupation, residence, a Big Five trait (-1..0), traits.NAME, beliefs.STATEMENT, or anything of your own"`
}

// ReadPopulation reads the YAML of a factory. What is wrong with it comes as
// spec.Problems.
func ReadPopulation(file string) (Population, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Population{}, spec.Problems{{File: file, What: "cannot be read", Why: err.Error(), Do: "check the path"}}
	}
	return parsePopulation(file, text)
}

func parsePopulation(file string, text []byte) (Population, error) {
	var p Population
	source, problems := spec.Decode(file, text, &p)
	if len(problems) == 0 {
		problems = p.check(source)
	}
	if len(problems) > 0 {
		return p, problems.Sorted()
	}
	if len(p.Marginals) == 0 {
		p.Marginals = nil
	}
	return p, nil
}

// Describe is a population that is described in words alone.
func Describe(about string, count int, language string) Population {
	return Population{About: about, Count: count, Language: language, Names: "lists"}
}

// check finds marginals that no population can have.
func (p *Population) check(source *spec.Source) spec.Problems {
	var problems spec.Problems
	say := func(path, what, why, do string) { problems = append(problems, source.Problem(path, what, why, do)) }
	if strings.TrimSpace(p.About) == "" {
		say("about", "about is missing", "the model must know who they are", "add about: residents of …")
	}
	for _, name := range sorted(p.Marginals) {
		path, sum := "marginals."+name, 0.0
		if why := unfit(name); why != "" {
			say(path, fmt.Sprintf("%s cannot have marginals", name), why, "remove it")
		}
		for _, value := range sorted(p.Marginals[name]) {
			share := p.Marginals[name][value]
			if share < 0 || share > 1 {
				say(path+"."+value, "a share is out of range", fmt.Sprintf("got %v, allowed 0 to 1", share), "correct it")
			}
			sum += share
		}
		if sum < 0.999 || sum > 1.001 {
			say(path, fmt.Sprintf("the shares of %s add up to %.4g", name, sum), "they divide everybody", "make them add up to 1")
		}
		if value, why := misranged(name, p.Marginals[name]); why != "" {
			say(path+"."+value, fmt.Sprintf("%s cannot be %q", name, value), why, "write age as 18-30, 45 or 60+, traits and beliefs as -1..0")
		}
	}
	return problems
}

// unfit says why a key of personas cannot be divided into shares.
func unfit(name string) string {
	switch name {
	case "name":
		return "names are unique"
	case "bio", "traits", "beliefs", "relationships", "routine", "extra", "fragments":
		return "it is no single value; traits.NAME and beliefs.STATEMENT are"
	}
	return ""
}

// misranged finds a value of a numeric dimension that is no range, or that
// overlaps another.
func misranged(name string, shares map[string]float64) (value, why string) {
	kind := kindOf(name)
	if kind == category {
		return "", ""
	}
	var seen []span
	var names []string
	for _, value := range sorted(shares) {
		s, err := kind.span(value)
		if err != nil {
			return value, err.Error()
		}
		for i, other := range seen {
			if s.overlaps(other, kind) {
				return value, fmt.Sprintf("it overlaps %q", names[i])
			}
		}
		seen, names = append(seen, s), append(names, value)
	}
	return "", ""
}
