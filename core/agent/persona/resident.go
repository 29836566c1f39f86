package persona

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// written is what a model says of a resident; the rest is the point's.
type written struct {
	Name       string             `json:"name"`
	Occupation string             `json:"occupation"`
	Residence  string             `json:"residence"`
	Bio        string             `json:"bio"`
	Style      string             `json:"style"`
	Interests  []string           `json:"interests"`
	Goals      []string           `json:"goals"`
	Routine    []string           `json:"routine"`
	Traits     map[string]float64 `json:"traits"`
	Beliefs    []struct {
		Statement string  `json:"statement"`
		Strength  float64 `json:"strength"`
	} `json:"beliefs"`
}

// Bounds of what a model writes, in letters.
const (
	longestLine = 160
	longestBio  = 700
)

// write has the model write the resident of a point.
func (f *Factory) write(ctx context.Context, plan *Plan, point *Point, round int, avoid []string) (sdk.Persona, error) {
	messages, err := f.prompts.messages("resident", map[string]any{
		"Population": plan.Population, "Point": point, "Years": f.words.years(point.Age), "Avoid": avoid,
	})
	if err != nil {
		return sdk.Persona{}, err
	}
	var reply written
	c := call{
		purpose: "persona resident", index: point.Index, round: round, language: plan.Population.Language,
		messages: messages, schema: f.residentSchema(plan, point, round),
	}
	if err := f.Mind.read(ctx, c, &reply); err != nil {
		return sdk.Persona{}, err
	}
	return point.persona(&reply)
}

// residentSchema asks for what the point does not say.
func (f *Factory) residentSchema(plan *Plan, point *Point, round int) map[string]any {
	r, l, s := random(plan.Seed, "draft", point.Index, round), f.words, point.sex()
	traits := map[string]any{}
	for _, name := range BigFive() {
		if _, is := point.Scales[name]; !is {
			traits[name] = map[string]any{"type": "number", "minimum": -1, "maximum": 1}
		}
	}
	properties := map[string]any{
		"bio":       f.Mind.proposed(longestBio, f.story(point, r)),
		"interests": list(3, 6, f.Mind.proposed(longestLine, l.sections["interests"]...)),
		"goals":     list(1, 3, f.Mind.proposed(longestLine, l.sections["goals"]...)),
		"routine":   list(2, 4, f.Mind.proposed(longestLine, l.sections["routine"]...)),
		"traits":    object(traits),
		"beliefs": list(2, 4, object(map[string]any{
			"statement": f.Mind.proposed(longestLine, l.sections["beliefs"]...),
			"strength":  map[string]any{"type": "number", "minimum": -1, "maximum": 1},
		})),
	}
	for key, proposal := range map[string]string{
		"style": l.pick(r, "style"), "occupation": form(l.pick(r, "occupations"), s), "residence": l.pick(r, "residence"),
	} {
		if point.Texts[key] == "" {
			properties[key] = f.Mind.proposed(longestLine, proposal)
		}
	}
	if point.Name == "" {
		names := newNamer(l, random(plan.Seed, "name", point.Index, round))
		properties["name"] = f.Mind.proposed(longestWord, names.name(s))
	}
	return object(properties)
}

// errEmpty is a reply with nobody in it.
var errEmpty = errors.New("it wrote a resident without a name or a story")

// story is a proposal of a bio.
func (f *Factory) story(point *Point, r *rand.Rand) string {
	slots := map[string]string{
		"interest": f.words.pick(r, "interests"), "since": f.words.years(2 + r.IntN(max(2, min(30, point.Age-16)))),
	}
	var parts []string
	for _, section := range []string{"bio", "character", "character"} {
		part := capital(formed(f.words.pick(r, section), point.sex(), slots))
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

// persona is what the model wrote, with what the point says in its place.
func (p *Point) persona(w *written) (sdk.Persona, error) {
	out := sdk.Persona{
		Name: word(w.Name), Age: p.Age, Gender: p.Gender, Occupation: line(w.Occupation), Residence: line(w.Residence),
		Bio: text.Plain(strings.TrimSpace(w.Bio), longestBio), Style: line(w.Style),
		Interests: lines(w.Interests), Goals: lines(w.Goals), Routine: lines(w.Routine),
		Traits: map[string]float64{}, Beliefs: map[string]float64{},
	}
	for _, b := range w.Beliefs {
		if statement := line(b.Statement); statement != "" {
			out.Beliefs[statement] = rounded(b.Strength)
		}
	}
	for name, x := range w.Traits {
		out.Traits[name] = rounded(x)
	}
	if p.Name != "" {
		out.Name = p.Name
	}
	if err := p.force(&out); err != nil {
		return out, err
	}
	if out.Name == "" || out.Bio == "" {
		return out, errEmpty
	}
	return out, nil
}

// force puts the point's values over the model's.
func (p *Point) force(out *sdk.Persona) error {
	for name, x := range p.Scales {
		if statement, is := strings.CutPrefix(name, "beliefs."); is {
			out.Beliefs[statement] = x
		} else {
			out.Traits[strings.TrimPrefix(name, "traits.")] = x
		}
	}
	extra := map[string]string{}
	for name, value := range p.Texts {
		switch name {
		case "occupation":
			out.Occupation = value
		case "residence":
			out.Residence = value
		case "style":
			out.Style = value
		case "interests":
			out.Interests = distinct(append([]string{value}, out.Interests...))
		case "goals":
			out.Goals = distinct(append([]string{value}, out.Goals...))
		default:
			extra[name] = value
		}
	}
	if len(extra) == 0 {
		return nil
	}
	data, err := json.Marshal(extra)
	if err != nil {
		return fmt.Errorf("write what else a persona is: %w", err)
	}
	out.Extra = data
	return nil
}

func line(s string) string { return text.Plain(strings.Join(strings.Fields(s), " "), longestLine) }

func lines(in []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range in {
		if s = line(s); s != "" && !seen[folded(s)] {
			seen[folded(s)] = true
			out = append(out, s)
		}
	}
	return out
}

// likeness is equal for residents whose stories are the same.
func likeness(p *sdk.Persona) string { return folded(p.Bio) }

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// rounded is a strength of two decimals.
func rounded(x float64) float64 { return math.Round(min(1, max(-1, x))*100) / 100 }
