package dedup_test

import (
	"math/rand/v2"
	"strings"
	"sync"
)

// words are those of chats, repeated as in them.
var words = strings.Fields(`и в не на я что ты а с это как у мы но он так то все да нет там за по тебя меня мне уже если
	завтра сегодня вчера вечером утром потом сейчас буду будет пойдём поеду приехал звонил написала ответил сказал думаю знаю хочу могу надо нужно можно
	работа дома школа машина деньги документы квартира отпуск погода концерт фильм книга собака кошка ребёнок мама папа бабушка друг подруга
	купить забрать отправить посмотреть приготовить встретиться договорились опоздаю перезвоню скинь пришли посмотри спасибо пожалуйста хорошо ладно конечно
	шестнадцать километров понедельник вторник четверг магазин поликлиника электричка остановка расписание преподаватель экзамен программа компьютер`)

func sentence(r *rand.Rand, n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = words[min(r.IntN(len(words)), r.IntN(len(words)))]
	}
	return strings.Join(out, " ")
}

// noise is a text of any letters.
func noise(r *rand.Rand, n int) string {
	out := make([]rune, n)
	for i := range out {
		out[i] = 'а' + rune(r.IntN(32))
	}
	return string(out)
}

// edited changes so many characters of a text.
func edited(r *rand.Rand, text string, changes int) string {
	runes := []rune(text)
	for range changes {
		at := r.IntN(len(runes))
		switch r.IntN(3) {
		case 0:
			runes[at] = 'а' + rune(r.IntN(32))
		case 1:
			runes = append(runes[:at:at], runes[at+1:]...)
		default:
			runes = append(runes[:at:at], append([]rune{'а' + rune(r.IntN(32))}, runes[at:]...)...)
		}
		if len(runes) == 0 {
			return "а"
		}
	}
	return string(runes)
}

// disguised says the same in other signs.
func disguised(r *rand.Rand, text string) string {
	switch r.IntN(3) {
	case 0:
		return strings.ToUpper(text) + "!!!"
	case 1:
		return strings.ReplaceAll(text, " ", ",  ")
	}
	return strings.ReplaceAll(text, "е", "ё") + " ..."
}

// corpus is of messages of 1 to 14 words, a third of which repeat earlier ones,
// as they are or with a few characters changed.
func corpus(seed uint64, n int) []string {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]string, 0, n)
	for range n {
		if len(out) == 0 || r.IntN(3) > 0 {
			out = append(out, sentence(r, 1+r.IntN(14)))
			continue
		}
		text := out[r.IntN(len(out))]
		switch r.IntN(3) {
		case 0:
			out = append(out, disguised(r, text))
		case 1:
			out = append(out, edited(r, text, 1+r.IntN(4)))
		default:
			out = append(out, text+" "+words[r.IntN(len(words))])
		}
	}
	return out
}

// reader gives texts, and counts how many are asked for.
type reader struct {
	mu    sync.Mutex
	texts []string
	reads int
}

func (r *reader) text(i uint32) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reads++
	return r.texts[i], nil
}

// labelled are texts of which it is known whether they have a near-duplicate:
// half of them come in pairs, one with a word or a few letters in fifty changed.
func labelled(seed uint64, n int) (texts []string, duplicate []bool) {
	r := rand.New(rand.NewPCG(seed, 2))
	for len(texts) < n {
		text := sentence(r, 12+r.IntN(50))
		texts, duplicate = append(texts, text), append(duplicate, false)
		if r.IntN(3) > 0 {
			continue
		}
		duplicate[len(duplicate)-1] = true
		changes := 1 + len([]rune(text))/100
		copied := disguised(r, edited(r, text, changes))
		texts, duplicate = append(texts, copied), append(duplicate, true)
	}
	return texts, duplicate
}
