package items

import (
	"encoding/json"
	"strings"
)

// MaxOptions are the most answers that a question may offer.
const MaxOptions = 26

// Options are the answers that a question offers, labelled A, B, C and so on.
type Options []string

// Label is that of the option of an index.
func Label(i int) string { return string(rune('A' + i)) }

// Labels are those of all options.
func (o Options) Labels() []string {
	out := make([]string, len(o))
	for i := range o {
		out[i] = Label(i)
	}
	return out
}

// List is the options as a prompt shows them, a line each.
func (o Options) List() string {
	var b strings.Builder
	for i, option := range o {
		b.WriteString(Label(i) + ") " + option + "\n")
	}
	return b.String()
}

// Schema is that of a reply that chooses: {"answer": "B"}.
func (o Options) Schema() []byte {
	labels, _ := json.Marshal(o.Labels()) // texts are always JSON
	return []byte(`{"type":"object","properties":{"answer":{"type":"string","enum":` + string(labels) + `}},"required":["answer"],"additionalProperties":false}`)
}
