package persona

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"text/template"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// texts are what is said to subjects in one language.
type texts struct {
	prompts    *template.Template
	turns      []string // of the one whom the subject talks with
	statements map[string]pair
	view       string // format of a statement about a view
	other      string // and about a trait that is none of the Big Five
	traits     map[string]string
}

// pair is two statements about a trait.
type pair struct{ agrees, denies string }

// Bounds of what a prompt shows of a persona, in runes.
const (
	maxLine = 200
	maxBio  = 1200
)

func line(s string) string { return text.Quote(s, maxLine) }

func newTexts(language string) (*texts, error) {
	t := &texts{statements: map[string]pair{}, traits: map[string]string{}}
	var err error
	if t.prompts, err = template.ParseFS(files, "prompts/"+language+".tmpl"); err != nil {
		return nil, fmt.Errorf("prompts of the task persona: %w", err)
	}
	if t.turns, err = lines("data/turns." + language + ".txt"); err != nil {
		return nil, err
	}
	statements, err := lines("data/statements." + language + ".tsv")
	if err != nil {
		return nil, err
	}
	for _, l := range statements {
		switch f := strings.Split(l, "\t"); {
		case f[0] == "view" && len(f) == 2:
			t.view = f[1]
		case f[0] == "other" && len(f) == 2:
			t.other = f[1]
		case len(f) == 4:
			t.traits[f[0]], t.statements[f[0]] = f[1], pair{f[2], f[3]}
		default:
			return nil, fmt.Errorf("statements of the task persona: %q", l)
		}
	}
	return t, nil
}

// lines of a shipped file.
func lines(name string) ([]string, error) {
	all, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("texts of the task persona: %w", err)
	}
	var out []string
	for l := range bytes.Lines(all) {
		if l = bytes.TrimSpace(l); len(l) > 0 && l[0] != '#' {
			out = append(out, string(l))
		}
	}
	return out, nil
}

// interlocutor is what the other says in a conversation: all turns in an order of
// its own, and again in another where they do not suffice.
func (t *texts) interlocutor(seed uint64, id string, n int) []string {
	h := fnv.New64a()
	fmt.Fprint(h, id)
	random := rand.New(rand.NewPCG(seed, h.Sum64()))
	var out []string
	for len(out) < n {
		for _, i := range random.Perm(len(t.turns)) {
			out = append(out, t.turns[i])
		}
	}
	return out[:n]
}

// view of a persona in the template.
type view struct {
	Name, Gender, Occupation, Residence, Bio, Style, Interests, Goals, Traits, Beliefs string
	Age                                                                                int
}

// portrait is the system message of a persona.
func (t *texts) portrait(p *sdk.Persona) (string, error) {
	return t.render("portrait", view{
		Name: line(p.Name), Age: p.Age, Gender: line(p.Gender), Occupation: line(p.Occupation), Residence: line(p.Residence),
		Bio: text.Plain(p.Bio, maxBio), Style: line(p.Style), Interests: list(p.Interests), Goals: list(p.Goals),
		Traits: t.strengths(p.Traits), Beliefs: t.strengths(p.Beliefs),
	})
}

// ask is the questionnaire as a message.
func (t *texts) ask(f form) (string, error) { return t.render("form", f.list()) }

func (t *texts) render(name string, data any) (string, error) {
	var b strings.Builder
	if err := t.prompts.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("prompt %s of the task persona: %w", name, err)
	}
	return b.String(), nil
}

func list(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = line(w)
	}
	return strings.Join(out, "; ")
}

// strengths are traits or views with their numbers.
func (t *texts) strengths(scale map[string]float64) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(scale)) {
		shown := line(name)
		if title, ok := t.traits[name]; ok {
			shown = title
		}
		out = append(out, fmt.Sprintf("%s %+.1f", shown, scale[name]))
	}
	return strings.Join(out, "; ")
}
