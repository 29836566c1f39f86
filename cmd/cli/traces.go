package cli

import (
	"context"

	"github.com/llm-city/gorod/core/telemetry"
)

// traces go to the collector that the settings or the environment name; nil
// where none is.
func (s *State) traces(ctx context.Context) (*telemetry.Traces, error) {
	t, err := telemetry.Open(ctx, telemetry.Options{
		Endpoint: s.settings.Telemetry.Endpoint, Getenv: s.Getenv, Version: s.Version, Log: s.log,
	})
	if err != nil {
		return nil, usageError{err}
	}
	return t, nil
}
