package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/clean/language"
	"github.com/llm-city/gorod/dataset/clean/pii"
	"github.com/llm-city/gorod/dataset/clean/quality"
	"github.com/llm-city/gorod/dataset/recipe"
	"github.com/llm-city/gorod/dataset/terms"
)

// cleaner says which messages are left out. It is used by all workers.
type cleaner struct {
	filter    *quality.Filter
	redactor  *pii.Redactor
	languages []string // that are kept; none: all
	identify  *language.Identifier
	terms     *terms.Reader
}

// sure is the confidence from which on a message is left out for its language:
// of two or three words many fit several.
const sure = 0.98

func newCleaner(r *recipe.Recipe, p *people) (*cleaner, error) {
	off := slices.DeleteFunc(pii.Types(), func(t pii.Type) bool { return slices.Contains(r.Clean.PII, strings.ToLower(string(t))) })
	redactor, err := pii.New(pii.Options{Off: off, People: p.named, Common: r.Clean.Names == recipe.AllNames})
	if err != nil {
		return nil, fmt.Errorf("clean.pii: %w", err)
	}
	c := &cleaner{
		filter: quality.NewFilter(quality.Options{MaxRunes: r.Clean.MaxChars, Bots: p.bots}), redactor: redactor,
		languages: r.Clean.Languages, terms: terms.NewReader(),
	}
	if len(c.languages) > 0 {
		if c.identify, err = language.New(); err != nil {
			return nil, fmt.Errorf("clean.languages: %w", err)
		}
	}
	return c, nil
}

// text is what of a message goes into a dialogue, before personal data is
// replaced, or why it is left out. Stickers are their emoji.
func (c *cleaner) text(m *chat.Message) (string, string) {
	text := m.Text
	if strings.TrimSpace(text) == "" {
		text = m.Emoji
	}
	if reason := c.filter.Check(m, text); reason != quality.Keep {
		return "", string(reason)
	}
	if c.identify != nil {
		guess := c.identify.Identify(text)
		if guess.Confidence >= sure && !slices.Contains(c.languages, guess.Language) {
			return "", "in " + guess.Language
		}
	}
	return text, ""
}
