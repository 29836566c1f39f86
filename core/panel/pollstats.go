package panel

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/spec"
)

// Traits that answers are broken down by; those of a persona's traits begin with
// traitPrefix.
const (
	byGroup      = "group"
	byGender     = "gender"
	byAge        = "age"
	byOccupation = "occupation"
	traitPrefix  = "trait:"
)

// result is what came of one question.
type result struct {
	spec.Question
	N       int // who answered
	Missing int
	Bars    []bar
	Mean    float64 // of a scale
	Spread  float64 // its standard deviation
	Rows    []breakdown
	Heads   []string
	Texts   []said
}

// bar is one answer with how many gave it.
type bar struct {
	Label string
	N     int
	Share float64 // of those who answered
}

// breakdown is the answers of those who have a trait.
type breakdown struct {
	Label  string
	N      int
	Cells  []bar
	Mean   float64 // of a scale
	Spread float64
}

// said is an answer in words.
type said struct {
	Who  city.Name
	Text string
	Why  bool // why another answer was given
	Pick string
}

// result counts the answers to a question.
func (q *request) result(question spec.Question, answers []event.Answer, people map[string]city.Resident, by string) result {
	r := result{Question: question}
	var given []event.Answer
	for _, a := range answers {
		if a.Question != question.ID {
			continue
		}
		if a.Missing != "" {
			r.Missing++
			continue
		}
		given = append(given, a)
		if a.Text != "" {
			who := people[a.Agent]
			r.Texts = append(r.Texts, said{city.Name{ID: a.Agent, Name: cmp.Or(who.Name, a.Agent)}, a.Text, question.Type != spec.Open, picked(a)})
		}
	}
	r.N = len(given)
	r.Heads = heads(question)
	r.Bars = count(given, r.Heads)
	r.Mean, r.Spread = moments(given)
	if question.Type == spec.Open {
		return r
	}
	parts := map[string][]event.Answer{}
	for _, a := range given {
		label := q.trait(people[a.Agent], by)
		parts[label] = append(parts[label], a)
	}
	for _, label := range slices.Sorted(maps.Keys(parts)) {
		mean, spread := moments(parts[label])
		r.Rows = append(r.Rows, breakdown{label, len(parts[label]), count(parts[label], r.Heads), mean, spread})
	}
	return r
}

// picked is an answer that was chosen, in words.
func picked(a event.Answer) string {
	if a.Number != nil {
		return strconv.FormatFloat(*a.Number, 'g', -1, 64)
	}
	return strings.Join(a.Options, "; ")
}

// mostSteps is how long a scale may be for each of its numbers to have a bar.
const mostSteps = 11

// heads are the answers that a question offers.
func heads(question spec.Question) (out []string) {
	switch question.Type {
	case spec.Single, spec.Multiple:
		return question.Options
	case spec.Scale:
		if question.Max-question.Min < mostSteps {
			for n := question.Min; n <= question.Max; n++ {
				out = append(out, strconv.Itoa(n))
			}
		}
	}
	return out
}

func count(answers []event.Answer, heads []string) []bar {
	bars := make([]bar, len(heads))
	for i, head := range heads {
		bars[i].Label = head
		for _, a := range answers {
			if a.Number != nil && strconv.FormatFloat(*a.Number, 'f', 0, 64) == head || slices.Contains(a.Options, head) {
				bars[i].N++
			}
		}
		bars[i].Share = float64(bars[i].N) / float64(max(1, len(answers)))
	}
	return bars
}

// moments are the mean and the standard deviation of answers on a scale.
func moments(answers []event.Answer) (mean, spread float64) {
	sum, squares, n := 0.0, 0.0, 0.0
	for _, a := range answers {
		if a.Number != nil {
			sum, squares, n = sum+*a.Number, squares+*a.Number**a.Number, n+1
		}
	}
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	mean = sum / n
	if n < 2 {
		return mean, math.NaN()
	}
	return mean, math.Sqrt(max(0, (squares-n*mean*mean)/(n-1)))
}

// breaks are the traits by which those asked differ.
func breaks(people map[string]city.Resident) (out []string) {
	values := map[string]map[string]bool{}
	note := func(trait, value string) {
		if values[trait] == nil {
			values[trait] = map[string]bool{}
		}
		values[trait][value] = true
	}
	for _, r := range people {
		note(byGroup, r.Group)
		note(byGender, r.Persona.Gender)
		note(byAge, ageBand(r.Persona.Age))
		note(byOccupation, r.Persona.Occupation)
		for name := range r.Persona.Traits {
			note(traitPrefix+name, "")
		}
	}
	for _, trait := range []string{byGroup, byGender, byAge, byOccupation} {
		if n := len(values[trait]); n > 1 && (trait != byOccupation || n <= len(people)/2) {
			out = append(out, trait)
		}
	}
	for _, trait := range slices.Sorted(maps.Keys(values)) {
		if strings.HasPrefix(trait, traitPrefix) {
			out = append(out, trait)
		}
	}
	return out
}

// trait is what a resident is by a trait.
func (q *request) trait(r city.Resident, by string) string {
	value := ""
	switch by {
	case byGroup:
		value = prose(r.Group, 60)
	case byGender:
		value = q.words.Or("gender."+r.Persona.Gender, prose(r.Persona.Gender, 40))
	case byAge:
		value = ageBand(r.Persona.Age)
	case byOccupation:
		value = prose(r.Persona.Occupation, 60)
	default:
		if v, ok := r.Persona.Traits[strings.TrimPrefix(by, traitPrefix)]; ok {
			value = q.words.T("level." + level(v))
		}
	}
	return cmp.Or(value, q.words.T("trait.none"))
}

// level of a persona's trait. The words begin with digits, so that they stand in
// their order.
func level(v float64) string {
	switch {
	case v < -1.0/3:
		return "low"
	case v > 1.0/3:
		return "high"
	}
	return "middle"
}

// ageBand is ten years of life.
func ageBand(age int) string {
	switch {
	case age <= 0:
		return ""
	case age < 18:
		return "<18"
	case age >= 80:
		return "80+"
	case age < 30:
		return "18–29"
	}
	low := age / 10 * 10
	return strconv.Itoa(low) + "–" + strconv.Itoa(low+9)
}
