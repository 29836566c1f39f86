package host_test

import (
	"context"
	"testing"

	"github.com/llm-city/gorod/core/host"
)

// BenchmarkStart measures from the start of a process to its readiness for
// work, and its end.
func BenchmarkStart(b *testing.B) {
	o := options(b, "memory/diary")
	for b.Loop() {
		i, err := host.Start(b.Context(), o)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := i.Close(context.WithoutCancel(b.Context())); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
