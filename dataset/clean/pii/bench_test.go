package pii_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/clean/pii"
)

// BenchmarkRedact measures chat messages of some 40 bytes among a thousand known
// people: without personal data, with some in every tenth, and the labelled
// ones, of which half are nothing else.
func BenchmarkRedact(b *testing.B) {
	people := neighbours()
	for i := range 1000 {
		people = append(people, pii.Person{ID: fmt.Sprint(i), Names: []string{fmt.Sprintf("Николай Фамильев%c%cов", 'а'+rune(i%32), 'а'+rune(i/32))}})
	}
	clean := []string{
		"да ладно тебе, приходи завтра часов в 5)", "ок", "ахахах 😂😂", "не знаю, посмотрим", "сегодня в 12:30 созвон, не забудь",
		"я вообще думал что ты уже дома", "+", "спасибо большое!", "купи молоко и хлеб, рублей на 300", "ну такое, если честно",
	}
	var hard []string
	for line := range strings.Lines(labelled) {
		hard = append(hard, label.ReplaceAllString(strings.TrimSpace(line), "$2"))
	}
	r := redactor(b, pii.Options{People: people})
	for _, c := range []struct {
		name  string
		lines []string
	}{
		{"clean", clean},
		{"mixed", append(clean[:9:9], "позвони Маше, 8 916 123-45-67")},
		{"hard", hard},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, bytes := r.Scope(), 0
			for _, line := range c.lines {
				bytes += len(line)
			}
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			for b.Loop() {
				for _, line := range c.lines {
					s.Redact(line, nil)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(c.lines)), "ns/msg")
		})
	}
}
