package persona

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Dimension is a way in which people differ: education, age, openness.
type Dimension struct {
	Name   string  `json:"name"`
	Values []Value `json:"values"`
	Given  bool    `json:"given,omitempty"` // its shares were asked for
}

// Value is what people may be on a dimension: a word, or a range of numbers
// such as 18-30 of ages and -1..0 of traits.
type Value struct {
	Name  string  `json:"value"`
	Share float64 `json:"share"`
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// quotas divides people among values by the largest remainder: whole people,
// and no value more than one off its share. Of equal remainders the earlier
// value gets the person.
func (d *Dimension) quotas(people int) []int {
	out, rest := make([]int, len(d.Values)), make([]float64, len(d.Values))
	total := 0.0
	for _, v := range d.Values {
		total += v.Share
	}
	left := people
	for i, v := range d.Values {
		exact := v.Share / total * float64(people)
		out[i] = int(math.Floor(exact + 1e-9))
		rest[i] = exact - float64(out[i])
		left -= out[i]
	}
	order := make([]int, len(rest))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if math.Abs(rest[a]-rest[b]) < 1e-9 {
			return 0
		}
		return int(math.Copysign(1, rest[b]-rest[a]))
	})
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}

// dimensionKind says how the values of a dimension are written.
type dimensionKind int

const (
	category dimensionKind = iota
	ages                   // 18-30, 45, 60+
	scale                  // -1..0
)

// BigFive are the traits that the typed part of a persona names.
func BigFive() []string {
	return []string{"openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism"}
}

func kindOf(dimension string) dimensionKind {
	switch {
	case dimension == "age":
		return ages
	case slices.Contains(BigFive(), dimension), strings.HasPrefix(dimension, "traits."), strings.HasPrefix(dimension, "beliefs."):
		return scale
	default:
		return category
	}
}

// span is a range of numbers, both ends in it.
type span struct{ low, high float64 }

// span reads a range, or a single number.
func (k dimensionKind) span(s string) (span, error) {
	low, high := ends(s, "..")
	bounds := span{-1, 1}
	if k == ages {
		low, high = ends(strings.NewReplacer("–", "-", "—", "-", " ", "").Replace(s), "-")
		if open, is := strings.CutSuffix(low, "+"); is {
			low, high = open, strconv.Itoa(oldest)
		}
		bounds = span{0, 110}
	}
	a, errLow := strconv.ParseFloat(strings.TrimSpace(low), 64)
	b, errHigh := strconv.ParseFloat(strings.TrimSpace(high), 64)
	switch {
	case errLow != nil || errHigh != nil:
		return span{}, errors.New("it is no range")
	case k == ages && (a != math.Trunc(a) || b != math.Trunc(b)):
		return span{}, errors.New("ages are whole numbers")
	case a > b:
		return span{}, errors.New("it ends before it begins")
	case !(a >= bounds.low && b <= bounds.high):
		return span{}, errors.New("it is out of range")
	}
	return span{a, b}, nil
}

// ends are the two ends of a range, or twice the one number.
func ends(s, between string) (low, high string) {
	low, high, ok := strings.Cut(s, between)
	if !ok {
		return s, s
	}
	return low, high
}

// oldest ends open ranges of ages.
const oldest = 90

// overlaps reports whether numbers lie in both; on a scale ranges may touch.
func (s span) overlaps(t span, k dimensionKind) bool {
	if k == scale {
		return s.low < t.high && t.low < s.high || s == t
	}
	return s.low <= t.high && t.low <= s.high
}

// draw is a number in the span: whole for ages, of two decimals on a scale.
func (s span) draw(r *rand.Rand, k dimensionKind) float64 {
	if k == ages {
		return s.low + float64(r.IntN(int(s.high-s.low)+1))
	}
	x := s.low + (s.high-s.low)*(0.02+0.96*r.Float64()) // off the ends, where it might be a neighbour's
	if rounded := math.Round(x*100) / 100; rounded > s.low && rounded < s.high {
		return rounded
	}
	return x
}

// valueOf is which value of a dimension a persona has; -1 where none fits.
func (d *Dimension) valueOf(p *sdk.Persona, extra map[string]any) int {
	kind := kindOf(d.Name)
	if kind == category {
		got := textsOf(p, extra, d.Name)
		return slices.IndexFunc(d.Values, func(v Value) bool { return slices.Contains(got, folded(v.Name)) })
	}
	x, ok := numberOf(p, d.Name)
	if !ok {
		return -1
	}
	return slices.IndexFunc(d.Values, func(v Value) bool {
		s, err := kind.span(v.Name)
		return err == nil && x >= s.low && x <= s.high
	})
}

func numberOf(p *sdk.Persona, dimension string) (float64, bool) {
	if dimension == "age" {
		return float64(p.Age), p.Age > 0
	}
	if statement, is := strings.CutPrefix(dimension, "beliefs."); is {
		x, ok := p.Beliefs[statement]
		return x, ok
	}
	x, ok := p.Traits[strings.TrimPrefix(dimension, "traits.")]
	return x, ok
}

// textsOf are the folded texts that a persona has under a key.
func textsOf(p *sdk.Persona, extra map[string]any, key string) []string {
	var out []string
	switch key {
	case "gender":
		out = []string{p.Gender}
	case "occupation":
		out = []string{p.Occupation}
	case "residence":
		out = []string{p.Residence}
	case "style":
		out = []string{p.Style}
	case "interests":
		out = slices.Clone(p.Interests)
	case "goals":
		out = slices.Clone(p.Goals)
	default:
		out = []string{fmt.Sprint(extra[key])}
	}
	for i := range out {
		out[i] = folded(out[i])
	}
	return out
}
