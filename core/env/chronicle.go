package env

import "github.com/llm-city/gorod/core/event"

// Chronicler is an environment in which more happens than agents do: coins
// change hands, something befalls all.
type Chronicler interface {
	// Happened are the events of the tick that no other method returned. It is
	// asked once a tick, after the last Apply and before Changes.
	Happened(tick Tick) []event.Event
}
