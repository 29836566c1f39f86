package panel

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

type newTalkBody struct {
	blank
	Audience choices
	With     string // id of the resident chosen already
	Key      string
}

// newTalk begins a talk with residents.
func (p *Panel) newTalk(ctx context.Context, q *request) error {
	c, err := q.choose(ctx)
	if err != nil {
		return err
	}
	return q.show("talknew", q.words.T("talk.new"), newTalkBody{Audience: c, With: q.URL.Query().Get("with"), Key: rand.Text()})
}

// orderTalk says the first remark of a talk.
func (p *Panel) orderTalk(ctx context.Context, q *request) error {
	to, err := q.audience(ctx)
	if err != nil {
		return err
	}
	a := control.Ask{
		Audience: to, Questions: remark(q.PostForm.Get("text")),
		Table: q.PostForm.Get("table") != "", Remember: q.PostForm.Get("remember") != "",
	}
	n, err := q.reached(ctx, to)
	if err != nil {
		return err
	}
	if a.Table && n > control.MaxSeats { // the run would refuse it, later and in one language
		return &control.BadOrder{Why: q.words.T("order.seats", control.MaxSeats, n)}
	}
	return q.ask(ctx, a)
}

// reached is how many residents an audience means.
func (q *request) reached(ctx context.Context, of spec.Audience) (n int, err error) {
	err = q.run.city.Read(ctx, -1, func(v *city.View) error {
		for _, r := range v.Residents("", "", city.ByPlace) {
			if !r.Visitor && of.Has(spec.Resident{ID: r.ID, Persona: &sdk.Persona{Name: r.Name}, Group: r.Group}) {
				n++
			}
		}
		return nil
	})
	return n, err
}

// remark is what a guest says, as the one question of a talk.
func remark(text string) []spec.Question {
	return []spec.Question{{ID: talkKind, Text: strings.TrimSpace(text), Type: spec.Open}}
}

// ask gives an order that asks, and shows the page of its answers.
func (q *request) ask(ctx context.Context, a control.Ask) error {
	given, err := q.give(ctx, control.Order{Ask: &a})
	if err != nil {
		return err
	}
	return q.see(q.to("control", askKind(a), strconv.FormatInt(given.ID, 10)))
}

// asked is a command that asks, with what became of it.
type asked struct {
	steered
	Command commandRow
	Whom    string
	Waiting bool
	Refused string // why
}

func (q *request) asked(c control.Command, a control.Ask) asked {
	b := asked{Command: q.row(c), Whom: q.people(a.Audience), Waiting: c.State == control.Waiting}
	if c.State == control.Refused {
		b.Refused = prose(c.Why, 400)
	}
	return b
}

type talkBody struct {
	asked
	Said     []line
	Remember bool
	Table    bool
	Key      string
}

// line is a remark with who made it.
type line struct {
	Who   city.Name
	Guest bool
	Text  string
}

// talk shows what was said, and asks for the guest's next remark.
func (p *Panel) talk(ctx context.Context, q *request) error {
	c, a, err := q.askOf(ctx, talkKind)
	if err != nil {
		return err
	}
	body := talkBody{asked: q.asked(c, a), Remember: a.Remember, Table: a.Table, Key: rand.Text()}
	err = q.run.city.Read(ctx, -1, func(v *city.View) error {
		for _, r := range saidIn(c, a) {
			body.Said = append(body.Said, line{v.Name(r.Who), r.Who == "", r.Text})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return q.show("talk", q.words.T("talk.title", body.Whom), body)
}

// askOf is the talk or the poll that an address names.
func (q *request) askOf(ctx context.Context, kind string) (c control.Command, a control.Ask, err error) {
	if c, err = q.commandOf(ctx); err != nil {
		return c, a, err
	}
	if c.Order.Ask == nil || askKind(*c.Order.Ask) != kind {
		return c, a, control.ErrNoCommand
	}
	return c, *c.Order.Ask, nil
}

// saidIn is everything said in a talk up to a command's answers.
func saidIn(c control.Command, a control.Ask) []control.Remark {
	return slices.Concat(a.Said, []control.Remark{{Text: a.Questions[0].Text}}, c.Reply)
}

// orderRemark goes on with a talk: the same people, who know what was said.
func (p *Panel) orderRemark(ctx context.Context, q *request) error {
	c, a, err := q.askOf(ctx, talkKind)
	if err != nil {
		return err
	}
	if c.State == control.Waiting {
		return &control.BadOrder{Why: q.words.T("order.answerfirst")}
	}
	a.Said = saidIn(c, a)
	a.Questions = remark(q.PostForm.Get("text"))
	return q.ask(ctx, a)
}
