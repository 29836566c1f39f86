package build

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/dataset/clean/pii"
	"github.com/llm-city/gorod/dataset/manifest"
	"github.com/llm-city/gorod/dataset/recipe"
	"github.com/llm-city/gorod/dataset/telegram"
)

// Me is what the recipe calls the owner of the chats, and their pseudonym.
const Me = "me"

// person is what the dataset knows of a participant.
type person struct {
	pseudonym string
	role      string
	target    bool
	dropped   bool // what they wrote is left out
}

// people are the participants by the ids of the sources.
type people struct {
	byID    map[string]person
	named   []pii.Person // everybody who is known by name, to be found in texts
	byName  map[string]int
	bots    []string // ids of those whom the participants file calls so
	consent manifest.People
}

// newPeople applies the recipe and the participants file to a census. mine are
// the owner's ids.
func newPeople(c *census, r *recipe.Recipe, ledger *recipe.Ledger, mine []string, contacts []telegram.Person) (*people, error) {
	known := map[string]*recipe.Participant{}
	for i := range ledger.Participants {
		known[ledger.Participants[i].ID] = &ledger.Participants[i]
	}
	targets, err := targetsOf(r, known, mine)
	if err != nil {
		return nil, err
	}
	all := &people{byID: make(map[string]person, len(c.people)), byName: map[string]int{}}
	for i, counted := range c.people {
		entry := known[counted.id]
		p := person{pseudonym: "person-" + strconv.Itoa(i+1), target: slices.Contains(targets, counted.id)}
		own := slices.Contains(mine, counted.id)
		if own {
			p.pseudonym = Me
		}
		if entry != nil {
			p.role = entry.Role
		}
		if p.role == "bot" {
			all.bots = append(all.bots, counted.id)
		}
		consented := own || entry != nil && entry.Consent != nil
		p.dropped = !consented && r.People.Others == "drop"
		all.byID[counted.id] = p
		all.count(p, consented)
		all.name(counted.id, counted.name)
	}
	for _, contact := range contacts {
		all.name(contact.ID, contact.Names...)
	}
	for _, p := range ledger.Participants {
		all.name(p.ID, p.Name)
		if at, known := all.byName[p.ID]; known {
			all.named[at].Aliases = append(all.named[at].Aliases, p.Aliases...)
		}
	}
	return all, anybody(c, r, targets)
}

// targetsOf are the ids whose replies are learnt.
func targetsOf(r *recipe.Recipe, known map[string]*recipe.Participant, mine []string) ([]string, error) {
	var ids []string
	for i, target := range r.People.Targets {
		at := fmt.Sprintf("people.targets[%d]", i)
		entry := known[target]
		switch {
		case target == Me && len(mine) == 0:
			return nil, r.Problem("sources[0].me", "who is me is not known", "the sources do not say it", "add me: USER to the source; gorod dataset participants lists who there is")
		case target == Me:
			ids = append(ids, mine...)
		case slices.Contains(mine, target):
			ids = append(ids, target)
		case entry == nil || entry.Consent == nil:
			return nil, r.Problem(at, fmt.Sprintf("%.60q has not consented", target), "the participants file records no consent", "record it there (consent: {date: …, how: …}), or remove the target")
		default:
			ids = append(ids, target)
		}
	}
	return ids, nil
}

func (all *people) count(p person, consented bool) {
	switch {
	case p.target:
		all.consent.Targets++
	case consented:
		all.consent.Consented++
	case p.dropped:
		all.consent.Dropped++
	default:
		all.consent.Pseudonymised++
	}
}

// name notes what somebody is called. Channels and groups are nobody: their
// names are words like others.
func (all *people) name(id string, names ...string) {
	if strings.HasPrefix(id, "channel") || strings.HasPrefix(id, "chat") {
		return
	}
	at, known := all.byName[id]
	if !known || id == "" {
		at = len(all.named)
		all.named = append(all.named, pii.Person{ID: id})
		all.byName[id] = at
	}
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(all.named[at].Names, name) {
			all.named[at].Names = append(all.named[at].Names, name)
		}
	}
}

// anybody checks that a target wrote something.
func anybody(c *census, r *recipe.Recipe, targets []string) error {
	for _, id := range targets {
		if c.byID[id] != nil {
			return nil
		}
	}
	if c.total == 0 {
		return fmt.Errorf("%w: the sources hold no messages that the recipe asks for: look at sources[].chats and sources[].types", ErrEmpty)
	}
	path, who := "people.targets", strings.Join(r.People.Targets, ", ")
	for i, s := range r.Sources {
		if s.Me != "" && c.byID[s.Me] == nil {
			path, who = fmt.Sprintf("sources[%d].me", i), s.Me
		}
	}
	return r.Problem(path, fmt.Sprintf("%.60s wrote nothing in these chats", who), "there would be no examples", "gorod dataset participants lists who there is")
}
