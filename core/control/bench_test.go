package control_test

import (
	"path/filepath"
	"testing"

	"github.com/llm-city/gorod/core/control"
)

// What a run pays in every tick for a queue with nothing new.
func BenchmarkVersion(b *testing.B) {
	q, err := control.Open(b.Context(), filepath.Join(b.TempDir(), control.File))
	if err != nil {
		b.Fatal(err)
	}
	defer q.Close()
	for b.Loop() {
		if _, err := q.Version(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	q, err := control.Open(b.Context(), filepath.Join(b.TempDir(), control.File))
	if err != nil {
		b.Fatal(err)
	}
	defer q.Close()
	for b.Loop() {
		if _, err := q.Add(b.Context(), "operator", "", now(), tell("Снег")); err != nil {
			b.Fatal(err)
		}
	}
}
