//go:build unix

package telegram_test

import (
	"bytes"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/llm-city/gorod/dataset/telegram"
	"github.com/llm-city/gorod/dataset/telegram/generate"
)

// BenchmarkRead reads an export of 100,000 messages from memory. MB/s-cpu is
// per second of processor time, all threads together: the figure that other
// work on the machine does not spoil.
func BenchmarkRead(b *testing.B) {
	const messages = 100_000
	var file bytes.Buffer
	if err := generate.Write(b.Context(), &file, generate.Options{Seed: 1, Messages: messages}); err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	b.SetBytes(int64(file.Len()))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := processor(b)
	for b.Loop() {
		if _, err := telegram.New(bytes.NewReader(file.Bytes()), telegram.Options{}).Read(b.Context(), nobody{}); err != nil {
			b.Fatal(err)
		}
	}
	spent := processor(b) - start
	runtime.ReadMemStats(&after)
	read := float64(b.N) * messages
	b.ReportMetric(float64(file.Len())/messages, "file-B/message")
	b.ReportMetric(float64(file.Len())*float64(b.N)/1e6/spent.Seconds(), "MB/s-cpu")
	b.ReportMetric(read/spent.Seconds(), "messages/s-cpu")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/read, "allocs/message")
}

func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
