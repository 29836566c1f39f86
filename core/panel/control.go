package panel

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/core/spec"
)

const mostCommands = 50

// controlBody is the first control page.
type controlBody struct {
	steered
	Row      runRow
	Paused   bool  // before the next tick
	PauseAt  int64 // tick; -1: it does not pause
	Commands []commandRow
	Audience choices
	Key      string
}

// commandRow is a command as lists show it.
type commandRow struct {
	control.Command
	Kind  string // pause, resume, step, stop, tell, goals, effect, talk, poll
	What  string // in words
	URL   string // of its own page
	Asked int    // answers
}

// choices are whom something may concern.
type choices struct {
	Groups []string
	People []city.Name
}

// choose lists whom orders may concern.
func (q *request) choose(ctx context.Context) (c choices, err error) {
	err = q.run.city.Read(ctx, -1, func(v *city.View) error {
		c.Groups = v.Groups()
		for _, r := range v.Residents("", "", city.ByName) {
			if !r.Visitor {
				c.People = append(c.People, city.Name{ID: r.ID, Name: r.Name})
			}
		}
		return nil
	})
	return c, err
}

// control is where a run is steered.
func (p *Panel) control(ctx context.Context, q *request) error {
	body := controlBody{PauseAt: -1, Key: rand.Text()}
	var err error
	if body.Row, err = rowOf(ctx, q.run); err != nil {
		return err
	}
	if body.Audience, err = q.choose(ctx); err != nil {
		return err
	}
	queue, err := q.run.commands(ctx)
	if err != nil {
		return err
	}
	pace, err := queue.Pace(ctx)
	if err != nil {
		return err
	}
	if pace.PauseAt != control.Never {
		body.PauseAt, body.Paused = pace.PauseAt, body.Row.Tick >= pace.PauseAt
	}
	commands, err := queue.Recent(ctx, mostCommands)
	if err != nil {
		return err
	}
	for _, c := range commands {
		body.Commands = append(body.Commands, q.row(c))
	}
	return q.show("control", q.words.T("menu.control"), body)
}

// row says what a command is.
func (q *request) row(c control.Command) commandRow {
	r := commandRow{Command: c, Kind: c.Order.Kind(), Asked: len(c.Reply), URL: q.to("control", "commands", strconv.FormatInt(c.ID, 10))}
	switch o := c.Order; {
	case o.Step > 0:
		r.What = q.words.N("n.ticks", o.Step)
	case o.Effect != nil:
		r.Kind, r.What = q.effect(*o.Effect)
	case o.Ask != nil:
		r.Kind = askKind(*o.Ask)
		r.URL = q.to("control", r.Kind, strconv.FormatInt(c.ID, 10))
		r.What = prose(o.Ask.Questions[0].Text, 120) + " → " + q.people(o.Ask.Audience)
	}
	return r
}

// Kinds of an order that asks.
const (
	talkKind = "talk"
	pollKind = "poll"
)

// askKind tells a talk from a poll: a poll's questions have ids that the panel
// gave them.
func askKind(a control.Ask) string {
	if strings.HasPrefix(a.Questions[0].ID, pollKind) {
		return pollKind
	}
	return talkKind
}

// effect says what an order changes.
func (q *request) effect(e spec.Effect) (kind, what string) {
	switch {
	case e.Tell != nil:
		return "tell", prose(e.Tell.Text, 120) + " → " + q.people(e.Tell.Audience)
	case e.Goals != nil:
		return "goals", prose(strings.Join(slices.Concat(e.Goals.Set, e.Goals.Add), "; "), 120) + " → " + q.people(e.Goals.Audience)
	case e.Mood != nil:
		return "mood", q.people(e.Mood.Audience)
	}
	return "effect", ""
}

// people says whom an audience means.
func (q *request) people(a spec.Audience) string {
	const few = 3
	switch {
	case a.Group != "":
		return q.words.T("audience.group", prose(a.Group, 60))
	case len(a.Agents) > few:
		return q.words.N("n.residents", len(a.Agents))
	case len(a.Agents) > 0:
		return prose(strings.Join(a.Agents, ", "), 120)
	}
	return q.words.T("audience.all")
}

// audience reads whom a form means.
func (q *request) audience(ctx context.Context) (a spec.Audience, err error) {
	c, err := q.choose(ctx)
	if err != nil {
		return a, err
	}
	var groups []string
	for _, to := range q.PostForm["to"] {
		kind, name, _ := strings.Cut(to, ":")
		switch kind {
		case "all":
			return spec.Audience{To: "all"}, nil
		case "group":
			groups = append(groups, name)
		case "agent":
			at := slices.IndexFunc(c.People, func(n city.Name) bool { return n.ID == name })
			if at < 0 {
				return a, &control.BadOrder{Why: q.words.T("order.nobody", prose(name, 60))}
			}
			a.Agents = append(a.Agents, c.People[at].Name)
		}
	}
	switch {
	case len(groups) == 0 && len(a.Agents) == 0:
		return a, &control.BadOrder{Why: q.words.T("order.whom")}
	case len(groups) > 1 || len(groups) == 1 && len(a.Agents) > 0:
		return a, &control.BadOrder{Why: q.words.T("order.onegroup")}
	case len(groups) == 1:
		if !slices.Contains(c.Groups, groups[0]) {
			return a, &control.BadOrder{Why: q.words.T("order.nogroup", prose(groups[0], 60))}
		}
		a.Group = groups[0]
	}
	return a, nil
}

// lines are those of a text that are not empty.
func lines(s string) (out []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// give puts an order into the queue. A form that is sent twice is one order.
func (q *request) give(ctx context.Context, order control.Order) (control.Command, error) {
	if _, err := q.run.city.Journal(ctx); err != nil {
		return control.Command{}, err // a run that has not begun takes no orders
	}
	queue, err := q.run.orders(ctx)
	if err != nil {
		return control.Command{}, err
	}
	key := q.PostForm.Get("key")
	if key != "" {
		key = "panel " + cmp.Or(q.session.ID, "") + " " + key[:min(len(key), 64)]
	}
	c, err := queue.Add(ctx, q.session.Name, key, q.panel.opts.Now(), order)
	if err == nil {
		q.panel.opts.Log.Info("an order was given", "run", q.run.Name, "who", q.session.Name, "kind", order.Kind(), "command", c.ID)
	}
	return c, err
}

// orderPace pauses a run, lets it go on, for some ticks, or ends it.
func (p *Panel) orderPace(ctx context.Context, q *request) error {
	var order control.Order
	switch what := q.PostForm.Get("pace"); what {
	case "pause":
		order.Pause = true
	case "resume":
		order.Resume = true
	case "stop":
		order.Stop = true
	case "step":
		order.Step = q.number("ticks", 1, 10_000, 1)
	default:
		return q.fail(422, "error.badform")
	}
	if _, err := q.give(ctx, order); err != nil {
		return err
	}
	return q.see(q.to("control"))
}

// orderEvent tells residents something.
func (p *Panel) orderEvent(ctx context.Context, q *request) error {
	to, err := q.audience(ctx)
	if err != nil {
		return err
	}
	return q.change(ctx, spec.Effect{Tell: &spec.Tell{Text: strings.TrimSpace(q.PostForm.Get("text")), Audience: to}})
}

// orderGoals changes what residents want.
func (p *Panel) orderGoals(ctx context.Context, q *request) error {
	to, err := q.audience(ctx)
	if err != nil {
		return err
	}
	change := &spec.GoalChange{Audience: to}
	if goals := lines(q.PostForm.Get("goals")); q.PostForm.Get("how") == "add" {
		change.Add = goals
	} else {
		change.Set = goals
	}
	return q.change(ctx, spec.Effect{Goals: change})
}

// change gives an order that changes the run, and shows it among the others.
func (q *request) change(ctx context.Context, e spec.Effect) error {
	if _, err := q.give(ctx, control.Order{Effect: &e}); err != nil {
		return err
	}
	return q.see(q.to("control"))
}
