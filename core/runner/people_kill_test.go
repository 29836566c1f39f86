package runner_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/runner/runnertest"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
)

const kills = 20

// longTown is the town with so many ticks that it does not end before it is
// killed for the last time.
func longTown() string { return strings.Replace(town, "ticks: 12", "ticks: 400", 1) }

// childEnv makes the test binary a process that goes on with the run of a
// folder.
const childEnv = "GOROD_TEST_RUN"

// slow lets a tick take a while, so that kills find it at every point.
type slow struct{ people }

func (*slow) Ticked(runner.Planned, sim.Progress, runner.Usage) { time.Sleep(2 * time.Millisecond) }

func goOnAsChild(dir string) error {
	o, _, err := runnertest.Load(dir, &slow{})
	if err != nil {
		return err
	}
	_, err = runner.Run(context.Background(), o)
	return err
}

func TestKilledRunsCarryOutEveryCommandOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t, longTown())
	q, err := openQueue(t, p)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	random := rand.New(rand.NewPCG(7, 7))
	added := 0
	for killed := range kills {
		child := asChild(t, p)
		for end := time.Now().Add(time.Duration(100+random.IntN(500)) * time.Millisecond); time.Now().Before(end); {
			time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
			if _, err := q.Add(t.Context(), "ольга", fmt.Sprint(added), time.Now(), something(random, added)); err != nil {
				t.Fatal(err)
			}
			added++
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed
		if all, err := runner.StandingOf(t.Context(), p.run); err == nil && all.Status == journal.Done {
			t.Fatalf("the run is done after %d kills: it is too short", killed)
		}
	}
	p.order(t, control.Order{Resume: true}) // it may pause
	p.finished(t, nil)
	p.verified(t)
	once(t, p, added+1)
}

func openQueue(t *testing.T, p *place) (*control.Queue, error) {
	t.Helper()
	if err := os.MkdirAll(p.run.Dir, 0o755); err != nil {
		return nil, err
	}
	return control.Open(t.Context(), p.queuePath())
}

func asChild(t *testing.T, p *place) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childEnv+"="+p.opts.Dir)
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// something is an order of any kind that does not keep the run from going on.
func something(random *rand.Rand, n int) control.Order {
	names := []string{"Анна", "Борис", "Вера", "Глеб"} // the last does not live there
	someone := to(names[random.IntN(len(names))])
	visit := social.Visit{ID: fmt.Sprint("v", n), Visitor: social.Visitor{ID: "@alice"}, Kind: "post", Text: fmt.Sprint("Привет ", n)}
	switch random.IntN(9) {
	case 0:
		return tell(fmt.Sprint("Новость ", n), someone)
	case 1:
		return effect(spec.Effect{Goals: &spec.GoalChange{Set: []string{fmt.Sprint("цель ", n)}, Audience: someone}})
	case 2:
		return effect(spec.Effect{Mood: &spec.MoodChange{Valence: random.Float64() - 0.5, Audience: someone}})
	case 3:
		return effect(spec.Effect{Feed: &spec.FeedChange{Rank: []string{"hot", "chronological", "random"}[n%3], Size: new(1 + n%9)}})
	case 4:
		return control.Order{Ask: &control.Ask{Audience: someone, Questions: []spec.Question{{Text: fmt.Sprint("Как дела? ", n)}}}}
	case 5:
		return table(true)
	case 6:
		return []control.Order{{Pause: true}, {Resume: true}}[n%2]
	case 7:
		visit.Kind, visit.To = "direct", "a0002"
	}
	return control.Order{Visit: &visit}
}

// once checks that every command is finished, and part of the run once where it
// changes it.
func once(t *testing.T, p *place, added int) {
	t.Helper()
	commands := p.commands(t)
	if len(commands) != added {
		t.Errorf("%d commands of %d", len(commands), added)
	}
	events, answers := map[int64][]event.Control{}, map[string]int{}
	ticks, all := payloads[event.Control](t, p, event.KindControl)
	at := map[int64]int64{}
	for i, c := range all {
		events[c.ID] = append(events[c.ID], c)
		at[c.ID] = ticks[i]
	}
	for _, a := range p.answers(t) {
		answers[a.Survey]++
	}
	kinds := map[string]int{}
	for _, c := range commands {
		kinds[c.Order.Kind()+" "+string(c.State)]++
		want, asked := 0, 0
		switch o := c.Order; {
		case o.Effect != nil || o.Visit != nil:
			want = 1
		case o.Ask != nil && c.State == control.Done:
			asked = len(c.Reply)
			if o.Ask.Remember {
				want = 1
			}
		}
		if c.State == control.Waiting || len(events[c.ID]) != want || answers[event.ControlID(c.ID)] != asked {
			t.Errorf("%+v: %d events, %d answers; want %d and %d", c, len(events[c.ID]), answers[event.ControlID(c.ID)], want, asked)
		}
		if want == 0 {
			continue
		}
		e := events[c.ID][0]
		order, err := json.Marshal(c.Order)
		if err != nil || at[c.ID] != c.Tick || string(e.Order) != string(order) || (e.Refused == "") != (c.State == control.Done) {
			t.Errorf("%+v\nis recorded at tick %d as %+v", c, at[c.ID], e)
		}
	}
	t.Logf("%d commands: %v", added, kinds)
}
