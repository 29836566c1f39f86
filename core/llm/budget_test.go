package llm_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/core/llm"
)

func TestABudgetOfCallsEndsThere(t *testing.T) {
	t.Parallel()
	model := says("да")
	budget := llm.NewBudget(llm.Spent{Calls: 10}, llm.Spent{Calls: 7, Tokens: 100})
	p := budget.Layer(model)
	var group sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		group.Go(func() {
			if i%2 == 0 {
				_, errs[i] = p.Generate(t.Context(), llm.Request{Model: "m"})
			} else {
				_, errs[i] = p.Embed(t.Context(), llm.EmbedRequest{Model: "m", Texts: []string{"а"}})
			}
		})
	}
	group.Wait()
	refused := 0
	for _, err := range errs {
		if llm.IsKind(err, llm.BudgetSpent) {
			refused++
			if !strings.Contains(err.Error(), "10 of 10 calls") || !strings.Contains(err.Error(), "budget.max_calls") {
				t.Errorf("unclear: %v", err)
			}
		} else if err != nil {
			t.Error(err)
		}
	}
	if refused != 17 || len(model.asked) != 3 || budget.Spent().Calls != 10 {
		t.Errorf("%d refused, %d asked, %+v spent", refused, len(model.asked), budget.Spent())
	}
}

func TestABudgetOfTokensCountsPromptsRepliesAndEmbeddings(t *testing.T) {
	t.Parallel()
	budget := llm.NewBudget(llm.Spent{Tokens: 24}, llm.Spent{})
	p := budget.Layer(says("да"))
	if _, err := p.Generate(t.Context(), llm.Request{}); err != nil { // 12 tokens
		t.Fatal(err)
	}
	if _, err := p.Embed(t.Context(), llm.EmbedRequest{}); err != nil { // 12 more
		t.Fatal(err)
	}
	if _, err := p.Generate(t.Context(), llm.Request{}); !llm.IsKind(err, llm.BudgetSpent) {
		t.Errorf("24 of 24 tokens are spent: %v", err)
	}
}

func TestCallsThatFailAreFree(t *testing.T) {
	t.Parallel()
	model := says()
	model.err = errors.New("down")
	budget := llm.NewBudget(llm.Spent{Calls: 1}, llm.Spent{})
	for range 3 {
		if _, err := budget.Layer(model).Generate(t.Context(), llm.Request{}); llm.IsKind(err, llm.BudgetSpent) {
			t.Fatal(err)
		}
	}
	if budget.Spent() != (llm.Spent{}) {
		t.Errorf("%+v", budget.Spent())
	}
}

func TestNoLimitIsNoBound(t *testing.T) {
	t.Parallel()
	p := llm.NewBudget(llm.Spent{}, llm.Spent{Calls: 1e9, Tokens: 1e12}).Layer(says("да"))
	if _, err := p.Generate(t.Context(), llm.Request{}); err != nil {
		t.Error(err)
	}
}
