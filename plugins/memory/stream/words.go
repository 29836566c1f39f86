package stream

import (
	"strings"

	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// words are what memories are told with in one language.
type words map[string]string // by kind of memory: what somebody does

func wordsOf(lang string) words {
	if lang == "ru" {
		return words{
			perception.Did: "Ты", perception.Failed: "Не вышло у тебя", sdk.ItemEvent: "Новость",
			sdk.ItemPost: "пишет", sdk.ItemReply: "отвечает", sdk.ItemQuote: "цитирует", sdk.ItemDirect: "пишет тебе лично",
			sdk.ItemBoost: "делится твоей записью", sdk.ItemFavourite: "отмечает твою запись",
			sdk.ItemFollow: "подписывается на тебя", sdk.ItemVote: "голосует в твоём опросе", sdk.ItemTell: "рассказывает тебе",
			sdk.ItemMessage: "говорит", sdk.ItemJoin: "приходит", sdk.ItemLeave: "уходит", sdk.ItemResult: "пишет (нашлось в поиске)",
		}
	}
	return words{
		perception.Did: "You", perception.Failed: "You failed at", sdk.ItemEvent: "News",
		sdk.ItemPost: "writes", sdk.ItemReply: "answers", sdk.ItemQuote: "quotes", sdk.ItemDirect: "writes to you",
		sdk.ItemBoost: "passes your post on", sdk.ItemFavourite: "likes your post",
		sdk.ItemFollow: "follows you", sdk.ItemVote: "votes in your poll", sdk.ItemTell: "tells you",
		sdk.ItemMessage: "says", sdk.ItemJoin: "comes", sdk.ItemLeave: "leaves", sdk.ItemResult: "writes (found by a search)",
	}
}

// tell tells a memory in one line; what others wrote stands in quotes.
func (w words) tell(e *entry) string {
	if e.Kind == kindReflection {
		return e.Text
	}
	kind := w[e.Kind]
	if kind == "" {
		kind = e.Kind
	}
	if e.Name != "" {
		kind = e.Name + " " + kind
	}
	if e.Text == "" {
		return kind
	}
	return kind + ": «" + e.Text + "»"
}

// gist is what a memory is compared by: what was said, without how it came.
func (w words) gist(e *entry) string {
	if e.Text == "" {
		return w.tell(e)
	}
	return e.Text
}

// emotionalWords tell that something moves people, in any of their forms.
const emotionalWords = `
любовь любить люблю влюбился влюбилась ненавижу ненавидеть ненависть счастье счастлив счастлива счастливый горе беда радость рад рада
страх боюсь бояться ужас ужасный ужасно смерть умер умерла погиб погибла убил убили убийство болезнь заболел заболела больница авария
пожар война взрыв катастрофа свадьба развод расстались родился родилась ребёнок беременна уволили увольнение обман обманул предал
предательство измена злость злой злюсь гнев обида обидел обидно плачу плакать слёзы больно боль спасите помогите прости извини стыд стыдно
мечта победа победил выиграл проиграл восторг чудо тревога тревожно срочно опасно опасность кошмар отчаяние одиночество позор скандал
love hate happy happiness sad grief joy afraid fear terrified horror death died dead killed murder illness sick hospital accident fire war
explosion disaster wedding divorce born baby pregnant fired betrayed betrayal cheated anger angry furious hurt cry crying tears pain help
sorry ashamed shame dream victory won lost delighted wonder worried anxious urgent danger dangerous nightmare despair lonely scandal`

// emotional are the stems of those words.
func emotional() map[string]bool {
	stems := map[string]bool{}
	for word := range strings.FieldsSeq(emotionalWords) {
		stems[text.Stem(text.Fold(word))] = true
	}
	return stems
}
