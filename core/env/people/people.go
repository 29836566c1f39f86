// Package people finds residents by what others call them.
package people

import (
	"strings"
	"sync"

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

// Directory knows the residents of a run by their places in population order,
// and strangers. Learn and Forget are called by one goroutine and never together
// with other methods.
type Directory struct {
	people    []sdk.Person // residents, then strangers
	residents int
	byID      map[string]int
	byName    map[string]int   // of residents: full names and, where they differ, first words
	strangers map[string][]int // of strangers: who has a name
	handles   func() handles   // of residents
}

// New makes a directory.
func New(residents []spec.Resident) *Directory {
	d := &Directory{
		people: make([]sdk.Person, len(residents)), residents: len(residents),
		byID: make(map[string]int, len(residents)), byName: make(map[string]int, 2*len(residents)),
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
	d.handles = sync.OnceValue(func() handles { return newHandles(d.people[:d.residents], d.byName) })
	return d
}

func claim(names map[string]int, name string, i int) {
	if _, taken := names[name]; taken {
		i = Several
	}
	names[name] = i
}

// Len is the number of residents.
func (d *Directory) Len() int { return d.residents }

// Person is who is at a place.
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
// with or without @ before it: a place, Nobody or Several. Once there are
// strangers it may also be the id or the name of one, or a resident's handle.
func (d *Directory) Find(who string) int {
	key := key(who)
	if i := d.named(key); i != Nobody {
		return i
	}
	return d.outside(key)
}

// key is what somebody is called as it is looked for.
func key(who string) string { return lang.Fold(strings.TrimLeft(strings.TrimSpace(who), "@")) }

// named is the resident with an id or a name.
func (d *Directory) named(key string) int {
	if i, ok := d.byID[key]; ok {
		return i
	}
	if i, ok := d.byName[key]; ok {
		return i
	}
	return Nobody
}

// Mentions are the ids of those whom a text calls with @, each once, in order:
// by the longest name that fits, and once there are strangers by the name of the
// account rather than by a single word.
func (d *Directory) Mentions(text string) []string {
	var out []string
	for {
		_, after, called := strings.Cut(text, "@")
		if !called {
			return out
		}
		i, words := d.leading(after)
		if account, length := d.account(after); account >= 0 && words < 2 {
			i, after = account, after[length:]
		}
		if i >= 0 {
			out = appendNew(out, d.people[i].ID)
		}
		text = after
	}
}

// leading is who is named by the longest beginning of a text, until the next @,
// and by how many words.
func (d *Directory) leading(text string) (place, count int) {
	text, _, _ = strings.Cut(text, "@")
	words := strings.FieldsFunc(lang.Fold(lang.Excerpt(text, 200)), func(r rune) bool {
		return strings.ContainsRune(" ,.!?:;()«»\"", r)
	})
	for n := min(maxNameWords, len(words)); n > 0; n-- {
		if i := d.Find(strings.Join(words[:n], " ")); i >= 0 {
			return i, n
		}
	}
	return Nobody, 0
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}
