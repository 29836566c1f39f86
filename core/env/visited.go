package env

import (
	"context"

	"github.com/llm-city/gorod/core/social"
)

// Visited is an environment that people from outside may enter. Visit is called
// by one goroutine at a time, before Turns.
type Visited interface {
	// Visit carries out what a visitor does. A *Refusal says why it makes no
	// sense, in words for the visitor; any other error means that the environment
	// failed.
	Visit(ctx context.Context, tick Tick, v social.Visit) (Result, error)
}
