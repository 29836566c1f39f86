package persona

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
)

// Plan is a population before it is written: the dimensions, and a point in
// their space for every persona.
type Plan struct {
	Population Population  `json:"population"`
	Seed       uint64      `json:"seed"`
	Model      string      `json:"model"`
	Dimensions []Dimension `json:"dimensions"`
	Points     []Point     `json:"points"`
	// Rounds of writing that ended short: the next draws other replies.
	Rounds int `json:"rounds,omitempty"`
}

// Point is what one persona must be.
type Point struct {
	Index  int                `json:"index"`          // from 0
	Name   string             `json:"name,omitempty"` // empty where the model gives it
	Gender string             `json:"gender"`
	Age    int                `json:"age"`
	Texts  map[string]string  `json:"texts,omitempty"`  // by other dimensions
	Scales map[string]float64 `json:"scales,omitempty"` // openness, traits.NAME, beliefs.STATEMENT
}

// random is a stream of chance for a purpose.
func random(seed uint64, purpose string, index, round int) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d %d", purpose, index, round)
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// given are the dimensions whose shares are asked for, and gender and age in
// any case.
func (p *Population) given(l *lexicon) []Dimension {
	var out []Dimension
	for _, name := range sorted(p.Marginals) {
		d := Dimension{Name: name, Given: true}
		for _, value := range sorted(p.Marginals[name]) {
			d.Values = append(d.Values, Value{value, p.Marginals[name][value]})
		}
		out = append(out, d)
	}
	genders := []string{"female", "male"}
	if l.language == "ru" {
		genders = []string{"женщина", "мужчина"}
	}
	for name, values := range map[string][]string{"gender": genders, "age": {"18-34", "35-54", "55-80"}} {
		if _, is := p.Marginals[name]; !is {
			out = append(out, Dimension{Name: name, Values: evenly(values)})
		}
	}
	slices.SortStableFunc(out, func(a, b Dimension) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// evenly are values of equal shares.
func evenly(names []string) []Value {
	out := make([]Value, len(names))
	for i, name := range names {
		out[i] = Value{name, 1 / float64(len(names))}
	}
	return out
}

// points puts people into the space: every dimension meets its shares exactly,
// up to whole people, and no two people are the same as long as the space has
// room.
func points(people int, dimensions []Dimension, r *rand.Rand) [][]int {
	columns := make([][]int, len(dimensions))
	for i := range dimensions {
		for value, quota := range dimensions[i].quotas(people) {
			columns[i] = append(columns[i], slices.Repeat([]int{value}, quota)...)
		}
		shuffle(r, columns[i])
	}
	rows := make([][]int, people)
	for i := range rows {
		rows[i] = make([]int, len(columns))
		for j := range columns {
			rows[i][j] = columns[j][i]
		}
	}
	spread(rows, r)
	return rows
}

// tries that spread makes to tell two equal people apart.
const tries = 64

// spread swaps single values between people until no two are the same. Swaps
// leave the shares as they are.
func spread(rows [][]int, r *rand.Rand) {
	seen := map[string]int{}
	for _, row := range rows {
		seen[fmt.Sprint(row)]++
	}
	for i := range rows {
		for try := 0; try < tries && seen[fmt.Sprint(rows[i])] > 1; try++ {
			j, d := r.IntN(len(rows)), r.IntN(len(rows[i]))
			before := []string{fmt.Sprint(rows[i]), fmt.Sprint(rows[j])}
			rows[i][d], rows[j][d] = rows[j][d], rows[i][d]
			after := []string{fmt.Sprint(rows[i]), fmt.Sprint(rows[j])}
			if i == j || seen[after[0]] > 0 || seen[after[1]] > 0 || after[0] == after[1] {
				rows[i][d], rows[j][d] = rows[j][d], rows[i][d]
				continue
			}
			for k := range before {
				seen[before[k]]--
				seen[after[k]]++
			}
		}
	}
}

// newPlan draws the points of a population.
func newPlan(p Population, seed uint64, dimensions []Dimension, l *lexicon) *Plan {
	r := random(seed, "points", 0, 0)
	plan := &Plan{Population: p, Seed: seed, Dimensions: dimensions}
	names := newNamer(l, random(seed, "names", 0, 0))
	for i, row := range points(p.Count, dimensions, r) {
		point := Point{Index: i, Texts: map[string]string{}, Scales: map[string]float64{}}
		for j, value := range row {
			point.set(dimensions[j].Name, dimensions[j].Values[value].Name, r)
		}
		if p.Names == "lists" {
			point.Name = names.name(point.sex())
		}
		plan.Points = append(plan.Points, point)
	}
	return plan
}

func (p *Point) set(dimension, value string, r *rand.Rand) {
	kind := kindOf(dimension)
	switch s, err := kind.span(value); {
	case dimension == "gender":
		p.Gender = value
	case kind == category || err != nil:
		p.Texts[dimension] = value
	case kind == ages:
		p.Age = int(s.draw(r, kind))
	default:
		p.Scales[dimension] = s.draw(r, kind)
	}
}

// sex is the grammatical gender; where the gender tells none, every other
// person has either.
func (p *Point) sex() sex {
	if s := sexOf(p.Gender); s != unsaid {
		return s
	}
	if p.Index%2 == 0 {
		return female
	}
	return male
}
