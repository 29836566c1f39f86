package persona

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

// maxReply bounds a turn in tokens: small talk is short, and all of it is read
// again at every later turn.
const maxReply = 200

// Ask implements task.Task: a conversation up to the last probe, and the
// questionnaire put to copies of it, to nobody in particular, and to the
// contrary of the persona.
func (c *conversations) Ask(ctx context.Context, s task.Subject, item task.Item) (task.Outcome, error) {
	at := slices.IndexFunc(c.people, func(r *resident) bool { return r.id == item.ID })
	if at < 0 {
		return task.Outcome{}, fmt.Errorf("no persona %q", item.ID)
	}
	t := &talk{conversations: c, who: c.people[at], subject: s}
	t.said = []sample.Message{{Role: "system", Content: t.who.self}}
	if err := t.anchors(ctx); err != nil {
		return task.Outcome{}, err
	}
	if err := t.hold(ctx); err != nil {
		return task.Outcome{}, err
	}
	t.score()
	return t.tally.Outcome, nil
}

// talk is a conversation under way.
type talk struct {
	*conversations
	who     *resident
	subject task.Subject
	said    []sample.Message
	tally   items.Tally

	neutral, opposite asked
	probed            []asked // in the order of probes; fewer where the conversation broke off
	broke             string  // why it broke off
}

// asked is an answered questionnaire.
type asked struct {
	turn   int
	sample int
	given  *answers
	why    string // there are no answers
}

// anchors asks the same model without the persona, and as its contrary.
func (t *talk) anchors(ctx context.Context) (err error) {
	if t.neutral, err = t.probe(ctx, "neutral", 0, nil); err != nil {
		return err
	}
	t.opposite, err = t.probe(ctx, "opposite", 0, []sample.Message{{Role: "system", Content: t.who.opposite}})
	return err
}

// hold has the conversation, and probes it.
func (t *talk) hold(ctx context.Context) error {
	last := t.probes[len(t.probes)-1]
	for i, words := range t.texts.interlocutor(t.seed, t.who.id, last) {
		turn := i + 1
		t.said = append(t.said, sample.Message{Role: "user", Content: words})
		at, reply, err := t.ask(ctx, task.Prompt{Which: fmt.Sprintf("turn %d", turn), Messages: t.said, MaxTokens: maxReply, Turn: int32(turn)})
		if err != nil {
			return err
		}
		if reply.Error != "" {
			t.broke = fmt.Sprintf("the conversation broke off at turn %d: %s", turn, reply.Error)
			t.tally.Missing(at, leftRole, reply.Error)
			if slices.Contains(t.probes, turn) {
				t.tally.Unjudged(at, reply.Error)
			}
			return nil
		}
		t.tally.Truth(at, leftRole, items.Refusal(reply.Reply))
		t.said = append(t.said, sample.Message{Role: "assistant", Content: reply.Reply})
		if !slices.Contains(t.probes, turn) {
			continue
		}
		t.tally.Judge(at)
		answered, err := t.probe(ctx, fmt.Sprintf("probe %d", turn), turn, t.said)
		if err != nil {
			return err
		}
		t.probed = append(t.probed, answered)
	}
	return nil
}

// probe puts the questionnaire to a copy of what was said.
func (t *talk) probe(ctx context.Context, which string, turn int, said []sample.Message) (asked, error) {
	messages := append(slices.Clone(said), sample.Message{Role: "user", Content: t.who.statement})
	zero := 0.0
	at, reply, err := t.ask(ctx, task.Prompt{Which: which, Messages: messages, Schema: t.who.form.schema, Temperature: &zero, Turn: int32(turn)})
	if err != nil {
		return asked{}, err
	}
	out := asked{turn: turn, sample: at, why: reply.Error}
	if out.why == "" {
		if out.given, err = t.who.form.read(reply.Reply); err != nil {
			out.why = err.Error()
		}
	}
	return out, nil
}

// ask asks and keeps the sample.
func (t *talk) ask(ctx context.Context, p task.Prompt) (int, sample.Sample, error) {
	p.Messages = slices.Clone(p.Messages)
	reply, err := t.subject.Ask(ctx, p)
	if err != nil {
		return 0, reply, fmt.Errorf("%s, %s: %w", t.who.id, p.Which, err)
	}
	reply.Turn = p.Turn
	if reply.Error == "" && strings.TrimSpace(reply.Reply) == "" {
		reply.Error = "empty reply"
	}
	return t.tally.Add(reply), reply, nil
}
