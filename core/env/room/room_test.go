package room_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/room"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func moment(n int64) env.Tick {
	return env.Tick{Number: n, Time: start.Add(time.Duration(n) * time.Minute), Rand: func(agent, purpose string, index int) *rand.Rand {
		h := fnv.New64a()
		fmt.Fprint(h, agent, "/", purpose, "/", index, "/", n)
		return rand.New(rand.NewPCG(7, h.Sum64()))
	}}
}

func guests(names ...string) []spec.Resident {
	out := make([]spec.Resident, len(names))
	for i, name := range names {
		out[i] = spec.Resident{ID: fmt.Sprintf("a%04d", i+1), Persona: &sdk.Persona{Name: name}}
	}
	return out
}

// table is a room with a journal.
type table struct {
	*room.Environment
	t    testing.TB
	opts room.Options
	rows map[[2]string]json.RawMessage
}

func sit(t testing.TB, o room.Options) *table {
	t.Helper()
	if o.Language == "" {
		o.Language = "ru"
	}
	e, err := room.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &table{e, t, o, map[[2]string]json.RawMessage{}}
}

func (b *table) all() []string {
	var out []string
	for _, r := range b.opts.Residents {
		out = append(out, r.ID)
	}
	return out
}

func (b *table) commit() []event.Row {
	rows := b.Changes()
	for _, r := range rows {
		b.rows[[2]string{r.Kind, r.ID}] = r.JSON
	}
	return rows
}

func (b *table) journal() iter.Seq2[event.Row, error] {
	var keys [][2]string
	for k := range b.rows {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return func(yield func(event.Row, error) bool) {
		for _, k := range keys {
			if !yield(event.Row{Kind: k[0], ID: k[1], JSON: b.rows[k]}, nil) {
				return
			}
		}
	}
}

func (b *table) reborn() *table {
	b.t.Helper()
	twin := sit(b.t, b.opts)
	if err := twin.Restore(b.journal()); err != nil {
		b.t.Fatal(err)
	}
	for k, v := range b.rows {
		twin.rows[k] = v
	}
	return twin
}

type seen struct {
	Turn        env.Turn
	Observation sdk.Observation
	Events      []event.Event
	Actions     []sdk.ActionSpec
}

// look begins a tick for those awake; all observe at once.
func (b *table) look(n int64, awake ...string) []seen {
	b.t.Helper()
	turns, err := b.Turns(b.t.Context(), moment(n), awake)
	if err != nil {
		b.t.Fatal(err)
	}
	out := make([]seen, len(turns))
	var group sync.WaitGroup
	for i, turn := range turns {
		group.Go(func() {
			o, events, err := b.Observe(b.t.Context(), moment(n), turn.Agent)
			if err != nil {
				b.t.Error(err)
			}
			out[i].Turn, out[i].Observation, out[i].Events = turn, o, events
			out[i].Actions = b.Actions(turn.Agent)
		})
	}
	group.Wait()
	return out
}

// speaker is who acts, empty for nobody.
func speaker(all []seen) string {
	out := ""
	for _, s := range all {
		if s.Turn.Acts {
			out += s.Turn.Agent
		}
	}
	return out
}

// turn is a tick in which the speaker does something; it says who that was.
func (b *table) turn(n int64, kind string, pairs ...string) string {
	b.t.Helper()
	who := speaker(b.look(n, b.all()...))
	if _, err := b.Apply(b.t.Context(), moment(n), who, action(kind, pairs...)); err != nil {
		b.t.Fatalf("%s %s: %v", who, kind, err)
	}
	b.commit()
	return who
}

func action(kind string, pairs ...string) sdk.Action {
	a := sdk.Action{Kind: kind, Args: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		a.Args[pairs[i]] = pairs[i+1]
	}
	return a
}

func kinds(specs []sdk.ActionSpec) []string {
	var out []string
	for _, s := range specs {
		out = append(out, s.Kind)
	}
	return out
}

func TestTurnsGoRound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings spec.Room
		want     []int
	}{
		"round-robin":          {spec.Room{}, []int{1, 2, 3, 4, 1, 2}},
		"with an opener":       {spec.Room{Opener: "Вера"}, []int{3, 4, 1, 2, 3, 4}},
		"with a host":          {spec.Room{Host: "Борис"}, []int{2, 1, 2, 3, 2, 4, 2, 1}},
		"with host and opener": {spec.Room{Host: "Борис", Opener: "Глеб"}, []int{4, 2, 1, 2, 3, 2, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := sit(t, room.Options{Settings: c.settings, Residents: guests("Анна", "Борис", "Вера", "Глеб")})
			for n, want := range c.want {
				if got := b.turn(int64(n), "say", "text", "да"); got != fmt.Sprintf("a%04d", want) {
					t.Fatalf("turn %d is %s's, want %d's", n, got, want)
				}
				if n == 2 {
					b = b.reborn()
				}
			}
		})
	}
}

func TestAnotherSpeaksThoughTheLastSpeakerFailed(t *testing.T) {
	t.Parallel()
	b := sit(t, room.Options{Residents: guests("Анна", "Борис", "Вера")})
	for n, want := range []string{"a0001", "a0002", "a0003", "a0001"} {
		if got := speaker(b.look(int64(n), b.all()...)); got != want {
			t.Errorf("turn %d is %s's, want %s's", n, got, want)
		}
		b.commit() // nothing was done
	}
}

func TestSleepersAreLeftOut(t *testing.T) {
	t.Parallel()
	b := sit(t, room.Options{Residents: guests("Анна", "Борис", "Вера")})
	if got := b.look(0); len(got) != 0 {
		t.Errorf("with all asleep: %+v", got)
	}
	b.commit()
	if got := speaker(b.look(1, "a0003", "a0002")); got != "a0002" {
		t.Errorf("the floor goes to %s", got)
	}
	b.commit()
	if got := b.look(2, "a0002"); len(got) != 1 || !got[0].Turn.Acts {
		t.Errorf("one awake alone: %+v", got)
	}
	if _, err := b.Turns(t.Context(), moment(3), []string{"a0009"}); err == nil {
		t.Error("a stranger takes part")
	}
}

func TestRandomOrderNeverRepeatsTheSpeakerAndIsReproducible(t *testing.T) {
	t.Parallel()
	talk := func() (order []string) {
		b := sit(t, room.Options{Settings: spec.Room{Order: "random"}, Residents: guests("Анна", "Борис", "Вера", "Глеб")})
		for n := range int64(40) {
			order = append(order, b.turn(n, "say", "text", "да"))
		}
		return order
	}
	first := talk()
	if !slices.Equal(first, talk()) {
		t.Error("the same names draw another order")
	}
	if len(slices.Compact(slices.Clone(first))) != len(first) {
		t.Errorf("somebody speaks twice in a row: %v", first)
	}
	for _, id := range []string{"a0001", "a0002", "a0003", "a0004"} {
		if !slices.Contains(first, id) {
			t.Errorf("%s never speaks", id)
		}
	}
}

func TestRelevanceGivesTheFloorToWhomItConcerns(t *testing.T) {
	t.Parallel()
	residents := guests("Анна Серова", "Борис", "Вера", "Глеб", "Анна Белова")
	residents[2].Persona.Interests = []string{"рыбалка", "лодки"}
	residents[3].Persona.Occupation = "пекарь"
	for name, c := range map[string]struct {
		kind string
		args []string
		want string
	}{
		"asked":                          {"ask", []string{"to", "Глеб", "text", "Как дела?"}, "a0004"},
		"called in another case":         {"say", []string{"text", "Вот бы спросить Бориса"}, "a0002"},
		"called by the whole name":       {"say", []string{"text", "Скажет Анна Белова"}, "a0005"},
		"called as several are":          {"say", []string{"text", "Скажет Анна"}, "a0002"},
		"interested":                     {"say", []string{"text", "Купил новую лодку"}, "a0003"},
		"of the trade":                   {"say", []string{"text", "Хлеб пёк старый пекарь"}, "a0004"},
		"nobody: who spoke least, first": {"say", []string{"text", "Ну что же"}, "a0002"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := sit(t, room.Options{Settings: spec.Room{Order: "relevance"}, Residents: residents})
			if got := b.turn(0, c.kind, c.args...); got != "a0001" {
				t.Fatalf("%s opens", got)
			}
			b = b.reborn()
			if got := b.turn(1, "ignore"); got != c.want {
				t.Errorf("then %s speaks, want %s", got, c.want)
			}
		})
	}
}

func TestOfEquallyConcernedTheQuietestSpeaks(t *testing.T) {
	t.Parallel()
	b := sit(t, room.Options{Settings: spec.Room{Order: "relevance"}, Residents: guests("Анна", "Борис", "Вера", "Глеб")})
	for n, want := range []string{"a0001", "a0002", "a0003", "a0004", "a0001"} {
		if got := b.turn(int64(n), "say", "text", "ну что же"); got != want {
			t.Errorf("turn %d is %s's, want %s's", n, got, want)
		}
		b = b.reborn()
	}
}

func TestEverybodyHearsTheLastMessages(t *testing.T) {
	t.Parallel()
	b := sit(t, room.Options{Settings: spec.Room{Name: "Кухня", Topic: "цены", History: 2}, Residents: guests("Анна", "Борис", "Вера")})
	b.turn(0, "say", "text", "раз")
	b.turn(1, "ask", "to", "вера", "text", "два?")
	b.turn(2, "say", "text", "три, Анна")
	for i, s := range b.look(3, b.all()...) {
		want := sdk.Observation{
			Tick: 3, Time: "2026-03-01T08:03:00Z", Place: "Кухня", Trends: []string{"цены"},
			Messages: []sdk.Item{
				{ID: "m2", Kind: "message", Author: "a0002", AuthorName: "Борис", Text: "два?", Time: "2026-03-01T08:01:00Z", Addressed: i == 2},
				{ID: "m3", Kind: "message", Author: "a0003", AuthorName: "Вера", Text: "три, Анна", Time: "2026-03-01T08:02:00Z", Addressed: i == 0},
			},
		}
		for j, name := range []string{"Анна", "Борис", "Вера"} {
			if j != i {
				want.People = append(want.People, sdk.Person{ID: fmt.Sprintf("a%04d", j+1), Name: name})
			}
		}
		if d := gocmp.Diff(want, s.Observation); d != "" {
			t.Errorf("participant %d (-want +got):\n%s", i+1, d)
		}
		if (s.Actions != nil) != s.Turn.Acts {
			t.Errorf("participant %d is offered %v", i+1, kinds(s.Actions))
		}
	}
}

func TestWhomTheTalkPassesByMayLeaveAndTwoAreNeeded(t *testing.T) {
	t.Parallel()
	residents := guests("Анна", "Борис", "Вера")
	residents[0].Persona.Interests, residents[1].Persona.Interests = []string{"шахматы"}, []string{"шахматы"}
	b := sit(t, room.Options{Settings: spec.Room{Bored: 0.6}, Residents: residents})
	var offered []string
	for n := range int64(9) {
		all := b.look(n, b.all()...)
		who := speaker(all)
		for _, s := range all {
			if slices.Contains(kinds(s.Actions), "leave") {
				offered = append(offered, fmt.Sprint(n, who))
			}
		}
		if n == 8 {
			break
		}
		if _, err := b.Apply(t.Context(), moment(n), who, action("say", "text", "о шахматах")); err != nil {
			t.Fatal(err)
		}
		b.commit()
		b = b.reborn()
	}
	// Vera is third: two of every three turns pass her by. At her turn in tick 5
	// it is 4 of 5, in tick 8 6 of 8; Anna and Boris are concerned always.
	if want := []string{"5a0003", "8a0003"}; !slices.Equal(offered, want) {
		t.Errorf("leaving is offered %v, want %v", offered, want)
	}
	left, err := b.Apply(t.Context(), moment(8), "a0003", action("leave", "why", "скучно"))
	if err != nil || left.Event.ID != "m9" || left.Event.Text != "скучно" {
		t.Fatalf("%+v, %v", left, err)
	}
	b.commit()
	b = b.reborn()
	all := b.look(9, b.all()...)
	if len(all) != 2 || len(all[0].Observation.People) != 1 || b.Done() {
		t.Fatalf("after one left: %+v, done %v", all, b.Done())
	}
	last := all[0].Observation.Messages[len(all[0].Observation.Messages)-1]
	if last.Kind != sdk.ItemLeave || last.Author != "a0003" || last.Text != "скучно" {
		t.Errorf("the others see %+v", last)
	}
	if _, err := b.Apply(t.Context(), moment(9), "a0001", action("ask", "to", "Вера", "text", "ты где?")); err == nil || !strings.Contains(err.Error(), "больше нет") {
		t.Errorf("asking one who left: %v", err)
	}
	b.commit()
	for n := int64(10); !b.Done(); n++ { // silence bores everybody
		who := speaker(b.look(n, b.all()...))
		if _, err := b.Apply(t.Context(), moment(n), who, action("leave")); err != nil && n > 20 {
			t.Fatalf("nobody gets bored of silence: %v", err)
		}
		b.commit()
	}
	if turns, err := b.reborn().Turns(t.Context(), moment(30), b.all()); err != nil || turns != nil || !b.reborn().Done() {
		t.Errorf("a room that is done gives turns %v, %v", turns, err)
	}
}

func TestNewsSpreadsInTheRoom(t *testing.T) {
	t.Parallel()
	b := sit(t, room.Options{Residents: guests("Анна", "Борис", "Вера")})
	b.Tell(moment(0), event.Told{Event: "flood", Text: "Вода"}, []string{"a0001"})
	all := b.look(0, b.all()...)
	if got := all[0].Observation.Notifications; len(got) != 1 || got[0].Text != "Вода" || !got[0].Addressed {
		t.Errorf("the told sees %+v", got)
	}
	if slices.Contains(kinds(b.Actions("a0001")), "tell") == slices.Contains(kinds(all[1].Actions), "tell") {
		t.Error("telling is offered to the one who knows, and to nobody else")
	}
	if _, err := b.Apply(t.Context(), moment(0), "a0001", action("tell", "to", "Вера", "event", "flood")); err != nil {
		t.Fatal(err)
	}
	b.commit()
	b = b.reborn()
	var heard []event.Heard
	for _, s := range b.look(1, b.all()...) {
		for _, e := range s.Events {
			var h event.Heard
			if err := json.Unmarshal(e.Data, &h); err != nil || e.Kind != event.KindHeard {
				t.Fatal(e, err)
			}
			heard = append(heard, h)
		}
	}
	news := event.Heard{Event: "flood", From: "a0001", Via: "message", Item: "m1", Hops: 1}
	if d := gocmp.Diff([]event.Heard{news, news}, heard); d != "" {
		t.Error(d)
	}
	b.commit()
	for _, s := range b.look(2, b.all()...) {
		if len(s.Events) != 0 || len(s.Observation.Notifications) != 0 {
			t.Errorf("%s hears it again", s.Turn.Agent)
		}
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		agent  string
		act    []string
		ru, en string
	}{
		"unknown action":     {"a0001", []string{"post", "text", "а"}, "нет действия «post»", "no action \"post\""},
		"another's turn":     {"a0002", []string{"say", "text", "а"}, "говорит другой", "somebody else's turn"},
		"empty":              {"a0001", []string{"say", "text", " "}, "Не указано: text", "Missing: text"},
		"long":               {"a0001", []string{"say", "text", strings.Repeat("я", 2001)}, "не больше 2000", "at most 2000"},
		"ask nobody":         {"a0001", []string{"ask", "to", "Гоголь", "text", "а"}, "Никого не зовут", "Nobody is called"},
		"ask oneself":        {"a0001", []string{"ask", "to", "Анна", "text", "а"}, "Это вы сами", "yourself"},
		"ask nothing":        {"a0001", []string{"ask", "to", "Борис"}, "Не указано: text", "Missing: text"},
		"tell unknown event": {"a0001", []string{"tell", "to", "Борис", "event", "x"}, "не знаете о событии", "do not know"},
		"tell nothing":       {"a0001", []string{"tell", "to", "Борис"}, "Не указано: event", "Missing: event"},
		"leave too early":    {"a0001", []string{"leave"}, "уходить рано", "too early"},
		"no purpose":         {"a0001", []string{"change_plan"}, "Не указано: purpose", "Missing: purpose"},
	} {
		for language, want := range map[string]string{"ru": c.ru, "en": c.en} {
			t.Run(name+" "+language, func(t *testing.T) {
				t.Parallel()
				b := sit(t, room.Options{Settings: spec.Room{Bored: 0.5}, Language: language, Residents: guests("Анна", "Борис", "Вера")})
				b.look(0, b.all()...)
				_, err := b.Apply(t.Context(), moment(0), c.agent, action(c.act[0], c.act[1:]...))
				var refusal *env.Refusal
				if !errors.As(err, &refusal) || !strings.Contains(refusal.Why, want) {
					t.Errorf("%v, want a refusal with %q", err, want)
				}
				b.commit()
				for key := range b.rows {
					if key[0] == "message" {
						t.Error("a refused action was heard")
					}
				}
			})
		}
	}
}

func TestOneSaysOneThingATurn(t *testing.T) {
	t.Parallel()
	b := sit(t, room.Options{Residents: guests("Анна", "Борис")})
	b.look(0, b.all()...)
	for i, want := range []bool{true, false} {
		if _, err := b.Apply(t.Context(), moment(0), "a0001", action("say", "text", "слово")); (err == nil) != want {
			t.Errorf("word %d: %v", i+1, err)
		}
	}
	plan, err := b.Apply(t.Context(), moment(0), "a0001", action("change_plan", "purpose", "молчать", "place", "дом"))
	if d := gocmp.Diff(&sdk.Plan{Purpose: "молчать", Place: "дом"}, plan.Plan); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
}

func TestBadSettingsAreRefused(t *testing.T) {
	t.Parallel()
	for want, settings := range map[string]spec.Room{
		"round-robin, random and relevance": {Order: "loudest"}, "the host": {Host: "Гоголь"}, "the opener": {Opener: "Пётр"},
	} {
		if _, err := room.New(room.Options{Settings: settings, Residents: guests("Пётр А", "Пётр Б")}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestARestoredRoomGoesOnAsTheOriginal(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		draw := rand.New(rand.NewPCG(seed, 9))
		residents := guests("Анна", "Борис", "Вера", "Глеб", "Дина")
		for i := range residents {
			residents[i].Persona.Interests = []string{[]string{"рыба", "хлеб", "лодка"}[i%3]}
		}
		settings := spec.Room{Order: []string{"round-robin", "random", "relevance"}[seed%3], History: 4, Bored: 0.7}
		if seed%2 == 0 {
			settings.Host = "Вера"
		}
		rooms := []*table{sit(t, room.Options{Settings: settings, Residents: residents})}
		at := int64(draw.IntN(30))
		for n := range int64(40) {
			var awake []string
			for _, r := range residents {
				if draw.IntN(5) > 0 {
					awake = append(awake, r.ID)
				}
			}
			kind, word := draw.IntN(5), []string{"рыбу", "хлеба", "в лодке", "Дину", "ничего"}[draw.IntN(5)]
			var lives []any
			for _, b := range rooms {
				if n%10 == 0 {
					b.Tell(moment(n), event.Told{Event: fmt.Sprint("e", n), Text: "новость"}, []string{"a0002"})
				}
				all := b.look(n, awake...)
				var done []any
				if who := speaker(all); who != "" {
					offered := all[slices.IndexFunc(all, func(s seen) bool { return s.Turn.Acts })].Actions
					a := action(offered[kind%len(offered)].Kind, "text", "вижу "+word, "to", "Борис", "event", "e0", "purpose", "уйти")
					result, err := b.Apply(t.Context(), moment(n), who, a)
					done = append(done, a.Kind, result, fmt.Sprint(err))
				}
				lives = append(lives, []any{all, done, b.commit(), b.Done()})
			}
			if len(lives) == 2 {
				if d := gocmp.Diff(lives[0], lives[1]); d != "" {
					t.Fatalf("seed %d, tick %d, restored after %d (-original +restored):\n%s", seed, n, at, d)
				}
			}
			if n == at {
				rooms = append(rooms, rooms[0].reborn())
			}
		}
	}
}

func TestBadRowsAreErrorsThatNameTheRow(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]event.Row{
		"kind":       {Kind: "planet", ID: "x", JSON: []byte("{}")},
		"message id": {Kind: "message", ID: "x", JSON: []byte("{}")},
		"message of": {Kind: "message", ID: "m1", JSON: []byte(`{"author":"a9"}`)},
		"message":    {Kind: "message", ID: "m1", JSON: []byte(`{`)},
		"seat id":    {Kind: "seat", ID: "a9", JSON: []byte(`{}`)},
		"seat":       {Kind: "seat", ID: "a0001", JSON: []byte(`[]`)},
		"floor":      {Kind: "floor", ID: "floor", JSON: []byte(`[]`)},
		"event":      {Kind: "event", ID: "e", JSON: []byte(`[]`)},
	} {
		b := sit(t, room.Options{Residents: guests("Анна", "Борис")})
		err := b.Restore(func(yield func(event.Row, error) bool) { yield(row, nil) })
		if err == nil || !strings.Contains(err.Error(), "restore room: row "+row.Kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := sit(t, room.Options{Residents: guests("Анна", "Борис")})
	broken := errors.New("disk")
	if err := b.Restore(func(yield func(event.Row, error) bool) { yield(event.Row{}, broken) }); !errors.Is(err, broken) {
		t.Errorf("a failing journal: %v", err)
	}
}

func FuzzArgumentsAreTakenOrRefused(f *testing.F) {
	f.Add("say", "text", "при\xffвет", "to", "")
	f.Add("ask", "to", "@@", "text", "\u202e?")
	f.Add("tell", "to", "Борис", "event", "flood")
	f.Add("leave", "why", "\x00", "", "")
	f.Fuzz(func(t *testing.T, kind, name1, value1, name2, value2 string) {
		b := sit(t, room.Options{Residents: guests("Анна", "Борис")})
		b.Tell(moment(0), event.Told{Event: "flood", Text: "Вода"}, []string{"a0001"})
		b.look(0, b.all()...)
		_, err := b.Apply(t.Context(), moment(0), "a0001", action(kind, name1, value1, name2, value2))
		var refusal *env.Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		b.commit()
		all := b.look(1, b.all()...)
		if d := gocmp.Diff(all, b.reborn().look(1, b.all()...)); err == nil && d != "" {
			t.Fatalf("restored differs:\n%s", d)
		}
	})
}
