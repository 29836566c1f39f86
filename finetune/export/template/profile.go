// Package template holds the chat templates of the profiles in Ollama's
// language, and proves that they render dialogues as the trainer did.
package template

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed profiles
var profiles embed.FS

// Profile is how a family of models is talked to.
type Profile struct {
	Name string
	Text string   // the template, in Ollama's language
	End  string   // ends a reply
	Stop []string // texts that a reply is cut at, for Ollama's parameter
}

// Names are those of the profiles, sorted.
func Names() []string {
	return []string{"chatml", "gemma", "llama3", "mistral", "qwen2.5", "qwen3", "t-lite", "yandexgpt5-lite"}
}

// Of gives a profile by its name.
func Of(name string) (Profile, error) {
	if !slices.Contains(Names(), name) {
		return Profile{}, fmt.Errorf("no profile %q: there are %s", name, strings.Join(Names(), ", "))
	}
	text, err := profiles.ReadFile("profiles/" + name + ".gotmpl")
	if err != nil {
		return Profile{}, fmt.Errorf("profile %s: %w", name, err)
	}
	p := Profile{Name: name, Text: strings.TrimSuffix(string(text), "\n")}
	switch name {
	case "gemma":
		p.End, p.Stop = "<end_of_turn>", []string{"<end_of_turn>", "<start_of_turn>"}
	case "llama3":
		p.End, p.Stop = "<|eot_id|>", []string{"<|eot_id|>", "<|start_header_id|>"}
	case "mistral":
		p.End, p.Stop = "</s>", []string{"[INST]", "[/INST]"}
	case "yandexgpt5-lite":
		p.End, p.Stop = "</s>", []string{" Пользователь:", "[SEP]"}
	default:
		p.End, p.Stop = "<|im_end|>", []string{"<|im_end|>", "<|im_start|>"}
	}
	return p, nil
}

// Guess names the profile that a Jinja template is of, by the marks in it;
// empty for none.
func Guess(jinja string) string {
	for _, m := range []struct{ mark, name string }{
		{"Ассистент:[SEP]", "yandexgpt5-lite"}, {"<|start_header_id|>", "llama3"}, {"<start_of_turn>", "gemma"},
		{"[INST]", "mistral"}, {"<think>", "qwen3"}, {"<|im_start|>", "chatml"},
	} {
		if strings.Contains(jinja, m.mark) {
			return m.name
		}
	}
	return ""
}
