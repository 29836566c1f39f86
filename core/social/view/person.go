package view

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	directory "github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// nobody is the viewer who is not logged in, and stands for no person.
const nobody int32 = -1

// maxNotes is how many notifications of a visitor are kept.
const maxNotes = 500

// person is a resident or a visitor. Lists of persons are ascending.
type person struct {
	at       int32 // in state.people
	number   int64 // Mastodon's
	id       string
	handle   string // name, or name@server
	name     string
	bio      string
	fields   []Field
	mood     *sdk.Mood
	visitor  bool
	entered  bool // of a visitor: the run knows it
	follows  []int32
	followed []int32 // by whom
	groups   []int32

	posts   []*post // oldest first
	public  int     // of them for everybody
	directs []*post // of a visitor: those it wrote or got
	notes   []note  // of a visitor, by id
}

// remote reports whether a person is of another server.
func (p *person) remote() bool { return p.visitor && strings.Contains(p.handle, "@") }

// people finds persons.
type people struct {
	all      []*person
	byID     map[string]int32
	byHandle map[string]int32
	byNumber map[int64]int32
	byName   map[string]int32 // what a text may call residents by; several: more than one is called so
	names    []sdk.Person     // of residents, in population order
	language string
	visitors int
}

const several int32 = -2

func newPeople(language string) people {
	return people{
		byID: map[string]int32{}, byHandle: map[string]int32{}, byNumber: map[int64]int32{}, byName: map[string]int32{},
		language: language,
	}
}

func (ps *people) add(p *person) int32 {
	p.at = int32(len(ps.all))
	ps.all = append(ps.all, p)
	ps.byID[p.id], ps.byNumber[p.number] = p.at, p.at
	if _, taken := ps.byHandle[p.handle]; !taken {
		ps.byHandle[p.handle] = p.at
	}
	return p.at
}

// settle adds residents after those that are there. All of them are older than
// visitors, or come after them without a change of places.
func (ps *people) settle(residents []journal.Resident) {
	if len(residents) == 0 {
		return // handles are of all residents: they cost something
	}
	for _, r := range residents {
		ps.names = append(ps.names, sdk.Person{ID: r.ID, Name: cmp.Or(r.Name, r.ID)})
	}
	handles := directory.Handles(ps.names)
	for i, r := range residents {
		position := len(ps.names) - len(residents) + i
		var persona sdk.Persona
		_ = json.Unmarshal(r.Persona, &persona) // a profile that cannot be read stays empty
		p := &person{number: int64(position) + 1, id: r.ID, name: ps.names[position].Name, handle: handles[position]}
		p.bio, p.fields = profile(persona, r.Group, ps.language)
		at := ps.add(p)
		name := text.Fold(p.name)
		ps.claim(name, at)
		if first, _, more := strings.Cut(name, " "); more {
			ps.claim(first, at)
		}
	}
}

func (ps *people) claim(name string, at int32) {
	if _, taken := ps.byName[name]; taken {
		at = several
	}
	ps.byName[name] = at
}

// visitor is the place of a visitor, who is added where it is new and renamed
// where it calls itself otherwise.
func (ps *people) visitor(v social.Visitor) int32 {
	at, known := ps.byID[v.ID]
	if !known {
		handle := strings.TrimPrefix(v.ID, "@")
		at = ps.add(&person{number: visitorID(v.ID), id: v.ID, handle: handle, name: handle, visitor: true})
		ps.visitors++
	}
	if p := ps.all[at]; p.visitor && v.Name != "" {
		p.name = v.Name
	}
	return at
}

// enters is the place of a visitor whom the run knows, or will.
func (ps *people) enters(v social.Visitor) int32 {
	at := ps.visitor(v)
	ps.all[at].entered = true
	return at
}

// find is the place of somebody by the run's id.
func (ps *people) find(id string) int32 {
	if at, ok := ps.byID[id]; ok {
		return at
	}
	return nobody
}

// called is who a mention without @ means: a handle, an id, a name or a first
// name that only one has.
func (ps *people) called(name string) int32 {
	if at, ok := ps.byHandle[strings.ToLower(name)]; ok {
		return at
	}
	if at, ok := ps.byName[text.Fold(name)]; ok && at >= 0 {
		return at
	}
	if at, ok := ps.byID[strings.ToLower(name)]; ok && !ps.all[at].visitor {
		return at
	}
	return nobody
}

// follow and unfollow keep both sides of a tie.
func (ps *people) follow(a, b int32) {
	if a == b {
		return
	}
	ps.all[a].follows = with(ps.all[a].follows, b)
	ps.all[b].followed = with(ps.all[b].followed, a)
}

func (ps *people) unfollow(a, b int32) {
	ps.all[a].follows = without(ps.all[a].follows, b)
	ps.all[b].followed = without(ps.all[b].followed, a)
}

func has(set []int32, v int32) bool {
	_, ok := slices.BinarySearch(set, v)
	return ok
}

func with(set []int32, v int32) []int32 {
	at, ok := slices.BinarySearch(set, v)
	if ok {
		return set
	}
	return slices.Insert(set, at, v)
}

func without(set []int32, v int32) []int32 {
	if at, ok := slices.BinarySearch(set, v); ok {
		return slices.Delete(set, at, at+1)
	}
	return set
}
