package items

import (
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/plugins/text"
)

// opening is how many characters of a reply a refusal stands in.
const opening = 300

// refusals are how models decline, folded: what people write to each other
// ("не могу сегодня") is not among them.
func refusals() []string {
	return []string{
		"не могу помочь с", "не могу с этим помочь", "не могу вам помочь", "не могу тебе помочь", "не могу ответить на этот", "не могу ответить на ваш",
		"не могу ответить на данный", "не могу выполнить эт", "не могу выполнить ваш", "не могу выполнить данн", "не могу обсуждать", "не могу предоставить",
		"не могу продолжить этот разговор", "не могу участвовать в", "не имею возможности ответить", "не в состоянии выполнить", "вынужден отказать",
		"я языковая модель", "я - языковая модель", "я — языковая модель", "как языковая модель", "как большая языковая модель", "как искусственный интеллект",
		"как ии-ассистент", "как ии, я", "у нейросетевой языковой модели", "не люблю менять тему разговора", "давайте поговорим о чем-нибудь еще",
		"может, поговорим на другую тему", "генеративные языковые модели не обладают",
		"i can't help", "i cannot help", "i'm unable to", "i am unable to", "i can't assist", "i cannot assist", "i can't provide", "i cannot provide", "i can't fulfill",
		"i cannot fulfill", "i can't comply", "i cannot comply", "i won't be able to help", "i must decline", "as an ai", "as a language model", "as a large language model",
		"i'm just an ai", "i'm sorry, but i can", "i'm sorry, but i'm not able",
	}
}

// Refusal reports whether a reply declines to answer, in Russian or English, by
// what models say then.
func Refusal(reply string) bool {
	said := start(reply)
	for _, phrase := range refusals() {
		if strings.Contains(said, phrase) {
			return true
		}
	}
	return false
}

// start is the opening of a reply, folded, with single spaces.
func start(reply string) string {
	cut, n := len(reply), 0
	for i := range reply {
		if n++; n > opening {
			cut = i
			break
		}
	}
	return strings.Join(strings.Fields(text.Fold(reply[:cut])), " ")
}

// Empty reports whether a reply says nothing: no letter, digit or sign in it
// that shows.
func Empty(reply string) bool {
	for _, r := range text.Fold(reply) {
		if r > ' ' && r != utf8.RuneError && !strings.ContainsRune(".…-—*_#\u00a0", r) {
			return false
		}
	}
	return true
}

// Silent reports whether the subject was asked and said nothing, which runners
// count as an error too.
func Silent(s *sample.Sample) bool {
	return Empty(s.Reply) && (s.Error == "" || s.Endpoint != "")
}

// Unusable is why a reply is no use as an answer: there is none, it is empty, or
// a refusal. It is empty where the reply may be one.
func Unusable(s *sample.Sample) string {
	switch {
	case Silent(s):
		return "empty reply"
	case s.Error != "":
		return Failed(s)
	case Refusal(s.Reply):
		return "refusal"
	}
	return ""
}

// Failed is why a sample has no reply; empty where it has one.
func Failed(s *sample.Sample) string {
	if s.Error == "" {
		return ""
	}
	return "no reply: " + s.Error
}
