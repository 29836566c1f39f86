package language

import "strings"

// interjections fit every language.
const interjections = `ок окей окс оки ok okay oki k лол кек lol kek rofl lmao omg wtf imho xd хд хм хмм мм ммм эм ээ эээ ого огого ой ойй
 ау ух эх ах ауф вау wow ха хе хи хо ho хах хаха хехе хихи ахах ahah haha hehe hihi hmm hm mm mmm uh oh ooh ah aha ага аха угу мда пф пфф pff тьфу
 оу уф упс ups oops аа ааа о а э у ы ммда бля wtf gg гг go го изи ez brb pls плиз`

// alphabetOf are the letters of a language beside which it has none, in words of
// its own.
func alphabetOf(language string) string {
	const (
		cyrillic = "абвгдежзийклмнопрстуфхцчш"
		latin    = "abcdefghijklmnoprstuvyz"
	)
	switch language {
	case Russian:
		return cyrillic + "щъыьэюяё"
	case Ukrainian:
		return cyrillic + "щьюяіїєґ"
	case Belarusian:
		return strings.ReplaceAll(cyrillic, "и", "") + "ыьэюяёіў"
	case Bulgarian:
		return cyrillic + "щъьюяѝ"
	case Serbian:
		return strings.ReplaceAll(cyrillic, "й", "") + "ђјљњћџ"
	case Kazakh:
		return cyrillic + "щъыьэюяёіәғқңөұүһ"
	case English, Translit:
		return latin + "qwx"
	case German:
		return latin + "qwxäöüß"
	case French:
		return latin + "qwxàâæçéèêëîïôœùûüÿ"
	case Spanish:
		return latin + "qwxáéíñóúü"
	case Italian:
		return latin + "qwxàèéìòù"
	case Polish:
		return latin + "wąćęłńóśźż"
	case Turkish:
		return latin + "çğıöşüâ"
	}
	return ""
}

// priorOf is how likely a language is in a Russian's chats beside the others of
// its script, in nats.
func priorOf(language string) float64 {
	switch language {
	case Russian:
		return 1.5
	case English:
		return 1.5
	case Ukrainian, Translit, German:
		return 0.5
	}
	return 0
}

// transliterations writes a Russian text in Latin letters in the ways that people
// do.
func transliterations(text string) string {
	text = strings.ToLower(text)
	var out strings.Builder
	for _, table := range []string{
		"а a б b в v г g д d е e ё yo ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х h ц ts ч ch ш sh щ sch ъ - ы y ь - э e ю yu я ya",
		"а a б b в v г g д d е e ё e ж j з z и i й i к k л l м m н n о o п p р r с s т t у u ф f х kh ц c ч ch ш sh щ sh ъ - ы i ь ' э e ю u я ia",
		"а a б b в v г g д d е e ё jo ж zh з z и i й j к k л l м m н n о o п p р r с s т t у u ф f х x ц c ч 4 ш sh щ shch ъ - ы y ь - э e ю ju я ja",
	} {
		pairs := strings.Fields(table)
		for i, p := range pairs {
			if p == "-" {
				pairs[i] = ""
			}
		}
		out.WriteString(strings.NewReplacer(pairs...).Replace(text) + "\n")
	}
	return out.String()
}
