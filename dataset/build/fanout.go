package build

import (
	"context"
	"sync"
)

// fanOut hands all that a source yields to each of several outputs, which run
// side by side. The first error ends everything.
func fanOut[T any](ctx context.Context, outputs []func(<-chan T) error, source func(ctx context.Context, hand func(T) error) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	inputs := make([]chan T, len(outputs))
	var group sync.WaitGroup
	for i, output := range outputs {
		inputs[i] = make(chan T, 4)
		group.Go(func() {
			if err := output(inputs[i]); err != nil {
				cancel(err)
			}
		})
	}
	err := source(ctx, func(item T) error {
		for _, input := range inputs {
			select {
			case input <- item:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
	for _, input := range inputs {
		close(input)
	}
	group.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}
