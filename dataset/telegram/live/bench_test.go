package live_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/telegram/live"
)

// BenchmarkExport fetches from a server on the same machine, with everything
// made durable as in earnest.
func BenchmarkExport(b *testing.B) {
	const messages = 20_000
	at := loggedIn(b, start(b, world(dialog(messages))))
	var took time.Duration
	for i := 0; b.Loop(); i++ {
		begun := time.Now()
		if _, err := at.Export(b.Context(), filepath.Join(at.dir, fmt.Sprint(i)), live.ExportOptions{Chats: []string{"@ada"}}); err != nil {
			b.Fatal(err)
		}
		took += time.Since(begun)
	}
	b.ReportMetric(float64(messages)*float64(b.N)/took.Seconds(), "messages/s")
}

// BenchmarkRead reads an export back.
func BenchmarkRead(b *testing.B) {
	const messages = 20_000
	at := loggedIn(b, start(b, world(dialog(messages))))
	if _, err := at.export(b.Context()); err != nil {
		b.Fatal(err)
	}
	archive, err := live.Open(at.dir)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := archive.Read(b.Context(), nothing{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(messages)*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

type nothing struct{}

func (nothing) Chat(chat.Chat) error        { return nil }
func (nothing) Message(*chat.Message) error { return nil }
