package city

import (
	"strconv"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Place is where a resident of a town is, lives or works. Known is false where
// no event tells: as it began, then.
type Place struct {
	Building string // empty: none
	Known    bool
}

// Whereabouts are where a resident was after the view's tick, with its home and
// its job, as far as what it did until then tells. later says which of them it
// changed since, so that the journal's rows say another.
func (v *View) Whereabouts(id string) (at, home, job Place, later [3]bool) {
	self, ok := v.past.names[id]
	if !ok {
		return at, home, job, later
	}
	places := [3]*Place{&at, &home, &job}
	all := v.past.people[self].acts
	until, first := len(known(all, v.end)), true
	for i, n := range all {
		a := &v.past.acts[n]
		told := tells(a)
		if a.who != self || !told[0] {
			continue
		}
		if first && a.kind != "go" { // it is where it began, which is at home
			home = Place{building(a.target), true}
		}
		first = false
		for k, is := range told {
			switch {
			case is && i >= until:
				later[k] = true
			case is:
				*places[k] = Place{building(a.target), true}
			}
		}
	}
	return at, home, job, later
}

// tells says of what an action of a town tells: where somebody is, lives, works.
func tells(a *act) [3]bool {
	switch a.kind {
	case "go", "buy", "eat", "sleep", "use":
		return [3]bool{true, false, false}
	case "move_in":
		return [3]bool{true, true, false}
	case "work":
		return [3]bool{true, false, true}
	}
	return [3]bool{}
}

// building is what an action of a town is about; the street is none.
func building(target string) string {
	if target == "street" {
		return ""
	}
	return target
}

// Unmade are the changes of a network that came after the view's tick, up to
// another: what must be taken back of a later state to have that of the view.
type Unmade struct {
	Groups  map[string]bool // made
	Members map[string]int  // of each group, more
	Follows map[string]int  // of each person, more people followed
	// Tied says that follows were also changed at once from outside. Events do not
	// say by how many.
	Tied bool
}

// Since are the changes of a network from the view's tick to a later one.
func (v *View) Since(until int64) Unmade {
	u := Unmade{map[string]bool{}, map[string]int{}, map[string]int{}, false}
	for i := v.end; i < v.past.before(until+1); i++ {
		a := &v.past.acts[i]
		switch a.kind {
		case "create_group":
			u.Groups[a.group] = true
		case "join_group":
			u.Members[a.group]++
		case "leave_group":
			u.Members[a.group]--
		case "follow":
			u.Follows[v.past.people[a.who].ID]++
		case "unfollow":
			u.Follows[v.past.people[a.who].ID]--
		}
	}
	for _, m := range v.Later() {
		for _, e := range m.Effects {
			u.Tied = u.Tied || m.Tick <= until && (e.Kind == "follow" || e.Kind == "unfollow")
		}
	}
	return u
}

// Later are the marks after the view's tick, oldest first.
func (v *View) Later() []Mark {
	return v.past.marks[len(v.Marks()):]
}

// Raised are the lots on which the mayor built after the view's tick.
func (v *View) Raised() map[sdk.Lot]bool {
	lots := map[sdk.Lot]bool{}
	for _, d := range v.past.decrees[len(v.Decrees()):] {
		x, errX := strconv.Atoi(strings.TrimSpace(d.Arg("x")))
		y, errY := strconv.Atoi(strings.TrimSpace(d.Arg("y")))
		if d.OK && d.Kind == "build" && errX == nil && errY == nil {
			lots[sdk.Lot{X: x, Y: y}] = true
		}
	}
	return lots
}
