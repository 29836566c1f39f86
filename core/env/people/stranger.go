package people

import (
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/plugins/sdk"
)

const maxAccount = 64 // bytes of the name of an account

// Strangers are people from outside: no residents, with ids that begin with "@".
// They have the places after the residents', in the order in which they were
// learned. Whoever is called as a resident is gives way to the resident.

// Learn makes a stranger known, or renames one. A stranger without a name is
// called by its id, one whose name is a resident's or looks like one by both.
func (d *Directory) Learn(id, name string) {
	switch name = bare(name); {
	case key(name) == "":
		name = id
	case d.Claimed(name) || d.resembles(name):
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
		d.hush(i)
		d.people[i].Name = name
		d.call(i)
	}
}

// marks are what observations and prompts are built of around a name.
const marks = `[]{}<>‹›«»"“”„#|*=\/:;$` + "`"

// bare is a name without marks, on one line.
func bare(name string) string {
	return lang.Line(strings.Map(func(r rune) rune {
		if strings.ContainsRune(marks, r) {
			return -1
		}
		return r
	}, name))
}

// call lets a stranger be found by the name.
func (d *Directory) call(i int) {
	if d.strangers == nil {
		d.strangers = map[string][]int{}
	}
	name := key(d.people[i].Name)
	d.strangers[name] = append(d.strangers[name], i)
}

// hush lets a stranger be found by the name no more.
func (d *Directory) hush(i int) {
	name := key(d.people[i].Name)
	left := slices.DeleteFunc(d.strangers[name], func(at int) bool { return at == i })
	if d.strangers[name] = left; len(left) == 0 {
		delete(d.strangers, name)
	}
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
	switch called := d.strangers[key]; len(called) {
	case 0:
		return Nobody
	case 1:
		return called[0]
	default:
		return Several
	}
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

// handles are the names of the residents' accounts, and what strangers must not
// be called.
type handles struct {
	of     []string
	places map[string]int
	guise  guise
	looks  map[string]bool // of what residents are called
}

// newHandles knows residents by their handles, and how the names look by which
// they are called.
func newHandles(residents []sdk.Person, names map[string]int) handles {
	h := handles{Handles(residents), make(map[string]int, len(residents)), newGuise(), make(map[string]bool, len(residents)+len(names))}
	for i, handle := range h.of {
		h.places[handle] = i
		h.looks[h.guise.looks(handle)] = true
	}
	for name := range names {
		h.looks[h.guise.looks(name)] = true
	}
	delete(h.looks, "") // of a name without letters
	return h
}

// resembles reports whether a name looks like what a resident is called.
func (d *Directory) resembles(name string) bool {
	h := d.handles()
	return h.looks[h.guise.looks(name)]
}

// Handle is the name of the account of whoever is at a place, without @: a
// stranger's is its id.
func (d *Directory) Handle(i int) string {
	if i >= d.residents {
		return strings.TrimPrefix(d.people[i].ID, "@")
	}
	return d.handles().of[i]
}
