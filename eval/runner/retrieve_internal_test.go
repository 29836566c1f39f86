package runner

import (
	"fmt"
	"slices"
	"testing"

	"github.com/llm-city/gorod/core/llm/reference"
	"github.com/llm-city/gorod/eval/sample"
)

// remembered is a memory of exchanges.
func remembered(tb testing.TB, k int, exchanges ...exchange) *memory {
	tb.Helper()
	m := &memory{k: k, embed: reference.New(), exchanges: exchanges}
	if err := m.place(tb.Context(), m.exchanges); err != nil {
		tb.Fatal(err)
	}
	return m
}

func asking(text string) []sample.Message {
	return []sample.Message{{Role: "user", Content: "привет"}, {Role: "assistant", Content: "да"}, {Role: "user", Content: text}}
}

func TestTheMostAlikeComeFirstAndWhatIsAskedNever(t *testing.T) {
	t.Parallel()
	m := remembered(t, 2,
		exchange{turn: "где моя красная книга", reply: "на полке"}, exchange{turn: "какая погода", reply: "дождь"},
		exchange{turn: "книги красной не видел", reply: "нет"}, exchange{turn: "ты где", reply: "дома"})
	got, err := m.like(t.Context(), asking("где моя красная книга"), "в шкафу")
	if err != nil || !slices.Equal(got, []string{"где моя красная книга\n→ на полке", "книги красной не видел\n→ нет"}) {
		t.Error(got, err)
	}
	if got, err = m.like(t.Context(), asking("где моя красная книга"), "на полке"); err != nil || len(got) != 2 || got[0] != "книги красной не видел\n→ нет" {
		t.Error("the answer itself was found:", got, err)
	}
	if got, err = m.like(t.Context(), nil, ""); err != nil || got != nil {
		t.Error(got, err)
	}
}

// BenchmarkLike searches 100,000 exchanges.
func BenchmarkLike(b *testing.B) {
	all := make([]exchange, 100_000)
	for i := range all {
		all[i] = exchange{turn: fmt.Sprint("вопрос о книге ", i), reply: "да"}
	}
	m := remembered(b, 3, all...)
	for b.Loop() {
		if _, err := m.like(b.Context(), asking("где красная книга"), ""); err != nil {
			b.Fatal(err)
		}
	}
}
