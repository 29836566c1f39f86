package probe

import (
	"embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

//go:embed prompts/*.txt
var promptFiles embed.FS

// prompts are the texts of one language.
type prompts struct{ *template.Template }

func loadPrompts(language string) (*prompts, error) {
	if language != "ru" {
		language = "en"
	}
	t, err := template.ParseFS(promptFiles, "prompts/"+language+".txt")
	if err != nil {
		return nil, fmt.Errorf("prompts of probes: %w", err)
	}
	return &prompts{t}, nil
}

func (p *prompts) render(name string, data any) (string, error) {
	var b strings.Builder
	if err := p.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("prompt %s: %w", name, err)
	}
	return b.String(), nil
}

// Bounds of what a prompt shows, in runes.
const (
	maxLine   = 200
	maxBio    = 1200
	maxMemory = 4000
	maxAnswer = 2000 // kept of an answer or a justification
)

// portrait is a resident as the prompt portrait shows it.
type portrait struct {
	Name, Age, Gender, Occupation, Residence, Bio, Style, Interests, Traits, Beliefs, Relationships, Goals, Plan, Mood, Memory string
}

func portraitOf(a sdk.Agent, memory string) portrait {
	v := portrait{
		Name: line(a.Name()), Goals: list(a.Goals), Plan: line(a.Plan.Purpose), Memory: text.Plain(memory, maxMemory),
		Mood: fmt.Sprintf("%+.1f, %.1f", a.Mood.Valence, a.Mood.Arousal),
	}
	p := a.Persona
	if p == nil {
		return v
	}
	if p.Age > 0 {
		v.Age = strconv.Itoa(p.Age)
	}
	v.Gender, v.Occupation, v.Residence, v.Style = line(p.Gender), line(p.Occupation), line(p.Residence), line(p.Style)
	v.Bio, v.Interests = text.Plain(p.Bio, maxBio), list(p.Interests)
	v.Traits, v.Beliefs = strengths(p.Traits), strengths(p.Beliefs)
	var known []string
	for _, who := range slices.Sorted(maps.Keys(p.Relationships)) {
		known = append(known, who+" — "+p.Relationships[who])
	}
	v.Relationships = list(known)
	return v
}

func line(s string) string { return text.Quote(s, maxLine) }

func list(items []string) string {
	var out []string
	for _, item := range items {
		out = append(out, line(item))
	}
	return strings.Join(out, "; ")
}

func strengths(values map[string]float64) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		out = append(out, fmt.Sprintf("%s %+.1f", line(key), values[key]))
	}
	return strings.Join(out, "; ")
}

// isUnusable reports whether a reply stayed bad after its repair: that is an
// answer of its own, not the end of the run.
func isUnusable(err error) bool {
	e, ok := errors.AsType[*sdk.Error](err)
	return ok && e.Kind == sdk.ErrModel
}

func system(content string) sdk.Message {
	return sdk.Message{Role: sdk.RoleSystem, Content: content}
}
func user(content string) sdk.Message { return sdk.Message{Role: sdk.RoleUser, Content: content} }

func assistant(content string) sdk.Message {
	return sdk.Message{Role: sdk.RoleAssistant, Content: content}
}
