package control_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
)

// takeAway removes the files of a queue, as somebody may by hand.
func takeAway(t *testing.T, path string) {
	t.Helper()
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + end); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

func TestAnOrderForAQueueThatWasTakenAwayIsNotLost(t *testing.T) {
	t.Parallel()
	q, path := newQueue(t)
	reader, err := control.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	add(t, q, tell("раз"))
	takeAway(t, path)
	add(t, q, tell("два"))
	other, err := control.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	add(t, other, tell("три"))
	for name, who := range map[string]*control.Queue{"the one that added": q, "one opened later": other, "a reader": reader} {
		if all, err := who.List(t.Context(), 0, 0); err != nil || len(all) != 2 || all[0].Order.Effect.Tell.Text != "два" || all[1].Order.Effect.Tell.Text != "три" {
			t.Errorf("%s sees %+v %v", name, all, err)
		}
	}
}

func TestARunObeysTheQueueThatIsInThePlaceOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.queue(t)
	add(t, q, tell("до"))
	add(t, q, control.Order{Pause: true})
	garbage := func(text string) {
		if err := os.WriteFile(w.path, []byte(strings.Repeat(text, 50)), 0o600); err != nil {
			t.Error(err)
		}
	}
	w.wait = func(n int) error {
		switch n {
		case 1:
			takeAway(t, w.path)
		case 2:
			garbage("не очередь ")
		case 20:
			takeAway(t, w.path)
			add(t, q, tell("после"))
			add(t, q, control.Order{Pause: true})
			add(t, q, ask(spec.Audience{}, spec.Question{Text: "Как?"}))
		case 40:
			add(t, q, control.Order{Resume: true})
		case 200:
			return errors.New("nobody resumes")
		}
		return nil
	}
	if _, err := w.goOn(t, 4); err != nil {
		t.Fatal(err)
	}
	if got := states(t, q); !slices.Equal(got, []control.State{control.Done, control.Done, control.Done, control.Done}) {
		t.Errorf("%v", got)
	}
	if all := w.controls(t); len(all) != 1 || !strings.Contains(string(all[0].Order), "после") || len(w.answers()) != 1 {
		t.Errorf("%+v %+v", all, w.answers())
	}
	if n := strings.Count(w.log.String(), "cannot be used"); n != 1 {
		t.Errorf("warned %d times:\n%s", n, &w.log)
	}
}

func TestAQueueBegunAnewGoesOnBehindTheNumbersOfAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.queue(t)
	add(t, q, tell("раз"))
	add(t, q, ask(spec.Audience{}, spec.Question{Text: "Как?"}))
	w.ran(t, 3)
	takeAway(t, w.path)
	if _, err := control.Open(t.Context(), w.path); err != nil { // a panel is there first
		t.Fatal(err)
	}
	w.ran(t, 4)
	if next := add(t, w.queue(t), ask(spec.Audience{}, spec.Question{Text: "А как?"})); next.ID != 3 {
		t.Errorf("%+v", next)
	}
	w.ran(t, 6)
	if all := w.answers(); len(all) != 2 || all[0].Survey == all[1].Survey {
		t.Errorf("%+v", all)
	}
}

// A run is put back to an older copy, or is copied while it goes on: its queue is
// of a later moment.
func TestARunThatIsPutBackCarriesOutAgainWhatItDoesNotHold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.queue(t)
	add(t, q, tell("раз"))
	w.ran(t, 3)
	for _, o := range []control.Order{tell("два"), visit("post"), visit("vote"), remembered("Что?"), ask(spec.Audience{}, spec.Question{Text: "Как?"})} {
		add(t, q, o)
	}
	w.ran(t, 6)
	w.store.Commits = w.store.Commits[:2]
	w.ran(t, 6)
	var ids []int64
	for _, c := range w.controls(t) {
		ids = append(ids, c.ID)
	}
	if !slices.Equal(ids, []int64{1, 2, 3, 4, 5}) || len(w.answers()) != 2 || len(w.desk.asked) != 2 {
		t.Errorf("carried out %v, answers %+v, asked %d times", ids, w.answers(), len(w.desk.asked))
	}
	if c, err := q.Get(t.Context(), 2); err != nil || c.State != control.Done || c.Tick != 2 {
		t.Errorf("%+v %v", c, err)
	}
	if c, err := q.Get(t.Context(), 4); err != nil || c.State != control.Refused || c.Tick != 2 {
		t.Errorf("%+v %v", c, err)
	}
}

func TestARunThatBeginsAnewBesideAnOldQueueRepeatsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.queue(t)
	add(t, q, tell("раз"))
	add(t, q, visit("post"))
	w.ran(t, 3)
	add(t, q, tell("два"))
	w.store.Commits = nil
	w.ran(t, 3)
	if all := w.controls(t); len(all) != 1 || all[0].ID != 3 {
		t.Errorf("%+v", all)
	}
}

func TestATickTakesSoManyCommandsAndTheRestComeAfter(t *testing.T) {
	t.Parallel()
	const many = 5000
	w := newWorld(t)
	q := w.queue(t)
	q.FillVisits(t, many)
	add(t, q, ask(spec.Audience{}, spec.Question{Text: "Как?"}))
	add(t, q, tell("последнее"))
	w.ran(t, 10)
	perTick, last := map[int64]int{}, int64(0)
	for _, e := range w.store.OfKind(event.KindControl) {
		perTick[e.Tick]++
	}
	for _, c := range w.controls(t) {
		if c.ID <= last {
			t.Fatalf("command %d after %d", c.ID, last)
		}
		last = c.ID
	}
	for tick, n := range perTick {
		if n > 2000 {
			t.Errorf("%d commands in tick %d", n, tick)
		}
	}
	if len(w.controls(t)) != many+1 || last != many+2 || len(w.answers()) != 1 || w.answers()[0].Tick != 0 {
		t.Errorf("%d carried out, the last %d; answers %+v", len(w.controls(t)), last, w.answers())
	}
	if n := w.director.Held(); n > 2 {
		t.Errorf("the director remembers %d commands that are settled", n)
	}
}
