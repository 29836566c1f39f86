package llm

import (
	"context"
	"fmt"
	"sync"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Spent counts calls and tokens (prompt and reply).
type Spent struct{ Calls, Tokens int64 }

// Budget bounds what a run may ask of its models. One Budget stands under the
// cassette of every model of the run, so that only calls that reach a model
// count. It may be used by several goroutines.
type Budget struct {
	limit Spent // 0 means no bound
	mu    sync.Mutex
	spent Spent
}

// NewBudget starts from what earlier sessions of the run have spent.
func NewBudget(limit, spent Spent) *Budget { return &Budget{limit: limit, spent: spent} }

// Spent is what is spent, earlier sessions included.
func (b *Budget) Spent() Spent {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spent
}

// Layer puts the budget before a provider. A call that finds it spent gets an
// Error of kind BudgetSpent. Tokens are known after a call only: those of the
// calls in flight may go over max_tokens.
//
// A call counts from the moment that a server is free for it (Request.Admit):
// those that wait in a queue take nothing from those that are answered.
func (b *Budget) Layer(next Provider) Provider { return budgeted{b, next} }

type budgeted struct {
	budget *Budget
	next   Provider
}

// Generate implements Provider.
func (l budgeted) Generate(ctx context.Context, req Request) (Response, error) {
	t := ticket{budget: l.budget, model: req.Model}
	if err := t.check(); err != nil {
		return Response{}, err // at once: it need not wait for a server to hear it
	}
	req.Admit = t.take
	resp, err := l.next.Generate(ctx, req)
	tokens := resp.PromptTokens + resp.ReplyTokens
	if tokens == 0 && err == nil {
		tokens = guess(req.Messages, resp.Text)
	}
	t.settle(err, tokens)
	return resp, err
}

// Embed implements Provider.
func (l budgeted) Embed(ctx context.Context, req EmbedRequest) (EmbedResponse, error) {
	t := ticket{budget: l.budget, model: req.Model}
	if err := t.check(); err != nil {
		return EmbedResponse{}, err
	}
	req.Admit = t.take
	resp, err := l.next.Embed(ctx, req)
	t.settle(err, resp.Tokens)
	return resp, err
}

// guess is about how many tokens a call took, of a server that does not say:
// one for four bytes, which is four letters of English and two of Russian.
func guess(messages []sdk.Message, reply string) int {
	size := len(reply)
	for _, m := range messages {
		size += len(m.Content)
	}
	return size/4 + 1
}

// ticket is one call's place in a budget.
type ticket struct {
	budget *Budget
	model  string
	taken  bool
}

// check says whether something is left.
func (t *ticket) check() error {
	t.budget.mu.Lock()
	defer t.budget.mu.Unlock()
	return t.budget.left(t.model)
}

// take counts the call, if something is left.
func (t *ticket) take() error {
	t.budget.mu.Lock()
	defer t.budget.mu.Unlock()
	if err := t.budget.left(t.model); err != nil {
		return err
	}
	t.budget.spent.Calls++
	t.taken = true
	return nil
}

// settle gives a call back that failed.
func (t *ticket) settle(err error, tokens int) {
	t.budget.mu.Lock()
	defer t.budget.mu.Unlock()
	switch {
	case err == nil && !t.taken: // by a provider that admits nobody
		t.budget.spent.Calls++
	case err != nil && t.taken:
		t.budget.spent.Calls--
	}
	if err == nil {
		t.budget.spent.Tokens += int64(tokens)
	}
}

func (b *Budget) left(model string) error {
	switch {
	case b.limit.Calls > 0 && b.spent.Calls >= b.limit.Calls:
		return spentError(model, "calls", b.spent.Calls, b.limit.Calls)
	case b.limit.Tokens > 0 && b.spent.Tokens >= b.limit.Tokens:
		return spentError(model, "tokens", b.spent.Tokens, b.limit.Tokens)
	}
	return nil
}

func spentError(model, unit string, spent, limit int64) error {
	return &Error{
		Kind: BudgetSpent, Model: model, Err: fmt.Errorf("%d of %d %s", spent, limit, unit),
		Hint: "raise budget.max_" + unit + " and resume",
	}
}
