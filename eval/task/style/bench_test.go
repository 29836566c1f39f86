package style_test

import (
	"testing"

	"github.com/llm-city/gorod/eval/task/items/tasktest"
	"github.com/llm-city/gorod/eval/task/style"
)

// A thousand replies, placed with the jackknife over clusters.
func BenchmarkWhole(b *testing.B) {
	dir, own, _ := dataset(b, 5000, 1000)
	loaded, err := style.Kind{}.Load(b.Context(), setup(dir))
	if err != nil {
		b.Fatal(err)
	}
	r := tasktest.Ask(b, loaded, parrot(own))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := loaded.Whole(b.Context(), "parrot", r.Samples); err != nil {
			b.Fatal(err)
		}
	}
}
