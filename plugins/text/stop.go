package text

import "strings"

// Languages that the package knows words of.
const (
	Russian = "ru"
	English = "en"
)

const stopRussian = `а без более больше будем будет будто буду бы был была были было быть в вам вами вас ваш ваша ваше ваши
ведь весь во вот все всего всегда всей всем всеми всех всю вся вы где да даже для до его ее если есть еще ж же за здесь и
из или им ими их к как какая какой кем ко когда кого кому который которая которое которые кто куда ли лишь между меня мне
мной много может можно мой моя мое мои мы на над надо нам нами нас наш наша наше наши не него нее ней нему нет ни них но
ну о об обо один однако он она они оно от очень по под пока после потом потому почти при про раз разве с сам сама сами
самый сейчас себе себя со совсем так такая такие такой такое там те тебе тебя тем теперь то тобой того тоже той только
том тот ту тут ты у уж уже хоть хотя чего чем через что чтобы чтоб чуть эта эти это этого этой этом этот эту я`

const stopEnglish = `a about after again all also am an and any are as at be because been before being between both but by
can could did do does doing don't down during each few for from further had has have having he her here hers him his how i
if in into is isn't it its it's just me more most my no nor not now of off on once only or other our out over own same she
should so some such than that the their them then there these they this those through to too under until up very was we
were what when where which while who whom why will with would you your yours`

// StopWords are the folded words of a language that carry no topic; there are
// none for languages other than Russian and English. The caller owns the map.
func StopWords(language string) map[string]bool {
	list := ""
	switch language {
	case Russian:
		list = stopRussian
	case English:
		list = stopEnglish
	}
	out := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		out[word] = true
	}
	return out
}
