package journal_test

import (
	"context"

	"github.com/llm-city/gorod/core/journal"
)

// openers are the ways to open a run that is there.
func openers() map[string]func(context.Context, string) (*journal.Journal, error) {
	return map[string]func(context.Context, string) (*journal.Journal, error){"Open": journal.Open, "OpenReadOnly": journal.OpenReadOnly}
}
