package mood

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/template"

	"gonum.org/v1/gonum/stat"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
	"github.com/llm-city/gorod/eval/task/pseudo"
	"github.com/llm-city/gorod/plugins/sdk"
)

// schema of a mood.
const schema = `{"type":"object","additionalProperties":false,"required":["valence","arousal"],"properties":{"valence":{"type":"number","minimum":-1,"maximum":1},"arousal":{"type":"number","minimum":0,"maximum":1}}}`

// What counts as neither good nor bad.
const (
	indifferent = 0.1  // of a given mood
	toneless    = 0.05 // of a text, as the lexicon labels it
	unchanged   = 0.2  // of a change
)

// Turns of an item's samples.
const (
	turnReply int32 = iota
	turnBefore
	turnAfter
)

// maxReply bounds a reply in tokens.
const maxReply = 200

// refused is why a reply is no use that declines to answer.
const refused = "a refusal"

// moods is the loaded task.
type moods struct {
	lines     []*situation
	by        map[string]*situation
	prompts   *template.Template
	sentiment sdk.Classifier
}

var _ task.Task = (*moods)(nil)

// Items implements task.Task.
func (t *moods) Items() []task.Item {
	out := make([]task.Item, len(t.lines))
	for i, l := range t.lines {
		out[i] = task.Item{ID: l.ID, Cluster: l.ID, Criteria: fmt.Sprintf("valence %+.1f, arousal %.1f", l.Mood.Valence, l.Mood.Arousal), Asks: 3, Judged: 1}
	}
	return out
}

// Ask implements task.Task: a reply in the mood, and the mood before and after
// the event.
func (t *moods) Ask(ctx context.Context, s task.Subject, item task.Item) (task.Outcome, error) {
	line, ok := t.by[item.ID]
	if !ok {
		return task.Outcome{}, fmt.Errorf("no situation %q", item.ID)
	}
	a := &asking{moods: t, line: line, subject: s}
	if err := a.reply(ctx); err != nil {
		return task.Outcome{}, fmt.Errorf("%s: %w", item.ID, err)
	}
	if err := a.event(ctx); err != nil {
		return task.Outcome{}, fmt.Errorf("%s: %w", item.ID, err)
	}
	return a.tally.Outcome, nil
}

// asking is an item under way.
type asking struct {
	*moods
	line    *situation
	subject task.Subject
	tally   items.Tally
}

// reply asks for one, and scores how it sounds.
func (a *asking) reply(ctx context.Context) error {
	self, err := a.render("self", a.line.Mood)
	if err != nil {
		return err
	}
	at, got, err := a.ask(ctx, task.Prompt{Which: "reply", MaxTokens: maxReply, Turn: turnReply, Messages: []sample.Message{
		{Role: "system", Content: self}, {Role: "user", Content: a.line.Situation},
	}})
	if err != nil {
		return err
	}
	why := got.Error
	if why == "" && items.Refusal(got.Reply) {
		why = refused
	}
	if why != "" {
		a.tally.Missing(at, agreement, why)
		a.tally.Missing(at, distance, why)
		a.tally.Unjudged(at, why)
		return nil
	}
	a.tally.Judge(at)
	sounds, err := a.valence(ctx, got.Reply)
	if err != nil {
		return err
	}
	given := a.line.Mood.Valence
	a.tally.Score(at, distance, math.Abs(sounds-given))
	if math.Abs(given) < indifferent {
		a.tally.Missing(at, agreement, "the mood is neither good nor bad")
		return nil
	}
	a.tally.Truth(at, agreement, math.Abs(sounds) >= toneless && (sounds > 0) == (given > 0))
	return nil
}

// event asks for the mood before and after it.
func (a *asking) event(ctx context.Context) error {
	texts := [3]string{}
	for i, part := range []struct {
		name string
		data any
	}{{"self", a.line.Mood}, {"now", nil}, {"after", a.line.Event}} {
		var err error
		if texts[i], err = a.render(part.name, part.data); err != nil {
			return err
		}
	}
	said := []sample.Message{{Role: "system", Content: texts[0]}, {Role: "user", Content: texts[1]}}
	at, before, why, err := a.mood(ctx, "before", turnBefore, said)
	if err != nil {
		return err
	}
	if why != "" {
		for _, m := range []string{statedError, eventSign, eventChange} {
			a.tally.Missing(at, m, why)
		}
		return nil
	}
	a.tally.Score(at, statedError, math.Abs(before.Valence-a.line.Mood.Valence))
	own := a.tally.Outcome.Samples[at].Reply
	said = append(said, sample.Message{Role: "assistant", Content: own}, sample.Message{Role: "user", Content: texts[2]})
	at, after, why, err := a.mood(ctx, "after", turnAfter, said)
	if err != nil {
		return err
	}
	a.changed(at, after.Valence-before.Valence, why)
	return nil
}

// changed scores the change that an event made.
func (a *asking) changed(at int, change float64, why string) {
	switch sign := float64(a.line.Sign); {
	case why != "":
		a.tally.Missing(at, eventSign, why)
		a.tally.Missing(at, eventChange, why)
	case sign == 0:
		a.tally.Truth(at, eventSign, math.Abs(change) <= unchanged)
		a.tally.Missing(at, eventChange, "no change is expected")
	default:
		a.tally.Truth(at, eventSign, change*sign > 0)
		a.tally.Score(at, eventChange, change*sign)
	}
}

// mood asks for one; why says why there is none.
func (a *asking) mood(ctx context.Context, which string, turn int32, said []sample.Message) (at int, m sdk.Mood, why string, err error) {
	zero := 0.0
	at, got, err := a.ask(ctx, task.Prompt{Which: which, Messages: said, Schema: []byte(schema), Temperature: &zero, Turn: turn})
	if err != nil || got.Error != "" {
		return at, m, got.Error, err
	}
	if m, err = read(got.Reply); err != nil {
		return at, m, err.Error(), nil
	}
	return at, m, "", nil
}

func read(reply string) (sdk.Mood, error) {
	var given struct{ Valence, Arousal *float64 }
	if err := json.Unmarshal([]byte(reply), &given); err != nil || given.Valence == nil || math.Abs(*given.Valence) > 1 {
		return sdk.Mood{}, errors.New("the reply is no mood")
	}
	return sdk.Mood{Valence: *given.Valence}, nil
}

func (a *asking) ask(ctx context.Context, p task.Prompt) (int, sample.Sample, error) {
	got, err := a.subject.Ask(ctx, p)
	if err != nil {
		return 0, got, fmt.Errorf("%s: %w", p.Which, err)
	}
	got.Turn = p.Turn
	if got.Error == "" && strings.TrimSpace(got.Reply) == "" {
		got.Error = "empty reply"
	}
	return a.tally.Add(got), got, nil
}

func (t *moods) render(name string, data any) (string, error) {
	var b strings.Builder
	if err := t.prompts.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("prompt %s of the task mood: %w", name, err)
	}
	return b.String(), nil
}

// valence is that of a text, by the lexicon.
func (t *moods) valence(ctx context.Context, text string) (float64, error) {
	got, err := t.sentiment.Classify(ctx, 0, []string{text})
	if err != nil {
		return 0, fmt.Errorf("look up the sentiment of a reply: %w", err)
	}
	return got[0].Valence, nil
}

// fewest replies that are correlated.
const fewest = 3

// Whole implements task.Task: the correlation of the moods with how the replies
// sound.
func (t *moods) Whole(ctx context.Context, _ string, samples []sample.Sample) ([]sample.Score, error) {
	var replies []int
	given, sounds := make([]float64, len(samples)), make([]float64, len(samples))
	for i := range samples {
		line, ok := t.by[samples[i].Item]
		if samples[i].Turn != turnReply || !ok {
			continue
		}
		x, err := t.valence(ctx, samples[i].Reply)
		if err != nil {
			return nil, err
		}
		replies = append(replies, i)
		given[i], sounds[i] = line.Mood.Valence, x
	}
	return pseudo.Scores(samples, replies, []string{correlation}, func(of []int) []pseudo.Value {
		of = slices.DeleteFunc(of, func(i int) bool { return samples[i].Error != "" || items.Refusal(samples[i].Reply) })
		a, b := pick(given, of), pick(sounds, of)
		switch {
		case len(of) < fewest:
			return []pseudo.Value{{Missing: "fewer than three replies"}}
		case stat.Variance(a, nil) == 0:
			return []pseudo.Value{{Missing: "all moods are the same"}}
		case stat.Variance(b, nil) == 0:
			return []pseudo.Value{{Missing: "all replies sound the same"}}
		}
		return []pseudo.Value{{X: stat.Correlation(a, b, nil)}}
	}), nil
}

func pick(xs []float64, of []int) []float64 {
	out := make([]float64, len(of))
	for i, at := range of {
		out[i] = xs[at]
	}
	return out
}
