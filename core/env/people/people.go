// Package people finds residents by what others call them.
package people

import (
	"strings"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Nobody is the place of no resident, Several that of more than one.
const (
	Nobody  = -1
	Several = -2
)

// maxNameWords is how many words a name is looked for in a text.
const maxNameWords = 4

// Directory knows the residents of a run by their places in population order.
type Directory struct {
	people []sdk.Person
	byID   map[string]int
	byName map[string]int // full names and, where they differ, first words
}

// New makes a directory.
func New(residents []spec.Resident) *Directory {
	d := &Directory{
		people: make([]sdk.Person, len(residents)),
		byID:   make(map[string]int, len(residents)), byName: make(map[string]int, 2*len(residents)),
	}
	first := map[string]int{}
	for i, r := range residents {
		name := sdk.Agent{ID: r.ID, Persona: r.Persona}.Name()
		d.people[i] = sdk.Person{ID: r.ID, Name: name}
		d.byID[r.ID] = i
		name = lang.Fold(name)
		claim(d.byName, name, i)
		if word, _, more := strings.Cut(name, " "); more {
			claim(first, word, i)
		}
	}
	for word, i := range first {
		if _, taken := d.byName[word]; !taken {
			d.byName[word] = i
		}
	}
	return d
}

func claim(names map[string]int, name string, i int) {
	if _, taken := names[name]; taken {
		i = Several
	}
	names[name] = i
}

// Len is the number of residents.
func (d *Directory) Len() int { return len(d.people) }

// Person is the resident at a place.
func (d *Directory) Person(i int) sdk.Person { return d.people[i] }

// Index is the place of an id, or Nobody.
func (d *Directory) Index(id string) int {
	if i, ok := d.byID[id]; ok {
		return i
	}
	return Nobody
}

// Name of an id, or the id itself.
func (d *Directory) Name(id string) string {
	if i := d.Index(id); i >= 0 {
		return d.people[i].Name
	}
	return id
}

// Find is who is meant by an id, a name or a first name that only one has,
// with or without @ before it: a place, Nobody or Several.
func (d *Directory) Find(who string) int {
	key := lang.Fold(strings.TrimLeft(strings.TrimSpace(who), "@"))
	if i, ok := d.byID[key]; ok {
		return i
	}
	if i, ok := d.byName[key]; ok {
		return i
	}
	return Nobody
}

// Mentions are the ids of those whom a text calls with @, each once, in order.
func (d *Directory) Mentions(text string) []string {
	var out []string
	parts := strings.Split(text, "@")
	for _, part := range parts[1:] {
		if i := d.leading(part); i >= 0 {
			out = appendNew(out, d.people[i].ID)
		}
	}
	return out
}

// leading is who is named by the longest beginning of a text.
func (d *Directory) leading(text string) int {
	words := strings.FieldsFunc(lang.Fold(lang.Excerpt(text, 200)), func(r rune) bool {
		return strings.ContainsRune(" ,.!?:;()«»\"", r)
	})
	for n := min(maxNameWords, len(words)); n > 0; n-- {
		if i := d.Find(strings.Join(words[:n], " ")); i >= 0 {
			return i
		}
	}
	return Nobody
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}
