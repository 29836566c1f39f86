package longshort

import (
	"fmt"

	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
)

// words are what notes are told with in one language.
type words struct {
	kinds        map[string]string // of notes: what somebody does
	acquaintance string
	times        func(n int) string
}

func wordsOf(lang string) words {
	if lang == "ru" {
		return words{
			acquaintance: "знакомство", times: russianTimes,
			kinds: map[string]string{
				perception.Did: "Ты", perception.Failed: "Не вышло у тебя", sdk.ItemEvent: "Новость",
				sdk.ItemPost: "упоминает тебя", sdk.ItemReply: "отвечает тебе", sdk.ItemQuote: "цитирует тебя",
				sdk.ItemDirect: "пишет тебе лично", sdk.ItemBoost: "делится твоей записью", sdk.ItemFavourite: "отмечает твою запись",
				sdk.ItemFollow: "подписывается на тебя", sdk.ItemVote: "голосует в твоём опросе", sdk.ItemTell: "рассказывает тебе",
				sdk.ItemMessage: "говорит", sdk.ItemJoin: "приходит", sdk.ItemLeave: "уходит",
			},
		}
	}
	return words{
		acquaintance: "acquaintance", times: englishTimes,
		kinds: map[string]string{
			perception.Did: "You", perception.Failed: "You failed at", sdk.ItemEvent: "News",
			sdk.ItemPost: "mentions you", sdk.ItemReply: "answers you", sdk.ItemQuote: "quotes you",
			sdk.ItemDirect: "writes to you", sdk.ItemBoost: "passes your post on", sdk.ItemFavourite: "likes your post",
			sdk.ItemFollow: "follows you", sdk.ItemVote: "votes in your poll", sdk.ItemTell: "tells you",
			sdk.ItemMessage: "says", sdk.ItemJoin: "comes", sdk.ItemLeave: "leaves",
		},
	}
}

// note tells a note in one line; what others wrote stands in quotes.
func (w *words) note(n note) string {
	kind := w.kinds[n.Kind]
	if kind == "" {
		kind = n.Kind
	}
	if n.Name != "" {
		kind = n.Name + " " + kind
	}
	if n.Text == "" {
		return kind
	}
	return kind + ": «" + n.Text + "»"
}

func russianTimes(n int) string {
	word := "раз"
	if ones := n % 10; n/10%10 != 1 && ones >= 2 && ones <= 4 {
		word = "раза"
	}
	return fmt.Sprintf("дело было %d %s", n, word)
}

func englishTimes(n int) string {
	if n == 1 {
		return "dealt with once"
	}
	return fmt.Sprintf("dealt with %d times", n)
}
