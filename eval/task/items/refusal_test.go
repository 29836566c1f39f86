package items_test

import (
	"testing"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task/items"
)

func TestRefusalsAreToldFromWhatPeopleSay(t *testing.T) {
	t.Parallel()
	for reply, want := range map[string]string{
		"Извините, но я не могу помочь с этим запросом.":                      "refusal",
		"Я не могу обсуждать эту тему. Давайте поговорим о чём-нибудь ещё.":   "refusal",
		"Как  языковая модель,\nя не испытываю чувств.":                       "refusal",
		"I’m sorry, but I can’t help with that.":                              "refusal",
		"Не люблю менять тему разговора, но вот сейчас тот самый случай.":     "refusal",
		"Не могу сегодня, я на работе до восьми. Давай завтра?":               "",
		"Не могу поверить, что он это сказал!":                                "",
		"Машинное обучение изучает, как языковые модели предсказывают слова.": "",
		"I can't wait to see you!": "",
		" \n\t … ":                 "empty reply",
		"**":                       "empty reply",
		"\u200b":                   "empty reply",
		"+":                        "",
		"👍":                        "",
		"Это длинный ответ. " + long + " Потом герой сказал: я языковая модель.": "",
	} {
		if got := items.Unusable(&sample.Sample{Reply: reply}); got != want {
			t.Errorf("%q: %q, want %q", reply, got, want)
		}
	}
	if got := items.Unusable(&sample.Sample{Reply: "да", Error: "broke its schema"}); got != "no reply: broke its schema" {
		t.Error(got)
	}
	// The server answered, with nothing.
	if got := items.Unusable(&sample.Sample{Endpoint: "http://x", Error: "the reply is empty"}); got != "empty reply" {
		t.Error(got)
	}
	if got := items.Unusable(&sample.Sample{Error: "bad request"}); got != "no reply: bad request" {
		t.Error(got)
	}
}

const long = "Жили-были старик со старухой у самого синего моря. Они жили в ветхой землянке ровно тридцать лет и три года. Старик ловил неводом рыбу, старуха пряла свою пряжу. Раз он в море закинул невод, пришёл невод с одною тиной. Он в другой раз закинул невод, пришёл невод с травой морскою. В третий раз закинул он невод."
