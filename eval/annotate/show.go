package annotate

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/plugins/text"
)

// Bounds of what a page shows, in runes.
const (
	maxReply    = 8000
	maxMessage  = 4000
	maxMessages = 40 // the last ones
)

// shown is a question as a page shows it: nothing in it tells who answered.
type shown struct {
	Asks    string
	About   string
	Talk    []line
	Cut     bool
	Replies []string
	Buttons []button

	first bool // the reply that is judged stands first
}

// line is a message of a conversation.
type line struct {
	Partner bool
	Text    string
}

// button is an answer. Key is also what to press.
type button struct {
	Key, Label string
	value      float64
}

// prose is what somebody wrote, fit to be read, and cut.
func prose(s string, limit int) string { return text.Cut(text.Prose(s), limit) }

// show puts a question before an annotator. Who stands first is drawn for each
// of them.
func (q *question) show(annotator, language string) shown {
	w := wordsIn(language)
	s := shown{About: prose(q.about, maxMessage), first: draw(0, "first "+annotator, q.id)%2 == 0}
	messages := q.of.Messages
	if len(messages) > maxMessages {
		s.Cut, messages = true, messages[len(messages)-maxMessages:]
	}
	for _, m := range messages {
		if said := prose(m.Content, maxMessage); said != "" && m.Role != "system" { // it may tell who answers
			s.Talk = append(s.Talk, line{m.Role != "assistant", said})
		}
	}
	reply := prose(q.of.Reply, maxReply)
	if q.ask == Marks {
		s.Asks, s.Replies, s.first = q.criterion.Asks, []string{reply}, false
		for i, means := range q.criterion.Marks {
			s.Buttons = append(s.Buttons, button{fmt.Sprint(i + 1), prose(means, 300), float64(i + 1)})
		}
		return s
	}
	other := q.of.Reference
	s.Asks = w.Own
	same := w.CannotTell
	if q.ask == Pairs {
		other, s.Asks, same = q.other.Reply, w.Better, w.AsGood
	}
	s.Replies = []string{reply, prose(other, maxReply)}
	values := []float64{1, 0}
	if !s.first {
		s.Replies[0], s.Replies[1] = s.Replies[1], s.Replies[0]
		values[0], values[1] = values[1], values[0]
	}
	s.Buttons = []button{{"1", w.First, values[0]}, {"2", w.Second, values[1]}, {"0", same, 0.5}}
	return s
}

// words are the phrases of a page.
type words struct {
	Lang, Title, Task, Partner, Replier, Cut, Reply, Better, Own, First, Second, AsGood, CannotTell string
	Name, NameHint, Begin, Back, Next, Of, Answered, Done, DoneNext, Keys, Keys5, Denied, Chosen    string
	BadName, About                                                                                  string
}

func wordsIn(language string) words {
	if strings.HasPrefix(language, "en") {
		return words{
			Lang: "en", Title: "Annotation", Partner: "partner", Replier: "replier", Cut: "The beginning of the conversation is left out.", Reply: "Reply",
			Task:   "Read the conversation, then answer the question. Nobody tells you who wrote what.",
			Better: "Which reply is better as the next line of the conversation?", Own: "Which reply did the person really write?",
			First: "The first", Second: "The second", AsGood: "Both are as good", CannotTell: "I cannot tell",
			Name: "Your name or a nickname", NameHint: "Under the same name you go on where you stopped.", Begin: "Begin", Back: "Back", Next: "Skip", Of: "of",
			Answered: "answered", Done: "All questions are answered. Thank you!", DoneNext: "You can go back and change an answer, or close the page.",
			Keys: "Keys: 1, 2, 0", Keys5: "Keys: 1–5", Denied: "Open the address that gorod has printed, with its key.", Chosen: "your answer",
			About: "What it is about", BadName: "A name has from 1 to 40 characters.",
		}
	}
	return words{
		Lang: "ru", Title: "Разметка", Partner: "собеседник", Replier: "отвечающий", Cut: "Начало разговора опущено.", Reply: "Ответ",
		Task:   "Прочитайте разговор и ответьте на вопрос. Кто что написал, здесь не говорится.",
		Better: "Какой ответ лучше как следующая реплика разговора?", Own: "Какой ответ на самом деле написал человек?",
		First: "Первый", Second: "Второй", AsGood: "Оба одинаково хороши", CannotTell: "Не могу понять",
		Name: "Ваше имя или прозвище", NameHint: "Под тем же именем вы продолжите с того места, где остановились.", Begin: "Начать", Back: "Назад", Next: "Пропустить", Of: "из",
		Answered: "отвечено", Done: "Все вопросы отвечены. Спасибо!", DoneNext: "Можно вернуться и изменить ответ или закрыть страницу.",
		Keys: "Клавиши: 1, 2, 0", Keys5: "Клавиши: 1–5", Denied: "Откройте адрес, который напечатал gorod, вместе с ключом.", Chosen: "ваш ответ",
		About: "О чём идёт речь", BadName: "Имя — от 1 до 40 знаков.",
	}
}
