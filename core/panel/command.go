package panel

import (
	"context"
	"strconv"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/panel/internal/city"
)

// steered is where pages of commands stand: under control, at no tick.
type steered struct{}

func (steered) menu() string          { return "control" }
func (steered) scrub(*request) *scrub { return nil }
func (steered) live(*request) bool    { return true }

// blank is a form to fill in, which nothing changes meanwhile.
type blank struct{ steered }

func (blank) live(*request) bool { return false }

type commandBody struct {
	steered
	Command commandRow
	Effects []event.Effect
	Names   map[string]string
}

// commandOf is the command that an address names.
func (q *request) commandOf(ctx context.Context) (c control.Command, err error) {
	id, err := strconv.ParseInt(q.PathValue("command"), 10, 64)
	if err != nil {
		return c, control.ErrNoCommand
	}
	queue, err := q.run.commands(ctx)
	if err != nil {
		return c, err
	}
	return queue.Get(ctx, id)
}

// command shows an order and what became of it.
func (p *Panel) command(ctx context.Context, q *request) error {
	c, err := q.commandOf(ctx)
	if err != nil {
		return err
	}
	body := commandBody{Command: q.row(c)}
	err = q.run.city.Read(ctx, -1, func(v *city.View) error {
		for _, m := range v.Marks() {
			if m.Kind == "control" && m.ID == event.ControlID(c.ID) {
				body.Effects, body.Names = m.Effects, namesIn(v, []city.Mark{m})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return q.show("command", q.words.T("command.title", c.ID), body)
}
