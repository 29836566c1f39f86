package mastodon_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/runner/runnertest"
)

const (
	kills    = 30
	perLife  = 4 // ticks that a process may compute before it is killed
	allTicks = kills*perLife + 20
)

const townStudy = `apiVersion: gorod/v1
kind: Experiment
name: town
clock: {start: 2026-03-02T08:00, step: 1h, ticks: %d}
population:
  - group: соседи
    inline: [{name: Анна Петрова, gender: женский, interests: [трамваи]}, {name: Борис}, {name: Вера}]
agents: {activity: [1], max_actions: 3}
environment:
  network:
    provider: mastodon
    server: %s
    accounts: accounts.txt
    reach: {retry: 60ms, poll: 200ms, flush: 60s}
    follows: {graph: complete}
    groups: [{name: Дачный клуб, audience: public, members: [Анна Петрова, Борис]}, {name: Тайный клуб, audience: group, members: [Анна Петрова, Вера]}]
events: [{id: tram, tick: 1, text: Закрывают трамвай., to: all}]
`

func accounts() map[string]string {
	return map[string]string{"Анна Петрова": "anna", "a0002": "boris", "Вера": "vera"}
}

// A run whose process is killed again and again, with a hostile way to its
// server, is on the server as it is in its journal: nothing is missing, nothing
// is there twice, all in order.
func TestKilledRunsAreOnTheServerOnce(t *testing.T) {
	t.Parallel()
	server := newElsewhere(t)
	way := newHostile(t, server.URL)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "source.yaml"), fmt.Sprintf(townStudy, allTicks, way.URL), 0o600)
	server.tokens(t, filepath.Join(dir, "accounts.txt"), accounts())
	server.Step(t)
	o, run := liveAndDie(t, dir, way, kills)
	compare(t, server, run)
	way.Close()
	server.Close()
	if v, err := runner.Verify(t.Context(), o, run); err != nil || !v.OK {
		t.Errorf("without the server: %+v %v", v, err)
	}
	t.Logf("the way to the server: %v", way.did)
}

// liveAndDie runs the study in a folder in processes that are killed, and then to
// its end.
func liveAndDie(t *testing.T, dir string, way *hostile, kills int) (runner.Options, runner.Planned) {
	t.Helper()
	random := rand.New(rand.NewPCG(11, 12))
	for life := range kills {
		child := asChild(t, dir, (life+1)*perLife)
		from, want := way.posts.Load(), int64(1+random.IntN(16))
		for end := time.Now().Add(1500 * time.Millisecond); way.posts.Load()-from < want && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(random.IntN(15)) * time.Millisecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed
	}
	o, run, err := runnertest.Load(dir, &watch{deliver: func(o runner.Outbox) { t.Logf("%+v", o) }})
	if err != nil {
		t.Fatal(err)
	}
	results, err := runner.Run(t.Context(), o)
	if err != nil || results[0].Status != journal.Done {
		t.Fatalf("%+v %v", results, err)
	}
	return o, run
}

func asChild(t *testing.T, dir string, ticks int) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childEnv+"="+dir, fmt.Sprintf("%s=%d", ticksEnv, ticks))
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// saying is a text or a reaction.
type saying struct{ kind, text string }

// compare checks that accounts did on the server what residents did in the run,
// in the same order.
func compare(t *testing.T, server *elsewhere, run runner.Planned) {
	t.Helper()
	did, done := inJournal(t, run), onServer(t, server)
	counts := map[string]int{}
	for agent, account := range map[string]string{"a0001": "@anna", "a0002": "@boris", "a0003": "@vera"} {
		if len(did[agent]) != len(done[account]) {
			t.Errorf("%s did %d things, %s %d", agent, len(did[agent]), account, len(done[account]))
		}
		for i := range min(len(did[agent]), len(done[account])) {
			was, is := did[agent][i], done[account][i]
			counts[was.kind]++
			if was.kind != is.kind || !strings.Contains(letters(is.text), letters(was.text)) {
				t.Fatalf("%s: %d: %+v is there as %+v", agent, i, was, is)
			}
		}
	}
	t.Logf("on the server, in order: %v", counts)
	if counts["text"] < 200 {
		t.Errorf("only %v", counts)
	}
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func inJournal(t *testing.T, run runner.Planned) map[string][]saying {
	t.Helper()
	book, err := journal.OpenReadOnly(t.Context(), filepath.Join(run.Dir, runner.JournalFile))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	out := map[string][]saying{}
	for e, err := range book.Events(t.Context(), journal.Filter{Kinds: []event.Kind{event.KindAction}}) {
		var a event.Action
		if err == nil {
			err = json.Unmarshal(e.Data, &a)
		}
		if err != nil {
			t.Fatal(err)
		}
		switch a.Kind {
		case "post", "reply", "quote", "direct", "tell":
			out[e.Agent] = append(out[e.Agent], saying{"text", a.Text})
		case "boost", "favourite", "vote":
			out[e.Agent] = append(out[e.Agent], saying{a.Kind, ""})
		}
	}
	return out
}

func onServer(t *testing.T, server *elsewhere) map[string][]saying {
	t.Helper()
	all, err := server.Queue.List(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]saying{}
	for _, c := range all {
		v := c.Order.Visit
		if v == nil || c.State == control.Refused {
			continue
		}
		switch v.Kind {
		case "post", "reply", "direct":
			out[v.Visitor.ID] = append(out[v.Visitor.ID], saying{"text", v.Text})
		case "boost", "favourite", "vote":
			out[v.Visitor.ID] = append(out[v.Visitor.ID], saying{v.Kind, ""})
		}
	}
	return out
}
