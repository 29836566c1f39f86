package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/plugins/sdk"
)

// transcript prints what happened in one run, and what its models were asked.
type transcript struct {
	*State
	run   runner.Planned
	opts  showOptions
	names map[string]string // of residents, by id
	agent string            // id of the only resident meant, or empty
}

// printRun prints of a run what the options say.
func (s *State) printRun(ctx context.Context, run runner.Planned, opts showOptions) error {
	book, err := journal.OpenReadOnly(ctx, filepath.Join(run.Dir, runner.JournalFile))
	if err != nil {
		return err
	}
	defer book.Close() // read only: nothing to lose
	t := transcript{State: s, run: run, opts: opts, names: map[string]string{}}
	for _, r := range book.Meta().Residents {
		t.names[r.ID] = r.Name
		if r.ID == opts.agent || opts.agent != "" && strings.EqualFold(r.Name, opts.agent) {
			t.agent = r.ID
		}
	}
	if t.agent == "" && opts.agent == sdk.MayorAgent {
		t.agent = opts.agent
	}
	if opts.agent != "" && t.agent == "" {
		return usagef("no resident %q in this run; there are %s", opts.agent, someNames(book.Meta().Residents))
	}
	return t.print(ctx, book)
}

// print prints what is asked for.
func (t *transcript) print(ctx context.Context, book *journal.Journal) error {
	switch opts := t.opts; {
	case opts.calls:
		return t.printCalls(ctx)
	case opts.answers:
		return t.printAnswers(ctx, book)
	case opts.scores:
		return t.printScores(ctx, book)
	case opts.extracts:
		return t.printExtracts(ctx, book)
	case opts.control:
		return t.printControl(ctx)
	default:
		return t.printEvents(ctx, book)
	}
}

func someNames(residents []journal.Resident) string {
	const most = 5
	var names []string
	for _, r := range residents[:min(len(residents), most)] {
		names = append(names, r.Name)
	}
	if len(residents) > most {
		names = append(names, fmt.Sprintf("and %d more", len(residents)-most))
	}
	return strings.Join(names, ", ")
}

func (t *transcript) printEvents(ctx context.Context, book *journal.Journal) error {
	filter := journal.Filter{Agent: t.agent}
	if t.opts.tick >= 0 {
		filter.From, filter.To = t.opts.tick, t.opts.tick+1
	}
	for _, k := range t.opts.kinds {
		filter.Kinds = append(filter.Kinds, event.Kind(k))
	}
	for e, err := range book.Events(ctx, filter) {
		if err != nil {
			return err
		}
		if t.json {
			t.printJSON(struct {
				Cell string `json:"cell"`
				Seed uint64 `json:"seed"`
				event.Event
				Name string          `json:"name,omitempty"`
				Data json.RawMessage `json:"data"`
			}{t.run.Cell.Name, t.run.Seed, e, t.names[e.Agent], e.Data})
			continue
		}
		says, err := t.says(e)
		if err != nil {
			return fmt.Errorf("event %d of tick %d: %w", e.Seq, e.Tick, err)
		}
		fmt.Fprintf(t.Stdout, "%s  %s %s\n", t.at(e.Tick), flat(t.who(e)), indented(says))
	}
	return nil
}

// chosen reports whether something about an agent and a tick is to be printed.
func (t *transcript) chosen(agent string, tick int64) bool {
	return (t.agent == "" || t.agent == agent) && (t.opts.tick < 0 || t.opts.tick == tick)
}

// none says that there is nothing to print.
func (t *transcript) none(n int, what string) {
	if n == 0 && !t.json {
		fmt.Fprintf(t.Stdout, "no %s\n", what)
	}
}

func (t *transcript) at(tick int64) string {
	return t.run.Cell.Study.Clock.At(tick).Format("2006-01-02 15:04")
}

// says is an event as the rest of a sentence that begins with a name.
func (t *transcript) says(e event.Event) (string, error) {
	switch e.Kind {
	case event.KindTold:
		d, err := read[event.Told](e)
		return fmt.Sprintf("is told %s: %s", d.Event, d.Text), err
	case event.KindHeard:
		d, err := read[event.Heard](e)
		return fmt.Sprintf("hears of %s from %s (%d hops)", d.Event, t.name(d.From, "the study"), d.Hops), err
	case event.KindExposure:
		d, err := read[event.Exposure](e)
		return fmt.Sprintf("is shown %s (%s)", plural(len(d.Items), "post", "posts"), d.Feed), err
	case event.KindMood:
		d, err := read[event.Mood](e)
		return fmt.Sprintf("feels %+.2f, stirred %.2f", d.Valence, d.Arousal), err
	case event.KindPlan:
		d, err := read[event.Plan](e)
		return fmt.Sprintf("plans “%s”: %s", d.Purpose, d.Thought), err
	case event.KindInvalid:
		d, err := read[event.Invalid](e)
		return "cannot: " + d.Why, err
	case event.KindIntervention:
		d, err := read[event.Intervention](e)
		return t.intervention(d), err
	case event.KindControl:
		d, err := read[event.Control](e)
		return t.control(d), err
	case event.KindDecree:
		d, err := read[event.Decree](e)
		return decree(d), err
	case event.KindTransfer:
		d, err := read[event.Transfer](e)
		return t.transfer(e.Agent, d), err
	case event.KindTown:
		d, err := read[event.Town](e)
		return town(d), err
	default:
		d, err := read[event.Action](e)
		return t.action(d), err
	}
}

func (t *transcript) action(a event.Action) string {
	says := a.Kind
	if a.TargetAgent != "" {
		says += " → " + t.name(a.TargetAgent, a.TargetAgent)
	}
	if a.Group != "" {
		says += " in " + a.Group
	}
	if a.Text != "" {
		return says + ": " + a.Text
	}
	return says + arguments(a.Action)
}

func arguments(a sdk.Action) (says string) {
	for _, name := range sortedKeys(a.Args) {
		says += fmt.Sprintf(" %s=%s", name, a.Args[name])
	}
	return says
}

func (t *transcript) name(id, otherwise string) string {
	if name, ok := t.names[id]; ok {
		return name
	}
	return otherwise
}

func read[T any](e event.Event) (payload T, err error) {
	err = json.Unmarshal(e.Data, &payload)
	return payload, err
}
