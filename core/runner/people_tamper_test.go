package runner_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/core/sqlite"
)

// Every word that the journal keeps of what came from outside is vouched for, what
// a replay works out anew among it.
func TestAChangedRecordOfWhatPeopleDidDoesNotVerify(t *testing.T) {
	t.Parallel()
	p := newPlace(t, town)
	p.finished(t, at(2, func() {
		p.order(t, tell("Снег пошёл", to("Анна")))
		p.order(t, tell("x", to("Глеб")))
		p.order(t, control.Order{Visit: &social.Visit{ID: "v1", Visitor: social.Visitor{ID: "@alice"}, Kind: "post", Text: "Привет из Твери"}})
		p.order(t, control.Order{Ask: &control.Ask{Audience: to("Вера"), Remember: true, Questions: []spec.Question{{Text: "Как погода?"}}}})
	}))
	p.verified(t)
	for name, c := range map[string]struct{ kind, from, to string }{
		"the order":                    {"control", "Снег пошёл", "Снег ушёл"},
		"who gave it":                  {"control", `"who":"ольга"`, `"who":"игорь"`},
		"when":                         {"control", `"at":"20`, `"at":"19`},
		"what an effect did":           {"control", `"detail":"Снег пошёл"`, `"detail":"Снега нет"`},
		"whom it reached":              {"control", `"effects":[{"kind":"tell","agents":["a0001"]`, `"effects":[{"kind":"tell","agents":["a0002"]`},
		"why it was refused":           {"control", `"refused":"no resident`, `"refused":"no such resident`},
		"what a visitor did":           {"control", `"text":"Привет из Твери"}}`, `"text":"Привет из Твери!"}}`},
		"how it was recorded":          {"control", `,"action":{"kind":"post"`, `,"action":{"kind":"reply"`},
		"a field that nobody reads":    {"control", `{"id":`, `{"note":"x","id":`},
		"what a resident is to recall": {"control", "Как погода?", "Как дела у вас?"},
		"what a resident was told":     {"told", "Снег пошёл", "Снег ушёл"},
		"a resident's mood":            {"mood", `"stimuli":`, `"stimuli":1`},
	} {
		changed := tampered(t, p, "UPDATE events SET data = replace(data, ?, ?) WHERE kind = ? AND instr(data, ?) > 0", c.from, c.to, c.kind, c.from)
		if v, err := runner.Verify(t.Context(), changed.opts, changed.run); err == nil && v.OK {
			t.Errorf("%s was changed, and the run verifies: %+v", name, v)
		}
	}
	for name, statement := range map[string]string{
		"an event is gone":   "DELETE FROM events WHERE kind = 'control' AND seq = (SELECT max(seq) FROM events WHERE kind = 'control')",
		"an event was added": `INSERT INTO events SELECT tick, (SELECT max(seq) + 1 FROM events AS e WHERE e.tick = events.tick), agent, kind, data FROM events WHERE kind = 'control' LIMIT 1`,
	} {
		changed := tampered(t, p, statement)
		if v, err := runner.Verify(t.Context(), changed.opts, changed.run); err == nil && v.OK {
			t.Errorf("%s, and the run verifies: %+v", name, v)
		}
	}
	if _, all := payloads[event.Control](t, p, event.KindControl); len(all) != 4 || !strings.Contains(string(all[0].Order), "Снег") {
		t.Errorf("%+v", all)
	}
}

// tampered is a copy of a place in whose journal a statement changed something.
func tampered(t *testing.T, p *place, statement string, args ...any) *place {
	t.Helper()
	copied := newPlace(t, town)
	copyDir(t, p.opts.Dir, copied.opts.Dir)
	db, err := sqlite.Open(t.Context(), filepath.Join(copied.run.Dir, runner.JournalFile), sqlite.Options{Version: journal.Format})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	result, err := db.ExecContext(t.Context(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s %v: %d rows, %v", statement, args, n, err)
	}
	return copied
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
