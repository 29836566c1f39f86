package llm

import (
	"context"
	"fmt"
	"sync"
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
func (b *Budget) Layer(next Provider) Provider { return budgeted{b, next} }

type budgeted struct {
	budget *Budget
	next   Provider
}

// Generate implements Provider.
func (l budgeted) Generate(ctx context.Context, req Request) (Response, error) {
	if err := l.budget.take(req.Model); err != nil {
		return Response{}, err
	}
	resp, err := l.next.Generate(ctx, req)
	l.budget.settle(err, resp.PromptTokens+resp.ReplyTokens)
	return resp, err
}

// Embed implements Provider.
func (l budgeted) Embed(ctx context.Context, req EmbedRequest) (EmbedResponse, error) {
	if err := l.budget.take(req.Model); err != nil {
		return EmbedResponse{}, err
	}
	resp, err := l.next.Embed(ctx, req)
	l.budget.settle(err, resp.Tokens)
	return resp, err
}

func (b *Budget) take(model string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.limit.Calls > 0 && b.spent.Calls >= b.limit.Calls:
		return spentError(model, "calls", b.spent.Calls, b.limit.Calls)
	case b.limit.Tokens > 0 && b.spent.Tokens >= b.limit.Tokens:
		return spentError(model, "tokens", b.spent.Tokens, b.limit.Tokens)
	}
	b.spent.Calls++
	return nil
}

// settle gives a call back that failed.
func (b *Budget) settle(err error, tokens int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.spent.Calls--
		return
	}
	b.spent.Tokens += int64(tokens)
}

func spentError(model, unit string, spent, limit int64) error {
	return &Error{
		Kind: BudgetSpent, Model: model, Err: fmt.Errorf("%d of %d %s", spent, limit, unit),
		Hint: "raise budget.max_" + unit + " and resume",
	}
}
