package dedup_test

import (
	"testing"

	"github.com/llm-city/gorod/dataset/dedup"
)

// BenchmarkMinHash groups messages of 1 to 14 words, a third of them repeated,
// from the first to the last step.
func BenchmarkMinHash(b *testing.B) {
	texts := corpus(1, 200_000)
	for name, workers := range map[string]int{"workers=1": 1, "workers=2": 2} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				clusters(b, texts, dedup.Options{Workers: workers})
			}
			b.ReportMetric(float64(len(texts)*b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
