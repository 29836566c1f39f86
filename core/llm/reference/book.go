package reference

import (
	"embed"
	"fmt"
	"strings"

	"github.com/llm-city/gorod/plugins/text"
)

//go:embed words
var words embed.FS

// book is the texts of a language: alternatives by section, and the words that
// say nothing of a topic.
type book struct {
	language string
	sections map[string][]string
	stop     map[string]bool
	ours     map[string]bool // words of the texts themselves
}

// readBook reads the texts of a language. They are part of the program, so that
// a fault in them is a fault of it.
func readBook(language string) *book {
	data, err := words.ReadFile("words/" + language + ".txt")
	if err != nil {
		panic("reference: " + err.Error())
	}
	b := &book{language: language, sections: map[string][]string{}, stop: text.StopWords(language), ours: map[string]bool{}}
	section := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		default:
			b.sections[section] = append(b.sections[section], line)
			for _, word := range text.Words(line, len(line)) {
				b.ours[word] = true
			}
		}
	}
	return b
}

// of gives the alternatives of the first section that has any.
func (b *book) of(sections ...string) []string {
	for _, s := range sections {
		if found := b.sections[s]; len(found) > 0 {
			return found
		}
	}
	panic(fmt.Sprintf("reference: words/%s.txt has no section %v", b.language, sections))
}
