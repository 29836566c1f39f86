package telegram

import (
	"slices"
	"strings"
)

// About is what an export says of its people and chats beside the messages.
type About struct {
	// Owner is who made the export, as in Message.Sender; empty where the file
	// does not tell.
	Owner string
	// People are the owner, the contacts and all who wrote something, in the
	// order in which the file names them. Not all are there if there are more
	// than a hundred thousand.
	People []Person
	// Moves are the groups that became supergroups, where both are in the file.
	Moves []Move
}

// Person is somebody whom an export names.
type Person struct {
	ID    string   // as in Message.Sender; empty for a contact who is not on Telegram
	Names []string // in the order in which they came up
	// Username is the owner's own, without @; the export has no other people's.
	Username string
	Contact  bool // in the owner's contacts
}

// Move is a group that became a supergroup: To goes on where From ended.
type Move struct{ From, To string }

const (
	maxPeople   = 100_000
	maxNames    = 16
	senderLimit = 64
	namesLimit  = 8 << 20 // of all names, in bytes
)

type people struct {
	owner string
	sure  bool // the file says outright who the owner is
	list  []*Person
	by    map[string]*Person
	moves []Move
	room  int // for names, in bytes
	lost  int64
}

func newPeople() people { return people{by: map[string]*Person{}, room: namesLimit} }

func (p *people) about() About {
	a := About{Owner: p.owner, Moves: slices.Clone(p.moves)}
	for _, person := range p.list {
		a.People = append(a.People, Person{ID: person.ID, Names: slices.Clone(person.Names), Username: person.Username, Contact: person.Contact})
	}
	return a
}

// person finds or adds somebody; nil when there are too many.
func (p *people) person(id []byte) *Person {
	if found := p.by[string(id)]; found != nil {
		return found
	}
	if len(p.list) >= maxPeople || len(id) > senderLimit {
		p.lost++
		return nil
	}
	person := &Person{ID: string(id)}
	p.list = append(p.list, person)
	if person.ID != "" {
		p.by[person.ID] = person
	}
	return person
}

// named returns name as a string that is made once; false if there is no room
// for another.
func (p *people) named(person *Person, name []byte) (string, bool) {
	for _, known := range person.Names {
		if known == string(name) {
			return known, true
		}
	}
	if len(name) == 0 {
		return "", true
	}
	if len(person.Names) >= maxNames || p.room < len(name) {
		return "", false
	}
	p.room -= len(name)
	s := string(name)
	person.Names = append(person.Names, s)
	return s, true
}

func (p *people) own(id string, sure bool) {
	if (p.owner == "" || sure && !p.sure) && strings.HasPrefix(id, "user") {
		p.owner, p.sure = id, sure
	}
}

// sender is who wrote a message, as strings that are made once for everybody.
func (r *reader) sender(id, name []byte) (string, string) {
	if len(id) == 0 {
		return "", r.arena.put(name)
	}
	person := r.people.person(id)
	if person == nil {
		return r.arena.put(id), r.arena.put(name)
	}
	s, ok := r.people.named(person, name)
	if !ok {
		s = r.arena.put(name)
	}
	return person.ID, s
}
