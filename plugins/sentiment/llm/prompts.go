package llm

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

//go:embed prompts/*.tmpl
var files embed.FS

// prompts are the plugin's questions in the language of the society.
type prompts struct {
	system   string
	rate     *template.Template
	maxChars int
}

// shownEmotion is an emotion with its Russian name, where it is known.
type shownEmotion struct{ Name, Russian string }

// shownExample is an example, fit for a prompt.
type shownExample struct{ Text, Rating string }

// shownText is a text, fit for a prompt.
type shownText struct {
	Number int
	Text   string
}

func newPrompts(c config, language string) (*prompts, error) {
	if language != "ru" {
		language = "en"
	}
	all, err := template.New("").ParseFS(files, "prompts/*."+language+".tmpl")
	if err != nil {
		return nil, fmt.Errorf("read prompts: %w", err)
	}
	p := &prompts{rate: all.Lookup("rate." + language + ".tmpl"), maxChars: c.MaxChars}
	russian := map[string]string{
		"joy": "радость", "sadness": "грусть", "anger": "злость", "fear": "страх", "surprise": "удивление", "disgust": "отвращение",
	}
	var view struct {
		Emotions []shownEmotion
		Examples []shownExample
	}
	for _, name := range c.Emotions[:len(c.Emotions)-1] { // none has a word of its own in the prompt
		view.Emotions = append(view.Emotions, shownEmotion{name, russian[name]})
	}
	for _, e := range c.Examples {
		rating, err := json.Marshal(rating{Valence: &e.Valence, Arousal: e.Arousal, Emotion: e.Emotion})
		if err != nil {
			return nil, sdk.Errorf(sdk.ErrInvalidConfig, "examples: %v", err)
		}
		view.Examples = append(view.Examples, shownExample{text.Quote(e.Text, c.MaxChars), string(rating)})
	}
	var page strings.Builder
	if err := all.ExecuteTemplate(&page, "system."+language+".tmpl", view); err != nil {
		return nil, fmt.Errorf("render prompt: %w", err)
	}
	p.system = page.String()
	return p, nil
}

// quote is a text as a prompt shows it.
func (p *prompts) quote(t string) string { return text.Quote(t, p.maxChars) }

// messages ask for ratings of texts that were quoted.
func (p *prompts) messages(quoted []string) ([]sdk.Message, error) {
	shown := make([]shownText, len(quoted))
	for i, t := range quoted {
		shown[i] = shownText{i + 1, t}
	}
	var page strings.Builder
	if err := p.rate.Execute(&page, shown); err != nil {
		return nil, fmt.Errorf("render prompt: %w", err)
	}
	return []sdk.Message{{Role: sdk.RoleSystem, Content: p.system}, {Role: sdk.RoleUser, Content: page.String()}}, nil
}
