// Package card writes the README.md of a dataset, with the front matter that
// Hugging Face reads, and its figures.
package card

import (
	"embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
)

//go:embed card.md.tmpl
var files embed.FS

// Facts are what a card tells.
type Facts struct {
	*manifest.Manifest
	Title, About, License, Language, System string
	Styles                                  []format.Style
	AllNames                                bool // names were looked for whoever bears them
	// Largest is the highest Jaccard similarity of two exchanges of different
	// splits, Bound what it was held under.
	Largest, Bound float64
}

// Write writes the card.
func Write(w io.Writer, f Facts) error {
	t, err := template.New("card.md.tmpl").Funcs(template.FuncMap{
		"day": day, "n": grouped, "cell": cell, "yaml": strconv.Quote, "sizes": sizes, "columns": format.Columns,
	}).ParseFS(files, "card.md.tmpl")
	if err != nil {
		return fmt.Errorf("read the template of cards: %w", err)
	}
	if err := t.Execute(w, f); err != nil {
		return fmt.Errorf("write the card: %w", err)
	}
	return nil
}

// Examples is how many there are in all splits.
func (f Facts) Examples() int64 {
	var n int64
	for _, s := range f.Splits {
		n += s.Examples
	}
	return n
}

// Replaced is how many places held personal data.
func (f Facts) Replaced() int64 {
	var n int64
	for _, c := range f.PII {
		n += c
	}
	return n
}

func day(unix int64) string {
	if unix == 0 {
		return "–"
	}
	return time.Unix(unix, 0).UTC().Format(time.DateOnly)
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// cell is a text in a table of Markdown.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;", "`", "'").Replace(s)
}

// sizes is the category of Hugging Face for a number of examples.
func sizes(n int64) string {
	names := []string{"n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M"}
	i := 0
	for limit := int64(1000); n >= limit && i < len(names)-1; limit *= 10 {
		i++
	}
	return names[i]
}
