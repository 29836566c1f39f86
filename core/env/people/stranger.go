package people

import (
	"strings"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/plugins/sdk"
)

const maxAccount = 64 // bytes of the name of an account

// Strangers are people from outside: no residents, with ids that begin with "@".
// They have the places after the residents', in the order in which they were
// learned. Whoever is called as a resident is gives way to the resident.

// Learn makes a stranger known, or renames one. A stranger without a name is
// called by its id, one with a resident's name by both.
func (d *Directory) Learn(id, name string) {
	switch {
	case key(name) == "":
		name = id
	case d.Claimed(name):
		name += " (" + id + ")"
	}
	i, known := d.byID[id]
	switch {
	case !known:
		i = len(d.people)
		d.byID[id] = i
		d.people = append(d.people, sdk.Person{ID: id, Name: name})
		d.call(i)
	case d.people[i].Name != name:
		d.people[i].Name = name
		d.strangers = nil
		for i := d.residents; i < len(d.people); i++ {
			d.call(i)
		}
	}
}

// call lets a stranger be found by the name.
func (d *Directory) call(i int) {
	if d.strangers == nil {
		d.strangers = map[string]int{}
	}
	claim(d.strangers, key(d.people[i].Name), i)
}

// Forget makes all strangers unknown.
func (d *Directory) Forget() {
	for _, p := range d.people[d.residents:] {
		delete(d.byID, p.ID)
	}
	d.people, d.strangers = d.people[:d.residents], nil
}

// Known is the number of residents and of strangers.
func (d *Directory) Known() int { return len(d.people) }

// Claimed reports whether a resident is called as a stranger wants to be.
func (d *Directory) Claimed(name string) bool {
	key := key(name)
	_, handle := d.handles().places[key]
	return handle || d.named(key) != Nobody
}

// outside is who is called by a key that residents among themselves do not use:
// a resident by the handle, once strangers have come with it, or a stranger.
func (d *Directory) outside(key string) int {
	if len(d.people) == d.residents {
		return Nobody
	}
	if i, ok := d.handles().places[key]; ok {
		return i
	}
	if i, ok := d.byID["@"+key]; ok {
		return i
	}
	if i, ok := d.strangers[key]; ok {
		return i
	}
	return Nobody
}

// account is who has the account whose name a text begins with, a handle or a
// stranger's id, and the length of that name.
func (d *Directory) account(text string) (place, length int) {
	place = Nobody
	if len(d.people) == d.residents {
		return place, 0
	}
	text = text[:min(len(text), maxAccount)]
	for _, marks := range []string{"_", "_.-", "_.-:@"} { // the longest one counts
		end := 0
		for end < len(text) && (latinOrDigit(text[end]) || strings.IndexByte(marks, text[end]) >= 0) {
			end++
		}
		name := strings.TrimRight(text[:end], ".-:@")
		if i := d.outside(lang.Fold(name)); i >= 0 {
			place, length = i, len(name)
		}
	}
	return place, length
}

func latinOrDigit(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// handles are the names of the residents' accounts.
type handles struct {
	of     []string
	places map[string]int
}

func newHandles(residents []sdk.Person) handles {
	h := handles{Handles(residents), make(map[string]int, len(residents))}
	for i, handle := range h.of {
		h.places[handle] = i
	}
	return h
}

// Handle is the name of the account of whoever is at a place, without @: a
// stranger's is its id.
func (d *Directory) Handle(i int) string {
	if i >= d.residents {
		return strings.TrimPrefix(d.people[i].ID, "@")
	}
	return d.handles().of[i]
}
