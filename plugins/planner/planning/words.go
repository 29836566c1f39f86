package planning

import (
	"fmt"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
)

// words are what the prompts call things in one language. Small models follow
// words better than numbers.
type words struct {
	levels   [5]string // of a trait, from low to high
	beliefs  [5]string // from rejected to sure
	valences [5]string // from bad to good
	arousals [3]string // from calm to stirred
	weekdays [7]string // from Sunday
	years    func(age int) string
	kinds    map[string]string // of items
}

func wordsOf(lang string) words {
	if lang == "ru" {
		return russian()
	}
	return english()
}

func russian() words {
	return words{
		levels:   [5]string{"очень низкая", "низкая", "средняя", "высокая", "очень высокая"},
		beliefs:  [5]string{"полное несогласие", "скорее несогласие", "нет мнения", "скорее согласие", "твёрдая уверенность"},
		valences: [5]string{"плохое", "скорее плохое", "ровное", "хорошее", "прекрасное"},
		arousals: [3]string{"спокойное", "живое", "взволнованное"},
		weekdays: [7]string{"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"},
		years:    russianYears,
		kinds: map[string]string{
			sdk.ItemEvent: "новость", sdk.ItemPost: "запись", sdk.ItemReply: "ответ", sdk.ItemQuote: "цитата",
			sdk.ItemDirect: "личное сообщение", sdk.ItemBoost: "репост", sdk.ItemFavourite: "лайк",
			sdk.ItemFollow: "новая подписка на тебя", sdk.ItemVote: "голос в твоём опросе", sdk.ItemTell: "рассказ о событии",
			sdk.ItemMessage: "сообщение", sdk.ItemJoin: "вход", sdk.ItemLeave: "уход", sdk.ItemResult: "найдено по запросу",
		},
	}
}

func english() words {
	return words{
		levels:   [5]string{"very low", "low", "average", "high", "very high"},
		beliefs:  [5]string{"full disagreement", "rather disagreement", "no opinion", "rather agreement", "firm conviction"},
		valences: [5]string{"bad", "rather bad", "even", "good", "excellent"},
		arousals: [3]string{"calm", "lively", "stirred"},
		weekdays: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		years:    func(age int) string { return fmt.Sprintf("%d years old", age) },
		kinds: map[string]string{
			sdk.ItemEvent: "news", sdk.ItemPost: "post", sdk.ItemReply: "reply", sdk.ItemQuote: "quote",
			sdk.ItemDirect: "direct message", sdk.ItemBoost: "boost", sdk.ItemFavourite: "like",
			sdk.ItemFollow: "now follows you", sdk.ItemVote: "vote in your poll", sdk.ItemTell: "tells about an event",
			sdk.ItemMessage: "message", sdk.ItemJoin: "came", sdk.ItemLeave: "left", sdk.ItemResult: "found by your search",
		},
	}
}

func russianYears(age int) string {
	word := "лет"
	switch tens, ones := age/10%10, age%10; {
	case tens == 1:
	case ones == 1:
		word = "год"
	case ones >= 2 && ones <= 4:
		word = "года"
	}
	return fmt.Sprintf("%d %s", age, word)
}

// fifth divides -1…1 into five.
func fifth(v float64) int {
	switch {
	case v < -0.6:
		return 0
	case v < -0.2:
		return 1
	case v <= 0.2:
		return 2
	case v <= 0.6:
		return 3
	}
	return 4
}

func (w *words) mood(m sdk.Mood) string {
	arousal := 1
	switch {
	case m.Arousal < 0.35:
		arousal = 0
	case m.Arousal > 0.65:
		arousal = 2
	}
	return w.valences[fifth(m.Valence)] + ", " + w.arousals[arousal]
}

// clock is a simulated time with its weekday; what is no time stays as it is.
func (w *words) clock(rfc3339 string) string {
	t, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		return rfc3339
	}
	return w.weekdays[t.Weekday()] + ", " + t.Format("2006-01-02 15:04")
}
