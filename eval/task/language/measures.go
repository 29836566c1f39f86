package language

import (
	"context"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

// The measures.
const (
	cyrillic   = "cyrillic"
	inLanguage = "in_language"
	leak       = "leak"
	leaks      = "leaks"
	otherShare = "other_share"
	other      = "other"
	distinct1  = "distinct_1"
	distinct2  = "distinct_2"
	longestRun = "longest_run"
	loop       = "loop"
	empty      = "empty"
	refusal    = "refusal"
	words      = "words"
	grammar    = "grammar"
)

// Measures implements task.Kind.
func (Kind) Measures(_ context.Context, t *suite.Task) []task.Measure {
	native := 1
	if t != nil && t.Language != nil && t.Language.Expect == english {
		native = -1
	}
	share := func(name, ru, en string, better int) task.Measure {
		return task.Measure{Name: name, Title: task.Title(ru, en), High: 1, Better: better, Per: task.PerItem}
	}
	yes := func(name, ru, en string, better int) task.Measure {
		m := share(name, ru, en, better)
		m.Binary = true
		return m
	}
	count := func(name, ru, en string, better int) task.Measure {
		m := share(name, ru, en, better)
		m.High = 0
		return m
	}
	judged := share(grammar, "Грамматика (судья)", "Grammar (judge)", 1)
	judged.Low, judged.High, judged.Judged = 1, 5, true
	return []task.Measure{
		yes(inLanguage, "Ответ на нужном языке", "Reply in the expected language", 1),
		share(cyrillic, "Доля кириллицы среди букв", "Share of Cyrillic among letters", native),
		share(leak, "Доля слов чужого алфавита", "Share of words in the other alphabet", -1),
		yes(leaks, "Есть слова чужого алфавита", "Any word in the other alphabet", -1),
		share(otherShare, "Доля букв прочих письменностей", "Share of letters of other scripts", -1),
		yes(other, "Есть буквы прочих письменностей", "Any letter of other scripts", -1),
		share(distinct1, "Разнообразие слов (distinct-1)", "Distinct words (distinct-1)", 1),
		share(distinct2, "Разнообразие пар слов (distinct-2)", "Distinct pairs of words (distinct-2)", 1),
		count(longestRun, "Повторы подряд, наибольшее число", "Longest run of repeats", -1),
		yes(loop, "Зацикливание", "Loop", -1),
		yes(empty, "Пустой ответ", "Empty reply", -1),
		yes(refusal, "Отказ", "Refusal", -1),
		count(words, "Длина ответа в словах", "Length of the reply in words", 0),
		judged,
	}
}

// score measures a reply to a prompt.
func (a *asked) score(ctx context.Context, t *items.Tally, i int, prompt string) {
	reply := &t.Outcome.Samples[i]
	if why := items.Unusable(reply); why != "" {
		a.unusable(ctx, t, i, why)
		return
	}
	t.Truth(i, empty, false)
	t.Truth(i, refusal, false)
	said := prose(reply.Reply)
	a.scripts(t, i, said, prompt)
	a.repeats(t, i, said)
}

// unusable scores a reply that says nothing or declines: that it does so, and
// nothing else.
func (a *asked) unusable(ctx context.Context, t *items.Tally, i int, why string) {
	reply := &t.Outcome.Samples[i]
	said := reply.Error == "" || items.Silent(reply)
	for _, m := range (Kind{}).Measures(ctx, nil) {
		switch {
		case m.Judged:
		case said && m.Name == empty:
			t.Truth(i, empty, items.Silent(reply))
		case said && m.Name == refusal:
			t.Truth(i, refusal, items.Refusal(reply.Reply))
		default:
			t.Missing(i, m.Name, why)
		}
	}
}

func (a *asked) scripts(t *items.Tally, i int, said, prompt string) {
	c := count(said, allowed(prompt, a.expect), a.expect)
	if c.letters == 0 {
		for _, name := range []string{inLanguage, cyrillic, leak, leaks, otherShare, other} {
			t.Missing(i, name, "no letters")
		}
		return
	}
	of := func(n int) float64 { return float64(n) / float64(c.letters) }
	t.Score(i, cyrillic, of(c.cyrillic))
	t.Score(i, otherShare, of(c.others))
	t.Truth(i, other, c.others > 0)
	t.Score(i, leak, float64(c.leaking)/float64(c.words))
	t.Truth(i, leaks, c.leaking > 0)
	t.Truth(i, inLanguage, c.is(a.expect))
}

func (a *asked) repeats(t *items.Tally, i int, said string) {
	w := wordsOf(said)
	t.Score(i, words, float64(len(w)))
	for n, name := range []string{distinct1, distinct2} {
		if share, ok := distinct(w, n+1); ok {
			t.Score(i, name, share)
		} else {
			t.Missing(i, name, "too short")
		}
	}
	if len(w) == 0 {
		t.Missing(i, longestRun, "too short")
	} else {
		t.Score(i, longestRun, float64(longest(w)))
	}
	t.Truth(i, loop, looping(said, w))
}
