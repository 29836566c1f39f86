package evaluation

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/stats"
)

// because is why there is no number: what the rows say themselves, where no item
// has a value.
func (w *writer) because(why stats.Why, reason string) string {
	if why == stats.NoItems && reason != "" {
		return w.T("ни у одного задания нет значения: ¦ no item has a value:") + " " + w.reason(reason)
	}
	return w.why(why)
}

// reason is why a row has no value. Rows say it in English, and those that come
// up are in the report's language; what a server said stays as it was said.
func (w *writer) reason(why string) string {
	line := page.Line(why, 160)
	for _, x := range [...][2]string{
		{"no log-likelihood: the answer was generated", "нет правдоподобий: выбран сам ответ"},
		{"no probabilities of the classes", "нет вероятностей классов"},
		{"replies were not timed", "время ответов не измерено"},
		{"the run has no such metric", "в прогоне нет такой метрики"},
		{"the reply is none of the choices", "в ответе нет ни одного из вариантов"},
		{"the person replied without words", "человек ответил без слов"},
		{"the reply has fewer than five words", "в ответе меньше пяти слов"},
		{"fewer than three replies", "меньше трёх ответов"},
		{"empty reply", "пустой ответ"},
		{"too short", "слишком коротко"},
		{"too few", "слишком мало"},
		{"no letters", "нет букв"},
		{"no replies", "нет ответов"},
		{"not a number", "не число"},
		{"no feature has a position", "ни у одного признака нет положения"},
		{"no floor: nobody else in the dataset has said enough", "нет нижней границы: никто другой в датасете не сказал достаточно"},
		{"all moods are the same", "все настроения одинаковы"},
		{"all replies sound the same", "все ответы звучат одинаково"},
		{"the mood is neither good nor bad", "настроение ни хорошее, ни плохое"},
		{"no change is expected", "изменения не ждут"},
		{"asked at one turn only", "спросили только на одной реплике"},
		{"the judge refused", "судья отказался"},
		{"the judge's verdict is unusable", "вердикт судьи негоден"},
		{"the judge's server refused the question", "сервер судьи отклонил вопрос"},
	} {
		if line == x[0] {
			return w.T(x[1] + " ¦ " + x[0])
		}
	}
	if text, is := w.near(line); is {
		return text
	}
	if rest, failed := strings.CutPrefix(line, "no reply: "); failed {
		return w.T("нет ответа: ¦ no reply:") + " " + rest
	}
	return line
}

// near is the reason of a feature that does not tell the person from others.
func (w *writer) near(line string) (string, bool) {
	var others, own string
	if n, err := fmt.Sscanf(line, "others (%s are not surely farther from the person than the person is later (%s", &others, &own); n != 2 || err != nil {
		return "", false
	}
	if w.T("ru ¦ en") == "ru" {
		others, own = strings.Replace(others, ".", ",", 1), strings.Replace(own, ".", ",", 1)
	}
	return fmt.Sprintf(w.T("другие (%s) не достоверно дальше от человека, чем он сам позже (%s) ¦ others (%s) are not surely farther from the person than the person is later (%s)"),
		strings.TrimSuffix(others, ")"), strings.TrimSuffix(own, ")")), true
}
