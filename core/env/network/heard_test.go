package network_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
)

// heardOf are the Heard events of what was seen.
func heardOf(t *testing.T, s seen) []event.Heard {
	t.Helper()
	var out []event.Heard
	for _, e := range s.Events {
		if e.Kind == event.KindHeard {
			out = append(out, payload[event.Heard](t, e))
		}
	}
	return out
}

// A piece of news goes from the study to Anna, from her to Boris by a post, to
// Vera by Boris's boost, to Gleb by Vera's direct word and to Dina by a reply.
func TestNewsIsHeardOnceWithItsSourceAndDistance(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна", "Борис", "Вера", "Глеб", "Дина")})
	for _, pair := range [][2]string{{"a0002", "Анна"}, {"a0003", "Борис"}, {"a0005", "Глеб"}, {"a0005", "Вера"}} {
		w.does(0, pair[0], "follow", "target", pair[1])
	}
	w.commit()
	var heard [5][]event.Heard
	acts := []func(n int64){
		func(n int64) { w.Tell(moment(n), event.Told{Event: "flood", Text: "Вода"}, []string{"a0001"}) },
		func(n int64) { w.does(n, "a0001", "post", "text", "Вода идёт", "event", "flood") }, // p1
		func(n int64) { w.does(n, "a0002", "boost", "target", "p1") },                       // p2
		func(n int64) { w.does(n, "a0003", "tell", "to", "Глеб", "event", "flood") },        // p3
		func(n int64) {
			w.does(n, "a0003", "post", "text", "О другом")                        // p4
			w.does(n, "a0004", "direct", "to", "Дина", "text", "Слышала?")        // no event
			w.does(n, "a0003", "reply", "target", "p1", "text", "Страшно, Анна?") // p6
		},
		func(n int64) { w.does(n, "a0003", "quote", "target", "p1", "text", "Вот") }, // p7
		func(int64) {},
	}
	for n, act := range acts {
		n := int64(n)
		if n == 4 { // a restart in the middle changes nothing
			w = w.reborn()
		}
		if n == 0 {
			act(n)
		}
		for i, s := range w.look(n, everybody...) {
			heard[i] = append(heard[i], heardOf(t, s)...)
		}
		if n > 0 {
			act(n)
		}
		w.commit()
	}
	want := [5][]event.Heard{
		{{Event: "flood", Via: "event"}},
		{{Event: "flood", From: "a0001", Via: "post", Item: "p1", Hops: 1}},
		{{Event: "flood", From: "a0002", Via: "boost", Item: "p2", Hops: 2}},
		{{Event: "flood", From: "a0003", Via: "tell", Item: "p3", Hops: 3}},
		{{Event: "flood", From: "a0003", Via: "quote", Item: "p7", Hops: 3}},
	}
	if d := cmp.Diff(want, heard); d != "" {
		t.Errorf("who heard what (-want +got):\n%s", d)
	}
}

func TestASleeperIsToldWhenItWakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: complete(), Residents: society("Анна", "Борис")})
	for i := range 60 {
		w.Tell(moment(0), event.Told{Event: fmt.Sprint("e", i), Text: "новость"}, []string{"a0002", "a0009"})
		w.Tell(moment(0), event.Told{Event: fmt.Sprint("e", i), Text: "новость"}, []string{"a0002"})
	}
	w.look(0, "a0001")
	w.commit()
	w = w.reborn()
	s := w.sees(5, "a0002")
	if got := s.Observation.Notifications; len(got) != 50 || got[0].ID != "e0" || got[0].Text != "новость" || !got[0].Addressed || got[0].Kind != "event" {
		t.Errorf("sees %d notifications, first %+v", len(got), got[0])
	}
	w.commit()
	if got := w.sees(6, "a0002").Observation.Notifications; len(got) != 0 {
		t.Errorf("is told again: %+v", got)
	}
}

func TestAPostThatRepeatsAnEventsWordsIsAboutIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна", "Борис")})
	w.Tell(moment(0), event.Told{Event: "ball", Text: "Посреди площади появился огромный красный шар."}, []string{"a0001"})
	w.look(0, "a0001", "a0002")
	w.commit()
	w.look(1, "a0001", "a0002")
	for _, tt := range []struct{ who, text, about string }{
		{"a0001", "Слышали? «ПОСРЕДИ ПЛОЩАДИ появился огромный красный шар» — вот так.", "ball"},
		{"a0001", "На площади шар.", ""},                                // too little to be sure
		{"a0002", "Посреди площади появился огромный красный шар.", ""}, // who does not know of it cannot repeat it
	} {
		if got := w.does(1, tt.who, "post", "text", tt.text).Event.About; got != tt.about {
			t.Errorf("%q of %s is about %q, want %q", tt.text, tt.who, got, tt.about)
		}
	}
}
