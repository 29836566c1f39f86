package babyagi

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/text"
)

const maxTask = 120 // runes, as many as a plan's purpose has

// task is one thing to do. Its id is its own for the agent's whole life.
type task struct {
	ID   int64  `json:"id"`
	Text string `json:"text"`
}

// list is what an agent is about.
type list struct {
	First     string `json:"first"` // its first objective, when the list was begun
	Goal      int    `json:"goal"`  // which of its objectives this list is for
	Objective string `json:"objective"`
	Tasks     []task `json:"tasks"` // unfinished, the next one first
	Turns     int    `json:"turns"` // taken
	Made      int    `json:"made"`  // tasks ever put on this list
	LastTask  int64  `json:"last_task"`
}

// begin starts a fresh list.
func (l *list) begin(objectives []string, goal int, first string) {
	*l = list{First: objectives[0], Goal: goal, Objective: objectives[goal], LastTask: l.LastTask}
	l.put(first)
}

func (l *list) put(text string) {
	l.LastTask++
	l.Made++
	l.Tasks = append(l.Tasks, task{l.LastTask, text})
}

// room is how many more tasks the bounds let onto the list.
func (l *list) room(c *config) int {
	return max(0, min(c.MaxList-len(l.Tasks), c.MaxTasks-l.Made))
}

// create puts tasks that a model thought of behind the others: those that say
// something, overlap with no unfinished one nor with the one just done, and have
// room.
func (l *list) create(texts []string, done string, c *config) {
	for _, s := range texts[:min(len(texts), considered*c.MaxList)] {
		if l.room(c) == 0 {
			return
		}
		l.add(s, done)
	}
}

const considered = 4 // times the length of the list: so many tasks of a reply are looked at

// add reports whether a task was put onto the list.
func (l *list) add(s, done string) bool {
	s = text.Quote(s, maxTask)
	key := overlap(s)
	if key == "" || key == overlap(done) || slices.ContainsFunc(l.Tasks, func(t task) bool { return overlap(t.Text) == key }) {
		return false
	}
	l.put(s)
	return true
}

// overlap is the same for tasks that differ in case and marks at the ends only.
func overlap(s string) string { return strings.Trim(text.Fold(s), " .,;:!?…-–—\"'()") }

// prioritise puts the list into the order of some ids. Unknown and repeated ones
// are passed over; tasks that are not named keep their order behind the others.
func (l *list) prioritise(ids []int64) {
	ordered := make([]task, 0, len(l.Tasks))
	left := slices.Clone(l.Tasks)
	for _, id := range ids {
		at := slices.IndexFunc(left, func(t task) bool { return t.ID == id })
		if at >= 0 {
			ordered = append(ordered, left[at])
			left = slices.Delete(left, at, at+1)
		}
	}
	l.Tasks = append(ordered, left...)
}

// entry of a list that a model created and prioritised in one: a task of the
// list by its id, or a new one.
type entry struct {
	ID   json.Number `json:"id"`
	Task string      `json:"task"`
}

// manage creates tasks and prioritises at once. An id that is not on the list
// stands for a new task: small models number those on.
func (l *list) manage(entries []entry, done string, c *config) {
	var order []int64
	for _, e := range entries[:min(len(entries), considered*c.MaxList)] {
		id, err := e.ID.Int64()
		known := err == nil && slices.ContainsFunc(l.Tasks, func(t task) bool { return t.ID == id }) && !slices.Contains(order, id)
		switch {
		case known:
			order = append(order, id)
		case l.room(c) > 0 && l.add(e.Task, done):
			order = append(order, l.LastTask)
		}
	}
	l.prioritise(order)
}
