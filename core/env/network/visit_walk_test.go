package network_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// outsiders make visitors act at random, sensibly and not.
type outsiders struct {
	*walker
	posts, polls []string // for everybody
	ties         []social.Visit
}

// visits are what outside people do in a tick.
func (k *outsiders) visits(n int64) []social.Visit {
	var out []social.Visit
	for i := range k.draw.IntN(16) {
		v := k.visit(n)
		v.ID = fmt.Sprint((n+1)<<20 | 1<<19 | int64(i))
		if k.draw.IntN(20) == 0 {
			v.ID = fmt.Sprint(n<<20 | 1<<19) // was carried out before, maybe
		}
		out = append(out, v)
	}
	return out
}

func (k *outsiders) pick(list ...string) string { return list[k.draw.IntN(len(list))] }

func (k *outsiders) visit(n int64) social.Visit {
	id := k.pick("@alice", "@alice", "@Bob", "@Bob", "@carl@example.org", "@carl@example.org", fmt.Sprint("@guest", k.draw.IntN(30)), "@a0002", "", "@zhitel_1")
	v := by(id, "", k.pick(social.VisitKinds()...))
	v.Visitor.Name = k.pick("", "", "Житель 1", "Гость", fmt.Sprint("Гость ", n), "\u202e\x00", strings.Repeat("ё", 99))
	v.Text = k.free("text") + k.pick("", " @a0003", " @zhitel_2", " @alice", " @carl@example.org", " Посреди площади появился шар")
	v.To = k.pick("a0001", "@a0002", "zhitel_3", "@alice", "@bob", "@carl@example.org", "Гость", "@nobody")
	v.Target = k.pick(append(k.posts, "", fmt.Sprint("p", 1+k.draw.IntN(99)), fmt.Sprint((n+1)<<20|1<<19))...)
	v.Audience = social.Audience(k.pick("", "public", "followers", "group"))
	if k.draw.IntN(3) == 0 {
		v.Options = []string{"да", "нет"}
	}
	if v.Kind == "vote" && len(k.polls) > 0 {
		v.Target = k.pick(k.polls...)
	}
	v.Option = k.draw.IntN(3) - 1
	if undo := map[string]string{"unfavourite": "favourite", "unfollow": "follow"}[v.Kind]; undo != "" {
		for _, tie := range k.ties {
			if tie.Kind == undo && k.draw.IntN(3) == 0 {
				v.Visitor, v.Target, v.To = tie.Visitor, tie.Target, tie.To
			}
		}
	}
	return v
}

// learn takes in what became of a tick.
func (k *outsiders) learn(visits []social.Visit, l lived) {
	for i, d := range l.Visits {
		if d.Refusal == "" {
			k.ties = append(k.ties, visits[i])
		}
	}
	for _, d := range append(l.Visits, l.Done...) {
		if a := d.Result.Event; a.ID != "" && a.Audience == "public" {
			k.posts = append(k.posts, a.ID)
			if a.Arg("options") != "" {
				k.polls = append(k.polls, a.ID)
			}
		}
	}
}

func (w *world) receive(n int64, visits []social.Visit) []done {
	w.t.Helper()
	out := make([]done, len(visits))
	for i, v := range visits {
		result, err := w.Visit(w.t.Context(), moment(n), v)
		var refusal *env.Refusal
		switch {
		case errors.As(err, &refusal):
			out[i].Refusal = refusal.Why
		case err != nil:
			w.t.Fatalf("tick %d: %+v: %v", n, v, err)
		default:
			out[i].Result = result
		}
	}
	return out
}

// A world that is killed after every tick, and has nothing but its rows then,
// lives through the same as one that goes on.
func TestAWorldWithVisitorsIsKilledAtAnyTick(t *testing.T) {
	t.Parallel()
	for _, rank := range []string{"chronological", "hot", "interest", "random"} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprint(rank, seed), func(t *testing.T) {
				t.Parallel()
				walkWithVisitors(t, rank, seed)
			})
		}
	}
}

// lived is what a tick brought.
type lived struct {
	Visits, Done []done
	Seen         []seen
	Changes      []event.Row
}

func walkWithVisitors(t *testing.T, rank string, seed uint64) {
	const size, ticks = 9, 20
	o := network.Options{Settings: walkSettings(rank), Residents: walkResidents(size), Seed: seed, Embed: embedLetters}
	goesOn, dies := newWorld(t, o), newWorld(t, o)
	k := &outsiders{walker: &walker{draw: rand.New(rand.NewPCG(seed, 2)), size: size}}
	welcome, turnedAway, met := map[string]int{}, 0, 0
	for n := range int64(ticks) {
		awake, visits := k.awake(), k.visits(n)
		var deeds []deed
		live := func(w *world) lived {
			if n%6 == 0 {
				w.Tell(moment(n), event.Told{Event: fmt.Sprint("e", n/6), Text: "Посреди площади появился шар"}, []string{"a0001", "a0004"})
			}
			l := lived{Visits: w.receive(n, visits), Seen: w.look(n, awake...)}
			if deeds == nil {
				deeds = k.meet(k.deeds(awake, l.Seen), l.Seen)
			}
			l.Done = w.carryOut(n, deeds)
			l.Changes = w.commit()
			return l
		}
		a, b := live(goesOn), live(dies)
		if d := cmp.Diff(a, b); d != "" {
			t.Fatalf("tick %d (-goes on +killed before):\n%s", n, d)
		}
		for i, v := range a.Visits {
			if v.Refusal != "" {
				turnedAway++
			} else {
				welcome[visits[i].Kind]++
			}
		}
		for _, d := range a.Done {
			if strings.HasPrefix(d.Result.Event.TargetAgent, "@") {
				met++
			}
		}
		k.learn(visits, a)
		dies = dies.reborn()
	}
	if d := cmp.Diff(goesOn.rows, dies.rows); d != "" {
		t.Fatalf("rows (-goes on +killed):\n%s", d)
	}
	if len(welcome) < len(social.VisitKinds()) || turnedAway == 0 || met == 0 {
		t.Errorf("too little happened: %v carried out, %d refused, residents turned to visitors %d times", welcome, turnedAway, met)
	}
}

// meet makes residents turn to the people they see, now and then.
func (k *walker) meet(deeds []deed, seen []seen) []deed {
	at := 0
	for i, s := range seen {
		for ; at < 2*(i+1); at++ {
			if people := s.Observation.People; len(people) > 0 && k.draw.IntN(4) == 0 {
				p := people[k.draw.IntN(len(people))]
				deeds[at].action = action([]string{"direct", "follow", "mute"}[k.draw.IntN(3)],
					"to", p.ID, "target", []string{p.ID, p.Name}[k.draw.IntN(2)], "text", "вам")
			}
		}
	}
	return deeds
}

func TestVisitsTouchNobodysRandomStream(t *testing.T) {
	t.Parallel()
	o := network.Options{Settings: spec.Network{}, Residents: society("Анна")}
	var posts []string
	for _, visits := range []bool{false, true} {
		w := newWorld(t, o)
		if visits {
			w.visit(0, write("@alice", "1", "привет"))
		}
		w.sees(0, "a0001")
		id := w.does(0, "a0001", "post", "text", "мысль").Event.ID
		w.commit()
		var p social.Post
		if err := json.Unmarshal(w.rows[[2]string{"post", id}], &p); err != nil {
			t.Fatal(err)
		}
		posts = append(posts, p.Time.String())
	}
	if posts[0] != posts[1] {
		t.Errorf("a post is of %s, after a visit of %s", posts[0], posts[1])
	}
}

// FuzzVisit makes whoever says whatever: it is carried out or refused, and can
// be restored.
func FuzzVisit(f *testing.F) {
	f.Add("@alice", "Алиса", "1", uint8(0), "@a0001 привет", "public", "a0001", "p1", "да|нет", 0)
	f.Add("@a0001", "\u202eАнна", "p1", uint8(1), "\x00", "group", "@alice", "1", "|", -1)
	f.Add("@alice@example.org", "«[p1]»", "2", uint8(2), strings.Repeat("ж", 3000), "", "@", "p2", "", 1<<40)
	f.Fuzz(func(t *testing.T, id, name, visit string, kind uint8, text, audience, whom, target, options string, option int) {
		w := newWorld(t, network.Options{Settings: complete(), Residents: society("Анна", "Борис")})
		w.look(0, "a0001")
		w.does(0, "a0001", "post", "text", "вопрос", "options", "да|нет")
		w.visit(0, write("@alice", "1", "@anna, привет"))
		all := social.VisitKinds()
		v := social.Visit{
			ID: visit, Visitor: social.Visitor{ID: id, Name: name}, Kind: all[int(kind)%len(all)], Text: text,
			Audience: social.Audience(audience), To: whom, Target: target, Options: strings.Split(options, "|"), Option: option,
		}
		w.receive(1, []social.Visit{v, v})
		seen := w.look(1, "a0001", "a0002")
		for _, s := range seen {
			for _, item := range append(s.Observation.Notifications, s.Observation.Timeline...) {
				checkItem(t, item)
			}
		}
		rows := len(w.rows)
		if w.commit(); len(w.rows) > rows+20 {
			t.Errorf("a visit makes %d rows", len(w.rows)-rows)
		}
		twin := w.reborn()
		if d := cmp.Diff(w.look(2, "a0001", "a0002"), twin.look(2, "a0001", "a0002")); d != "" {
			t.Errorf("restored (-original +restored):\n%s", d)
		}
	})
}

// checkItem says that what a visitor wrote is bounded and clean.
func checkItem(t *testing.T, item sdk.Item) {
	t.Helper()
	if len(item.Text) > 5*2000 || len(item.AuthorName) > 5*130 || strings.ContainsAny(item.Text+item.AuthorName, "\x00\u202e\u2066") {
		t.Errorf("shows %+v", item)
	}
}
