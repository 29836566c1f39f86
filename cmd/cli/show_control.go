package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
)

// printControl prints what people asked of the run from outside, and what became
// of it.
func (t *transcript) printControl(ctx context.Context) error {
	queue, err := control.OpenReadOnly(ctx, filepath.Join(t.run.Dir, runner.ControlFile))
	if err != nil {
		return err
	}
	defer queue.Close() //nolint:errcheck // read only: nothing to lose
	all, err := queue.List(ctx, 0, 0)
	if err != nil {
		return err
	}
	n := 0
	for _, c := range all {
		if t.opts.tick >= 0 && c.Tick != t.opts.tick {
			continue
		}
		n++
		if t.json {
			t.printJSON(struct {
				Cell string `json:"cell"`
				Seed uint64 `json:"seed"`
				control.Command
			}{t.run.Cell.Name, t.run.Seed, c})
			continue
		}
		fmt.Fprintf(t.Stdout, "%d  %s  %s: %s - %s\n", c.ID, c.At.Format(time.DateTime), flat(c.Who), flat(ordered(c.Order)), flat(t.became(c)))
		for _, r := range c.Reply {
			fmt.Fprintf(t.Stdout, "\t%s: %s\n", flat(t.name(r.Who, r.Who)), flat(r.Text))
		}
	}
	t.none(n, "commands")
	return nil
}

// became says how a command stands.
func (t *transcript) became(c control.Command) string {
	says := string(c.State)
	if c.Tick >= 0 {
		says += " at " + t.at(c.Tick)
	}
	if c.Why != "" {
		says += " (" + c.Why + ")"
	}
	return says
}

// ordered is an order in words.
func ordered(o control.Order) string {
	switch {
	case o.Step > 0:
		return "step " + plural(o.Step, "tick", "ticks")
	case o.Effect != nil:
		return orderedEffect(*o.Effect)
	case o.Visit != nil:
		return orderedVisit(*o.Visit)
	case o.Ask != nil:
		return orderedAsk(*o.Ask)
	default:
		return o.Kind()
	}
}

func orderedEffect(e spec.Effect) string {
	switch {
	case e.Tell != nil:
		return "tell " + meant(e.Tell.Audience) + ": " + e.Tell.Text
	case e.Goals != nil && len(e.Goals.Set) > 0:
		return "set the goals of " + meant(e.Goals.Audience) + ": " + strings.Join(e.Goals.Set, "; ")
	case e.Goals != nil:
		return "add to the goals of " + meant(e.Goals.Audience) + ": " + strings.Join(e.Goals.Add, "; ")
	case e.Mood != nil:
		return fmt.Sprintf("move the mood of %s: %+g, %+g", meant(e.Mood.Audience), e.Mood.Valence, e.Mood.Arousal)
	case e.Model != nil:
		return "let " + meant(e.Model.Audience) + " think with " + e.Model.Use
	case e.Follow != nil:
		return "let " + meant(e.Follow.Who) + " follow " + meant(e.Follow.Whom)
	case e.Unfollow != nil:
		return "let " + meant(e.Unfollow.Who) + " unfollow " + meant(e.Unfollow.Whom)
	case e.Feed != nil:
		return "change the feed"
	default:
		return "end the run with a tick"
	}
}

func orderedVisit(v social.Visit) string {
	says := v.Kind
	for _, about := range []string{v.Target, v.To} {
		if about != "" {
			says += " " + about
		}
	}
	if v.Text != "" {
		says += ": " + v.Text
	}
	return says
}

func orderedAsk(a control.Ask) string {
	says := "ask " + meant(a.Audience)
	if a.Table {
		says += " at a table"
	}
	if a.Remember {
		says += ", to be remembered"
	}
	questions := make([]string, len(a.Questions))
	for i, q := range a.Questions {
		questions[i] = q.Text
	}
	return says + ": " + strings.Join(questions, " / ")
}

// meant are those whom an order is for.
func meant(a spec.Audience) string {
	switch {
	case a.Group != "":
		return "group " + a.Group
	case len(a.Agents) > 0:
		return strings.Join(a.Agents, ", ")
	default:
		return "everybody"
	}
}
