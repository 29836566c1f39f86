package curious

import (
	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
)

// words are what memories are told with in one language.
type words map[string]string // by kind of memory: what somebody does

func wordsOf(lang string) words {
	if lang == "ru" {
		return words{
			perception.Did: "Ты", perception.Failed: "Не вышло у тебя", kindLesson: "Урок", sdk.ItemEvent: "Новость",
			sdk.ItemPost: "пишет", sdk.ItemReply: "отвечает", sdk.ItemQuote: "цитирует", sdk.ItemDirect: "пишет тебе лично",
			sdk.ItemBoost: "делится твоей записью", sdk.ItemFavourite: "отмечает твою запись",
			sdk.ItemFollow: "подписывается на тебя", sdk.ItemVote: "голосует в твоём опросе", sdk.ItemTell: "рассказывает тебе",
			sdk.ItemMessage: "говорит", sdk.ItemJoin: "приходит", sdk.ItemLeave: "уходит", sdk.ItemResult: "пишет (нашлось в поиске)",
		}
	}
	return words{
		perception.Did: "You", perception.Failed: "You failed at", kindLesson: "Lesson", sdk.ItemEvent: "News",
		sdk.ItemPost: "writes", sdk.ItemReply: "answers", sdk.ItemQuote: "quotes", sdk.ItemDirect: "writes to you",
		sdk.ItemBoost: "passes your post on", sdk.ItemFavourite: "likes your post",
		sdk.ItemFollow: "follows you", sdk.ItemVote: "votes in your poll", sdk.ItemTell: "tells you",
		sdk.ItemMessage: "says", sdk.ItemJoin: "comes", sdk.ItemLeave: "leaves", sdk.ItemResult: "writes (found by a search)",
	}
}

// tell tells a memory in one line; what others wrote stands in quotes.
func (w words) tell(t *trace) string {
	if t.Kind == kindLesson {
		return t.Text
	}
	kind := w[t.Kind]
	if kind == "" {
		kind = t.Kind
	}
	if t.Name != "" {
		kind = t.Name + " " + kind
	}
	if t.Text == "" {
		return kind
	}
	return kind + ": «" + t.Text + "»"
}

// gist is what a memory is compared by: what was said, without how it came.
func (w words) gist(t *trace) string {
	if t.Text == "" {
		return w.tell(t)
	}
	return t.Text
}
