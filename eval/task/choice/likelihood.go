package choice

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

// likelihoods asks how likely each choice is after the question, and takes the
// likeliest: by the sum of its tokens' log-probabilities, and normalised by that
// sum over the bytes of the choice, as lm-evaluation-harness has acc and
// acc_norm (api/task.py, ConfigurableTask.process_results). scored is false
// where the subject cannot tell.
func (a *asked) likelihoods(ctx context.Context, s task.Subject, q *question) (out task.Outcome, scored bool, err error) {
	messages := []sample.Message{{Role: "user", Content: a.context(q)}}
	whole := sample.Sample{Messages: messages, Reference: q.answer()}
	sums, words := make([]float64, len(q.choices)), make([]string, len(q.choices))
	for i, choice := range q.choices {
		one, err := s.Ask(ctx, task.Prompt{Which: "choice " + items.Label(i), Messages: messages, Scored: q.between + choice, Reference: q.answer()})
		if err != nil {
			return out, false, err
		}
		if one.Error != "" {
			return missing(one), true, nil
		}
		mean, err := strconv.ParseFloat(one.Reply, 64)
		if one.Reply == llm.Unscored || err != nil || one.ReplyTokens < 1 {
			return out, false, nil
		}
		sums[i] = mean * float64(one.ReplyTokens)
		words[i] = fmt.Sprintf("%s %.2f", items.Label(i), sums[i])
		add(&whole, &one)
	}
	norms := make([]float64, len(sums))
	for i := range sums {
		norms[i] = sums[i] / float64(max(1, len(q.choices[i])))
	}
	chosen := first(sums)
	whole.Reply = q.choices[chosen]
	var t items.Tally
	i := t.Add(whole)
	t.Truth(i, accuracy, chosen == q.right)
	t.Outcome.Scores[0].Words = "log-likelihood: " + strings.Join(words, ", ")
	t.Truth(i, normalised, first(norms) == q.right)
	t.Truth(i, answered, true)
	t.Truth(i, byLikelihood, true)
	return t.Outcome, true, nil
}

// add counts what a scored choice cost to the item's sample.
func add(whole, one *sample.Sample) {
	whole.Model, whole.Digest, whole.Endpoint, whole.Call = one.Model, one.Digest, one.Endpoint, one.Call
	whole.PromptTokens += one.PromptTokens
	whole.ReplyTokens += one.ReplyTokens
	whole.Latency += one.Latency
	if len(one.Messages) > len(whole.Messages) {
		whole.Messages = one.Messages // with what the subject put before it
	}
}

// first is the index of the first of the largest.
func first(of []float64) int {
	best := 0
	for i, x := range of {
		if x > of[best] {
			best = i
		}
	}
	return best
}

// missing is the outcome of a question that got no usable reply.
func missing(s sample.Sample) task.Outcome {
	var t items.Tally
	i := t.Add(s)
	for _, m := range []string{accuracy, normalised, answered} {
		t.Missing(i, m, items.Failed(&s))
	}
	return t.Outcome
}

// context is all that stands before an answer, as one text.
func (a *asked) context(q *question) string {
	var b strings.Builder
	b.WriteString(a.about)
	for _, e := range a.before(q) {
		b.WriteString(e.text + e.between + e.answer() + a.apart)
	}
	b.WriteString(q.text)
	return b.String()
}
