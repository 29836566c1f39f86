package control_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
)

// childEnv makes the test binary a process that adds commands to the queue that
// it names.
const childEnv = "GOROD_TEST_QUEUE"

func TestMain(m *testing.M) {
	path := os.Getenv(childEnv)
	if path == "" {
		os.Exit(m.Run())
	}
	if err := addMany(context.Background(), path, fmt.Sprint("p", os.Getpid()), 20); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func addMany(ctx context.Context, path, who string, n int) error {
	q, err := control.Open(ctx, path)
	if err != nil {
		return err
	}
	for i := range n {
		if _, err := q.Add(ctx, who, fmt.Sprint(who, i), now(), tell(who)); err != nil {
			return errors.Join(err, q.Close())
		}
	}
	return q.Close()
}

func now() time.Time { return time.Date(2026, 11, 21, 15, 4, 5, 123456789, time.UTC) }

func tell(text string) control.Order {
	return control.Order{Effect: &spec.Effect{Tell: &spec.Tell{Text: text, Audience: spec.Audience{Agents: []string{"Р1"}}}}}
}

func ask(audience spec.Audience, questions ...spec.Question) control.Order {
	return control.Order{Ask: &control.Ask{Audience: audience, Questions: questions}}
}

func newQueue(t *testing.T) (*control.Queue, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), control.File)
	q, err := control.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q, path
}

func add(t *testing.T, q *control.Queue, o control.Order) control.Command {
	t.Helper()
	c, err := q.Add(t.Context(), "operator", "", now(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// orders are one of every kind, with all that they may hold.
func orders() []control.Order {
	some := spec.Audience{Agents: []string{"Анна", "Борис"}}
	group := spec.Audience{Group: "друзья"}
	visit := social.Visit{
		ID: "115", Visitor: social.Visitor{ID: "@alice@example.org", Name: "Алиса & Ко"}, Kind: "post", Text: "Привет & пока", Audience: social.Followers,
		Options: []string{"да", "нет"}, At: now(),
	}
	all := []control.Order{
		{Pause: true}, {Resume: true}, {Step: 3}, {Stop: true}, {Visit: &visit},
		ask(some, spec.Question{ID: "a", Text: "Как дела?", Type: spec.Open}),
		ask(group, spec.Question{ID: "b", Text: "За?", Type: spec.Single, Options: []string{"да", "нет"}},
			spec.Question{ID: "c", Text: "Что?", Type: spec.Multiple, Options: []string{"да", "нет"}},
			spec.Question{ID: "d", Text: "Насколько?", Type: spec.Scale, Min: -1, Max: 5, Low: "мало", High: "много"}),
		{Ask: &control.Ask{
			Questions: []spec.Question{{ID: "q1", Text: "И?", Type: spec.Open}}, Table: true, Remember: true,
			Said: []control.Remark{{Text: "Привет"}, {Who: "a0001", Text: "Здравствуйте"}},
		}},
	}
	for _, e := range []spec.Effect{
		{Tell: &spec.Tell{Text: "Снег", Audience: spec.Audience{To: "all"}}},
		{Goals: &spec.GoalChange{Set: []string{"петь"}, Audience: group}},
		{Goals: &spec.GoalChange{Add: []string{"пить"}}},
		{Mood: &spec.MoodChange{Valence: -0.1, Arousal: 0.3, Audience: some}},
		{Model: &spec.ModelSwap{Use: "other", Audience: some}},
		{Follow: &spec.Ties{Who: some, Whom: group}}, {Unfollow: &spec.Ties{Who: group}},
		{Feed: &spec.FeedChange{Rank: "hot", Size: new(0), Discover: new(0.0)}}, {Stop: true},
	} {
		all = append(all, control.Order{Effect: &e})
	}
	return all
}

func TestOrdersComeBackAsTheyWereGiven(t *testing.T) {
	t.Parallel()
	q, path := newQueue(t)
	var want []control.Command
	for i, o := range orders() {
		c := add(t, q, o)
		want = append(want, control.Command{ID: int64(i + 1), At: now(), Who: "operator", Order: o, State: control.Waiting, Tick: -1})
		if d := cmp.Diff(want[i], c); d != "" {
			t.Errorf("added (-want +got)\n%s", d)
		}
	}
	for name, read := range map[string]func() ([]control.Command, error){
		"waiting": func() ([]control.Command, error) { return q.Waiting(t.Context()) },
		"one by one": func() (all []control.Command, err error) {
			for _, c := range want {
				got, err := q.Get(t.Context(), c.ID)
				if err != nil {
					return nil, err
				}
				all = append(all, got)
			}
			return all, nil
		},
	} {
		got, err := read()
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, d)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestWhatNoRunCouldCarryOutIsNotTaken(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t)
	huge := strings.Repeat("ё", 4001)
	post := func(change func(*social.Visit)) control.Order {
		v := social.Visit{ID: "1", Visitor: social.Visitor{ID: "@a"}, Kind: "post", Text: "x"}
		change(&v)
		return control.Order{Visit: &v}
	}
	effect := func(e spec.Effect) control.Order { return control.Order{Effect: &e} }
	for name, o := range map[string]control.Order{
		"nothing": {}, "two things": {Pause: true, Step: 1}, "back in time": {Step: -1}, "eternity": {Step: 1_000_001},
		"no effect": effect(spec.Effect{}), "two effects": effect(spec.Effect{Stop: true, Feed: &spec.FeedChange{Rank: "hot"}}),
		"silence": tell(" \n"), "a flood": tell(huge), "bytes": tell("\xff"),
		"two audiences": effect(spec.Effect{Tell: &spec.Tell{Text: "x", Audience: spec.Audience{Group: "g", Agents: []string{"a"}}}}),
		"nobody's name": effect(spec.Effect{Tell: &spec.Tell{Text: "x", Audience: spec.Audience{Agents: []string{""}}}}),
		"no goals":      effect(spec.Effect{Goals: &spec.GoalChange{}}), "an empty goal": effect(spec.Effect{Goals: &spec.GoalChange{Add: []string{""}}}),
		"no move": effect(spec.Effect{Mood: &spec.MoodChange{}}), "too much joy": effect(spec.Effect{Mood: &spec.MoodChange{Valence: 3}}),
		"no model": effect(spec.Effect{Model: &spec.ModelSwap{}}), "no change": effect(spec.Effect{Feed: &spec.FeedChange{}}),
		"an odd feed": effect(spec.Effect{Feed: &spec.FeedChange{Rank: "best"}}), "a long feed": effect(spec.Effect{Feed: &spec.FeedChange{Size: new(101)}}),
		"an odd tie":  effect(spec.Effect{Follow: &spec.Ties{Whom: spec.Audience{To: "some"}}}),
		"no question": ask(spec.Audience{}), "an empty question": ask(spec.Audience{}, spec.Question{}), "a huge question": ask(spec.Audience{}, spec.Question{Text: huge}),
		"no options":  ask(spec.Audience{}, spec.Question{Text: "x", Type: spec.Single}),
		"one option":  ask(spec.Audience{}, spec.Question{Text: "x", Type: spec.Multiple, Options: []string{"a"}}),
		"same option": ask(spec.Audience{}, spec.Question{Text: "x", Type: spec.Single, Options: []string{"a", "a"}}),
		"odd options": ask(spec.Audience{}, spec.Question{Text: "x", Options: []string{"a", "b"}}),
		"odd type":    ask(spec.Audience{}, spec.Question{Text: "x", Type: "essay"}),
		"odd scale":   ask(spec.Audience{}, spec.Question{Text: "x", Type: spec.Scale, Min: 5, Max: 5}),
		"odd ends":    ask(spec.Audience{}, spec.Question{Text: "x", Low: "мало"}),
		"same id":     ask(spec.Audience{}, spec.Question{Text: "x", ID: "q2"}, spec.Question{Text: "y"}),
		"two at once": {Ask: &control.Ask{Table: true, Questions: []spec.Question{{Text: "x"}, {Text: "y"}}}},
		"said nought": {Ask: &control.Ask{Questions: []spec.Question{{Text: "x"}}, Said: []control.Remark{{}}}},
		"a resident":  post(func(v *social.Visit) { v.Visitor.ID = "a0001" }), "no name": post(func(v *social.Visit) { v.Visitor.ID = "@" }),
		"a spaced name": post(func(v *social.Visit) { v.Visitor.ID = "@a b" }), "no id": post(func(v *social.Visit) { v.ID = "" }),
		"a murder": post(func(v *social.Visit) { v.Kind = "kill" }), "a mute post": post(func(v *social.Visit) { v.Text = "" }), "a huge post": post(func(v *social.Visit) { v.Text = huge }),
		"a secret": post(func(v *social.Visit) { v.Audience = social.Members }), "half a poll": post(func(v *social.Visit) { v.Options = []string{"a"} }),
		"a reply to nothing": post(func(v *social.Visit) { v.Kind = "reply" }), "a letter to nobody": post(func(v *social.Visit) { v.Kind = "direct" }),
		"a boost of nothing": post(func(v *social.Visit) { v.Kind = "boost" }), "a vote below all": post(func(v *social.Visit) { v.Kind, v.Target, v.Option = "vote", "p1", -1 }),
		"following nobody": post(func(v *social.Visit) { v.Kind = "follow" }),
		"a reply poll":     post(func(v *social.Visit) { v.Kind, v.Target, v.Options = "reply", "p1", []string{"a", "b"} }),
	} {
		_, err := q.Add(t.Context(), "operator", "", now(), o)
		if _, ok := errors.AsType[*control.BadOrder](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, names := range map[string][2]string{"nobody": {"", "k"}, "a huge key": {"operator", huge}} {
		if _, err := q.Add(t.Context(), names[0], names[1], now(), control.Order{Pause: true}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if all, err := q.List(t.Context(), 0, 0); len(all) > 0 || err != nil {
		t.Errorf("%+v %v", all, err)
	}
}

func TestQuestionsAreFilledInAsThoseOfSurveys(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t)
	given := ask(spec.Audience{}, spec.Question{Text: "x"}, spec.Question{Text: "y", Type: spec.Scale})
	c := add(t, q, given)
	want := []spec.Question{{ID: "q1", Text: "x", Type: spec.Open}, {ID: "q2", Text: "y", Type: spec.Scale, Min: 1, Max: 7}}
	if d := cmp.Diff(want, c.Order.Ask.Questions); d != "" || given.Ask.Questions[0].ID != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestTheSameKeyIsTheSameCommand(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t)
	for range 2 {
		c, err := q.Add(t.Context(), "bridge", "status 7", now(), tell("раз"))
		if err != nil || c.ID != 1 || c.Key != "status 7" {
			t.Errorf("%+v %v", c, err)
		}
	}
	if err := q.Finish(t.Context(), 1, control.Done, 4, nil, ""); err != nil {
		t.Fatal(err)
	}
	c, err := q.Add(t.Context(), "bridge", "status 7", now(), tell("два"))
	if err != nil || c.ID != 1 || c.State != control.Done || c.Tick != 4 || c.Order.Effect.Tell.Text != "раз" {
		t.Errorf("%+v %v", c, err)
	}
	if c, err := q.Add(t.Context(), "bridge", "", now(), tell("раз")); err != nil || c.ID != 2 {
		t.Errorf("%+v %v", c, err)
	}
	if c, err := q.Add(t.Context(), "bridge", "", now(), tell("раз")); err != nil || c.ID != 3 {
		t.Errorf("no key is no key: %+v %v", c, err)
	}
}

func TestACommandIsFinishedOnce(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t)
	add(t, q, tell("x"))
	before, err := q.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reply := []control.Remark{{Who: "a0001", Text: "Да"}}
	if err := q.Finish(t.Context(), 1, control.Done, 3, reply, ""); err != nil {
		t.Fatal(err)
	}
	after, err := q.Version(t.Context())
	if err != nil || after == before {
		t.Errorf("version %d, then %d, %v", before, after, err)
	}
	if err := q.Finish(t.Context(), 1, control.Refused, 5, nil, "no"); err != nil {
		t.Fatal(err)
	}
	c, err := q.Get(t.Context(), 1)
	if err != nil || c.State != control.Done || c.Tick != 3 || cmp.Diff(reply, c.Reply) != "" || c.Why != "" {
		t.Errorf("%+v %v", c, err)
	}
	if again, err := q.Version(t.Context()); err != nil || again != after {
		t.Errorf("nothing changed: %d, then %d, %v", after, again, err)
	}
	if _, err := q.Get(t.Context(), 2); !errors.Is(err, control.ErrNoCommand) {
		t.Error(err)
	}
}

func TestAReaderSeesAQueueThatIsMadeLater(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), control.File)
	reader, err := control.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if all, err := reader.List(t.Context(), 0, 0); err != nil || len(all) > 0 {
		t.Errorf("%+v %v", all, err)
	}
	if n, err := reader.Version(t.Context()); err != nil || n != 0 {
		t.Errorf("version %d %v", n, err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("reading made a file: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil { // its maker has only begun
		t.Fatal(err)
	}
	if _, err := reader.Waiting(t.Context()); err != nil {
		t.Error(err)
	}
	if err := addMany(t.Context(), path, "p", 3); err != nil {
		t.Fatal(err)
	}
	if all, err := reader.List(t.Context(), 1, 1); err != nil || len(all) != 1 || all[0].ID != 2 {
		t.Errorf("%+v %v", all, err)
	}
	if _, err := reader.Add(t.Context(), "p", "", now(), control.Order{Pause: true}); err == nil {
		t.Error("a reader wrote")
	}
}

func TestAFileThatIsNoQueueIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), control.File)
	if err := os.WriteFile(path, []byte(strings.Repeat("не база ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := control.Open(t.Context(), path); err == nil {
		t.Error("opened")
	}
	if _, err := control.OpenReadOnly(t.Context(), path); err == nil {
		t.Error("opened for reading")
	}
}

func TestProcessesAndGoroutinesAddAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), control.File)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 4 { // none has made the file yet
		all.Go(func() {
			cmd := exec.CommandContext(t.Context(), self)
			cmd.Env = append(os.Environ(), childEnv+"="+path)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v %s", err, out)
			}
		})
		all.Go(func() {
			if err := addMany(t.Context(), path, fmt.Sprint("g", i), 20); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	q, err := control.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	found, err := q.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mine := map[string]int{}
	for i, c := range found {
		if c.ID != int64(i+1) || c.Key != fmt.Sprint(c.Who, mine[c.Who]) {
			t.Errorf("command %d has id %d and key %s", i+1, c.ID, c.Key)
		}
		mine[c.Who]++
	}
	if len(found) != 160 || len(mine) != 8 {
		t.Errorf("%d commands of %d", len(found), len(mine))
	}
}

func TestThePaceIsWhatWasOrderedLast(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t)
	is := func(want int64, by int64) {
		t.Helper()
		p, err := q.Pace(t.Context())
		if err != nil || p.PauseAt != want || p.By.ID != by {
			t.Errorf("%+v %v, want tick %d by %d", p, err, want, by)
		}
	}
	is(control.Never, 0)
	for i, step := range []struct {
		order control.Order
		want  int64
	}{{control.Order{Pause: true}, 7}, {control.Order{Step: 3}, 10}, {control.Order{Resume: true}, control.Never}, {control.Order{Step: 1}, 8}, {control.Order{Stop: true}, control.Never}} {
		c := add(t, q, step.order)
		if err := q.Finish(t.Context(), c.ID, control.Done, 7, nil, ""); err != nil {
			t.Fatal(err)
		}
		is(step.want, int64(i+1))
	}
	add(t, q, control.Order{Pause: true}) // waits
	is(control.Never, 5)
}

func TestCommandsOfARunThatDoesNotGoOnSayWhyTheyWait(t *testing.T) {
	t.Parallel()
	q, path := newQueue(t)
	add(t, q, tell("x"))
	add(t, q, tell("y"))
	if err := q.Finish(t.Context(), 1, control.Done, 3, nil, ""); err != nil {
		t.Fatal(err)
	}
	waits := func(part string) {
		t.Helper()
		all, err := q.List(t.Context(), 0, 0)
		if err != nil || len(all) != 2 || all[0].Why != "" || (part == "") != (all[1].Why == "") || !strings.Contains(all[1].Why, part) {
			t.Errorf("%+v %v, want %q", all, err, part)
		}
	}
	waits("not begun")
	book, err := journal.Create(t.Context(), filepath.Join(filepath.Dir(path), "run.db"), journal.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for status, part := range map[journal.Status]string{journal.Running: "", journal.Done: "over", journal.Interrupted: "resumed", journal.Budget: "resumed"} {
		if err := book.SetStatus(t.Context(), status, ""); err != nil {
			t.Fatal(err)
		}
		waits(part)
	}
}

func TestVisitsAreRefusedWhileVeryManyWaitAndOrdersAreNot(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t)
	q.Fill(t, 10_000)
	visit := social.Visit{ID: "1", Visitor: social.Visitor{ID: "@a"}, Kind: "follow", To: "a0001"}
	if _, err := q.Add(t.Context(), "a", "", now(), control.Order{Visit: &visit}); !errors.Is(err, control.ErrFull) {
		t.Error(err)
	}
	if _, err := q.Add(t.Context(), "operator", "", now(), control.Order{Pause: true}); err != nil {
		t.Error(err)
	}
}

func TestControlIDsNameTheCommand(t *testing.T) {
	t.Parallel()
	if got := event.ControlID(12); got != "control-12" {
		t.Error(got)
	}
	for id, want := range map[string]bool{"control-12": true, "control-": false, "control-x": false, "control-012": false, "poll": false, "control-1#a0001": false} {
		if event.IsControlID(id) != want {
			t.Errorf("%s: %v", id, !want)
		}
	}
}
