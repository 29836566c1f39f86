package network_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// witness knows from what was done, and from nothing else, who may read what.
type witness struct {
	follows, mutes, members map[[2]string]bool
	posts                   map[string]secret // by id
	marks                   map[string]string // id of the post that holds a mark
}

// secret is who may read a post.
type secret struct {
	author, audience, group, wall, to string
}

func newWitness() *witness {
	return &witness{
		follows: map[[2]string]bool{}, mutes: map[[2]string]bool{}, members: map[[2]string]bool{},
		posts: map[string]secret{}, marks: map[string]string{},
	}
}

var mark = regexp.MustCompile(`метка\d+`)

// sees takes in an action that was carried out.
func (w *witness) sees(agent string, a event.Action) {
	switch a.Kind {
	case "follow":
		w.follows[[2]string{agent, a.TargetAgent}] = true
	case "unfollow":
		delete(w.follows, [2]string{agent, a.TargetAgent})
	case "mute":
		w.mutes[[2]string{agent, a.TargetAgent}] = true
	case "create_group", "join_group":
		w.members[[2]string{agent, a.Group}] = true
	case "leave_group":
		delete(w.members, [2]string{agent, a.Group})
	}
	if a.Text == "" {
		return
	}
	s := secret{author: agent, audience: a.Audience, group: a.Group, wall: agent, to: a.TargetAgent}
	if a.Kind == "reply" {
		parent := w.posts[a.Target]
		s.wall = parent.wall
		if s.to = parent.author; s.to == agent {
			s.to = parent.to
		}
	}
	w.posts[a.ID] = s
	for _, m := range mark.FindAllString(a.Text, -1) {
		w.marks[m] = a.ID
	}
}

// may reports whether an agent may read a post.
func (w *witness) may(agent string, s secret) bool {
	switch {
	case agent == s.author:
		return true
	case w.mutes[[2]string{agent, s.author}]:
		return false
	}
	switch s.audience {
	case "public":
		return true
	case "followers":
		return agent == s.wall || w.follows[[2]string{agent, s.wall}]
	case "group":
		return w.members[[2]string{agent, s.group}]
	}
	return agent == s.to
}

func TestNobodySeesWhatIsNotForThem(t *testing.T) {
	t.Parallel()
	shown, kindsDone := map[string]int{}, map[string]int{}
	for seed := range uint64(12) {
		const size, ticks = 8, 30
		settings := walkSettings("chronological")
		settings.Feed.Discover = 0.5
		settings.Groups = nil
		settings.Follows.Graph = "none"
		w := newWorld(t, network.Options{Settings: settings, Residents: walkResidents(size), Seed: seed})
		k := &walker{draw: rand.New(rand.NewPCG(seed, 2)), size: size}
		known := newWitness()
		for n := range int64(ticks) {
			awake := k.awake()
			if n == 2 {
				w.Tell(moment(n), event.Told{Event: "e", Text: "новость"}, []string{"a0001"})
			}
			seen := w.look(n, awake...)
			for i, s := range seen {
				known.check(t, awake[i], s, shown)
			}
			deeds := k.deeds(awake, seen)
			// Everything that is not public holds a word that trends must not know.
			for _, d := range deeds {
				if a := d.action.Args["audience"]; d.action.Kind == "direct" || d.action.Kind == "post" && (a == "followers" || a == "group") {
					d.action.Args["text"] += " тайна"
				}
			}
			for i, done := range w.carryOut(n, deeds) {
				if done.Refusal == "" {
					kindsDone[deeds[i].action.Kind]++
					known.sees(deeds[i].agent, done.Result.Event)
				}
				if strings.Contains(done.Result.Detail, "тайна") || mark.MatchString(done.Result.Detail) || mark.MatchString(done.Refusal) {
					t.Errorf("an outcome tells what was written: %+v", done)
				}
			}
			w.commit()
		}
	}
	for _, audience := range []string{"public", "followers", "group", "direct"} {
		if shown[audience] < 20 {
			t.Errorf("posts for %s were shown to others %d times: the walk proves nothing", audience, shown[audience])
		}
	}
	for _, kind := range network.ActionKinds() {
		if kindsDone[kind] == 0 {
			t.Errorf("the walk never did %s", kind)
		}
	}
}

// check looks for marks in everything that an agent got.
func (w *witness) check(t *testing.T, agent string, s seen, shown map[string]int) {
	t.Helper()
	if slices.Contains(s.Observation.Trends, "тайна") {
		t.Errorf("%s sees in trends what is not public", agent)
	}
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mark.FindAllString(string(data), -1) {
		p := w.posts[w.marks[m]]
		if !w.may(agent, p) {
			t.Fatalf("%s sees %s, which is %+v", agent, m, p)
		}
		if agent != p.author {
			shown[p.audience]++
		}
	}
	for _, items := range [][]sdk.Item{s.Observation.Notifications, s.Observation.Timeline} {
		for _, item := range items {
			if w.mutes[[2]string{agent, item.Author}] {
				t.Fatalf("%s sees an item of %s, whom it has muted: %+v", agent, item.Author, item)
			}
		}
	}
	for _, spec := range s.Actions {
		for _, arg := range spec.Args {
			for _, id := range arg.Values {
				if p, ok := w.posts[id]; ok && !w.may(agent, p) {
					t.Fatalf("%s is offered to %s %s, which is %+v", agent, spec.Kind, id, p)
				}
			}
		}
	}
}

func TestADirectMessageReachesItsReceiverAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: complete(), Residents: society("Анна", "Борис", "Вера")})
	w.look(0, "a0001", "a0002", "a0003")
	id := w.does(0, "a0001", "direct", "to", "борис", "text", "встретимся у моста").Event.ID
	w.commit()
	s := w.look(1, "a0001", "a0002", "a0003")
	if got := s[1].Observation.Notifications; len(got) != 1 || got[0].ID != id || got[0].Kind != sdk.ItemDirect || !got[0].Addressed {
		t.Errorf("the receiver sees %+v", got)
	}
	for _, other := range []int{0, 2} {
		if n := len(s[other].Observation.Notifications) + len(s[other].Observation.Timeline); n != 0 {
			t.Errorf("agent %d sees %d items of a message to another", other+1, n)
		}
	}
	w.does(1, "a0003", "search", "query", "мост")
	for _, kind := range []string{"reply", "quote", "boost", "favourite", "leave_conversation"} {
		if _, err := w.Apply(t.Context(), moment(1), "a0003", action(kind, "target", id, "text", "ага")); err == nil {
			t.Errorf("a stranger can %s a direct message", kind)
		}
	}
	for _, kind := range []string{"quote", "boost"} {
		if _, err := w.Apply(t.Context(), moment(1), "a0002", action(kind, "target", id, "text", "смотрите")); err == nil || !strings.Contains(err.Error(), "не для всех") {
			t.Errorf("the receiver's %s: %v", kind, err)
		}
	}
	w.does(1, "a0002", "reply", "target", id, "text", "хорошо, в семь")
	w.commit()
	s = w.look(2, "a0001", "a0003")
	if got := s[0].Observation.Notifications; len(got) != 1 || got[0].Text != "хорошо, в семь" || got[0].Audience != "direct" {
		t.Errorf("the answer: %+v", got)
	}
	if got := fmt.Sprint(s[1].Observation); strings.Contains(got, "в семь") || strings.Contains(got, "моста") {
		t.Errorf("a third agent sees %s", got)
	}
}
