package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// transcript prints what happened in one run, and what its models were asked.
type transcript struct {
	*State
	study *spec.Study
	run   runner.Planned
	opts  showOptions
	names map[string]string // of residents, by id
	agent string            // id of the only resident meant, or empty
}

// printRun prints a run's events or calls, as the options say.
func (s *State) printRun(ctx context.Context, study *spec.Study, run runner.Planned, opts showOptions) error {
	book, err := journal.OpenReadOnly(ctx, filepath.Join(run.Dir, runner.JournalFile))
	if err != nil {
		return err
	}
	defer book.Close() // read only: nothing to lose
	t := transcript{State: s, study: study, run: run, opts: opts, names: map[string]string{}}
	for _, r := range book.Meta().Residents {
		t.names[r.ID] = r.Name
		if r.ID == opts.agent || opts.agent != "" && strings.EqualFold(r.Name, opts.agent) {
			t.agent = r.ID
		}
	}
	if opts.agent != "" && t.agent == "" {
		return usagef("no resident %q in this run; there are %s", opts.agent, someNames(book.Meta().Residents))
	}
	if opts.calls {
		return t.printCalls(ctx)
	}
	return t.printEvents(ctx, book)
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
		fmt.Fprintf(t.Stdout, "%s  %s %s\n", t.at(e.Tick), printable(t.names[e.Agent]), printable(says))
	}
	return nil
}

func (t *transcript) at(tick int64) string { return t.study.Clock.At(tick).Format("2006-01-02 15:04") }

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

// printCalls prints what the run's models were asked and what they answered.
func (t *transcript) printCalls(ctx context.Context) error {
	calls, err := cassette.Open(ctx, filepath.Join(t.run.Dir, runner.CassetteFile), cassette.Replay)
	if err != nil {
		return err
	}
	defer calls.Close() // read only: nothing to lose
	for c, err := range calls.Calls(ctx) {
		if err != nil {
			return err
		}
		if t.agent != "" && c.Agent != t.agent || t.opts.tick >= 0 && c.Tick != t.opts.tick {
			continue
		}
		if err := t.printCall(c); err != nil {
			return err
		}
	}
	return nil
}

func (t *transcript) printCall(c cassette.Call) error {
	var messages []sdk.Message
	if err := json.Unmarshal([]byte(c.Prompt), &messages); err != nil {
		return fmt.Errorf("call %s: %w", c.Key, err)
	}
	if t.json {
		t.printJSON(map[string]any{
			"cell": t.run.Cell.Name, "seed": t.run.Seed, "key": c.Key, "tick": c.Tick, "agent": c.Agent, "name": t.names[c.Agent],
			"purpose": c.Purpose, "index": c.Index, "attempt": c.Attempt, "model": c.Model, "endpoint": c.Endpoint,
			"messages": messages, "reply": c.Reply, "prompt_tokens": c.PromptTokens, "reply_tokens": c.ReplyTokens,
			"latency_ms": float64(c.Latency.Microseconds()) / 1000,
		})
		return nil
	}
	fmt.Fprintf(t.Stdout, "%s  %s, %s: %s, %d + %d tokens, %s\n", t.at(c.Tick), printable(t.name(c.Agent, "nobody")),
		printable(c.Purpose), printable(c.Endpoint), c.PromptTokens, c.ReplyTokens, c.Latency.Round(1000))
	for _, m := range messages {
		fmt.Fprintf(t.Stdout, "--- %s\n%s\n", printable(m.Role), printable(strings.TrimSpace(m.Content)))
	}
	fmt.Fprintf(t.Stdout, "--- reply\n%s\n\n", printable(strings.TrimSpace(c.Reply)))
	return nil
}

// printable takes out of a text what would steer a terminal: it came from a
// model, or from a file of somebody else's.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if steers(r) {
			return '�'
		}
		return r
	}, s)
}

// escaped writes in a line of JSON what would steer a terminal as \u00xx.
func escaped(line string) string {
	if !strings.ContainsFunc(line, steers) {
		return line
	}
	var b strings.Builder
	for _, r := range line {
		if steers(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func steers(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r)
}
