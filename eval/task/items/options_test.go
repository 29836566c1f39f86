package items_test

import (
	"testing"

	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/eval/task/items"
)

func TestARepliesChoiceIsUnderstood(t *testing.T) {
	t.Parallel()
	planets := items.Options{"Меркурий", "Венера", "Марс", "Зелёная планета Земля"}
	numbers := items.Options{"4", "2", "-4", "2,5"}
	verbs := items.Options{"ходили", "ходили бы", "не ходили", "идти"}
	for _, tt := range []struct {
		options items.Options
		reply   string
		want    int // -1: none
	}{
		{planets, `{"answer":"B"}`, 1},
		{planets, `{"answer": 3}`, 2},
		{planets, `{"answer":"венера"}`, 1},
		{planets, "```json\n{\"answer\": \"C\"}\n```", 2},
		{planets, "<think>A? нет</think>C", 2},
		{planets, "B", 1},
		{planets, "В", 1}, // Cyrillic
		{planets, "b)", 1},
		{planets, "**D.** Земля, конечно", 3},
		{planets, "«Марс».", 2},
		{planets, "зеленая планета земля", 3},
		{planets, "2", 1},
		{planets, "Ответ: C", 2},
		{planets, "Правильный ответ — Марс.", 2},
		{planets, "The answer is D", 3},
		{planets, "Я думаю, это Меркурий, он ближе всех.", 0},
		{planets, "A) Меркурий", 0},
		{planets, "C Марс", 2},
		{planets, "Меркурий или Венера", -1},
		{planets, "В 1961 году", -1},
		{planets, "А почему вы спрашиваете?", -1},
		{planets, "E", -1},
		{planets, "5", -1},
		{planets, "", -1},
		{planets, "Не знаю", -1},
		{numbers, "4", 0},
		{numbers, "2", 1},
		{numbers, "−4", 2},
		{numbers, "2.5", 3},
		{numbers, "Будет 2,5", 3},
		{numbers, "C", 2},
		{numbers, "1", 0},
		{numbers, "B) 2", 1},
		{verbs, "Вчера мы ходили в кино", 0},
		{verbs, "ходили бы", 1},
		{verbs, "Мы ходили бы чаще", 1},
		{verbs, "ходили, идти", -1},
	} {
		got, ok := tt.options.Parse(tt.reply)
		if !ok {
			got = -1
		}
		if got != tt.want {
			t.Errorf("%q of %q: %d, want %d", tt.reply, tt.options, got, tt.want)
		}
	}
}

func TestTheSchemaAllowsTheLabelsAlone(t *testing.T) {
	t.Parallel()
	s, err := schema.Compile(items.Options{"да", "нет"}.Schema())
	if err != nil {
		t.Fatal(err)
	}
	for reply, want := range map[string]bool{`{"answer":"A"}`: true, `{"answer":"C"}`: false, `{}`: false} {
		if got := len(s.Validate([]byte(reply))) == 0; got != want {
			t.Errorf("%s: %v", reply, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("Ответ: B", "да", "нет")
	f.Fuzz(func(t *testing.T, reply, a, b string) {
		if i, ok := (items.Options{a, b}).Parse(reply); ok && i != 0 && i != 1 {
			t.Errorf("%d", i)
		}
	})
}
