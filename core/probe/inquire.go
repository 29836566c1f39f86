package probe

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Inquiry is what somebody from outside asks residents, at once.
type Inquiry struct {
	ID        string // of the answers, in place of a survey's
	Purpose   string // of the calls of models; the question's id is put behind it
	Audience  spec.Audience
	Questions []spec.Question // each is put alone
	// Table seats the audience at one table: each hears what those before it
	// answered. It takes one question.
	Table bool
	// Said is what was said before in this talk, oldest first.
	Said []Remark
}

// Remark is something said in a talk. Who is the id of a resident, or empty for
// the guest.
type Remark struct{ Who, Text string }

const maxRemark = 600 // runes of a remark that a prompt shows

// Inquire asks the residents of an inquiry, who are told nothing afterwards.
// Answers come in the order of residents, of each in that of the questions. An
// error means that a model or the memory is out of reach.
func (d *Desk) Inquire(ctx context.Context, t env.Tick, w *sim.World, q Inquiry) ([]event.Answer, error) {
	people := d.residents(t, w, q.Audience, 0, q.ID)
	talk := talk{Inquiry: q, names: namesOf(w)}
	if q.Table {
		return d.table(ctx, t, talk, people)
	}
	return d.alone(ctx, t, talk, people)
}

// alone asks everybody every question, many at once. When one fails no more are
// begun, but those under way come to their end: when it returns, nothing that it
// set off goes on in a plugin.
func (d *Desk) alone(ctx context.Context, t env.Tick, k talk, people []asked) ([]event.Answer, error) {
	var failed atomic.Pointer[error]
	n := len(k.Questions)
	answers, err := each(ctx, len(people)*n, func(ctx context.Context, i int) (event.Answer, error) {
		if failed.Load() != nil {
			return event.Answer{}, nil
		}
		answer, err := d.remark(ctx, t, k, people[i/n], k.Questions[i%n], nil)
		if err != nil {
			failed.CompareAndSwap(nil, &err)
		}
		return answer, nil
	})
	if first := failed.Load(); err == nil && first != nil {
		err = *first
	}
	if err != nil {
		return nil, fmt.Errorf("ask residents: %w", err)
	}
	return answers, nil
}

// talk is an inquiry with the names of residents.
type talk struct {
	Inquiry
	names map[string]string
	table string // who sits there
}

// named is a remark with a name; the guest has none.
type named struct{ Name, Text string }

func (t *talk) named(r Remark) named {
	return named{t.names[r.Who], text.Quote(r.Text, maxRemark)}
}

func namesOf(w *sim.World) map[string]string {
	names := map[string]string{}
	for r := range w.Agents() {
		names[r.ID] = line(r.Persona.Name)
	}
	return names
}

// table asks one after the other.
func (d *Desk) table(ctx context.Context, t env.Tick, k talk, people []asked) (answers []event.Answer, err error) {
	var before []named
	seats := make([]string, len(people))
	for i, a := range people {
		seats[i] = k.names[a.ID]
	}
	k.table = strings.Join(seats, ", ")
	for _, a := range people {
		answer, err := d.remark(ctx, t, k, a, k.Questions[0], before)
		if err != nil {
			return nil, fmt.Errorf("ask at the table: %w", err)
		}
		answers = append(answers, answer)
		if answer.Missing == "" {
			before = append(before, k.named(Remark{a.ID, Words(answer)}))
		}
	}
	return answers, nil
}

// remark puts a question to one resident, with what it heard before.
func (d *Desk) remark(ctx context.Context, t env.Tick, k talk, a asked, q spec.Question, before []named) (event.Answer, error) {
	q.Text = text.Plain(q.Text, maxMemory)
	wording, err := d.words.render("question", q)
	if err != nil {
		return event.Answer{}, err
	}
	messages, heard, err := d.heard(k, a.ID)
	if err != nil {
		return event.Answer{}, err
	}
	if k.Table || len(k.Said) > 0 {
		wording, err = d.words.render("talk", map[string]any{"Table": k.table, "Said": heard, "Before": before, "Question": wording})
		if err != nil {
			return event.Answer{}, err
		}
	}
	return d.put(ctx, t, k.ID, k.Purpose+" "+q.ID, a, q, append(messages, user(wording)))
}

// heard is what was said before as a resident takes part in it: its own remarks
// are replies to what it heard until then. What it heard since the last of them
// is for the next prompt.
func (d *Desk) heard(k talk, agent string) (messages []sdk.Message, since []named, err error) {
	for _, r := range k.Said {
		if r.Who != agent {
			since = append(since, k.named(r))
			continue
		}
		own, err := json.Marshal(map[string]string{"answer": text.Plain(r.Text, maxAnswer)})
		if err != nil {
			return nil, nil, fmt.Errorf("what %s said: %w", agent, err)
		}
		messages = append(messages, user(cmp.Or(quoted(since), "…")), assistant(string(own)))
		since = nil
	}
	return messages, since, nil
}

// quoted are remarks, a line each.
func quoted(all []named) string {
	lines := make([]string, len(all))
	for i, r := range all {
		lines[i] = strings.TrimPrefix(r.Name+": ", ": ") + "«" + r.Text + "»"
	}
	return strings.Join(lines, "\n")
}
