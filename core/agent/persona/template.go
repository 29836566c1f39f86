package persona

import (
	"fmt"
	"strings"
)

// Template is a persona file to begin with: every key that gorod knows, with
// what it means. Where fragments are named, everything but the name is in
// comments, so that nothing contradicts them.
func Template(language, name string, fragments []string) string {
	lines := templateEn()
	if language == "ru" {
		lines = templateRu()
	}
	var b strings.Builder
	for _, l := range lines {
		key, rest, is := strings.Cut(l, ":")
		switch {
		case is && key == "name":
			if name == "" {
				name = strings.TrimSpace(rest)
			}
			fmt.Fprintf(&b, "name: %q\n", name)
			for i, file := range fragments {
				if i == 0 {
					b.WriteString("fragments:\n")
				}
				fmt.Fprintf(&b, "  - %q\n", file)
			}
		case len(fragments) > 0 && l != "" && !strings.HasPrefix(l, "#"):
			b.WriteString("# " + l + "\n")
		default:
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}

func templateRu() []string {
	return []string{
		"# Персона: кто это. Обязательно только имя; остальное можно удалить.",
		"# Свои ключи (education, pets, …) тоже можно: модель их увидит.",
		"",
		"name: Вера Осипова",
		"age: 34",
		"gender: женщина",
		"occupation: библиотекарь",
		"residence: Заречье",
		"",
		"# История: два-четыре предложения.",
		"bio: Выросла в этом городе и знает в районе почти всех. Собирает старые фотографии.",
		"",
		"# Как говорит и пишет.",
		"style: обстоятельно, с вопросами к собеседнику",
		"interests: [книги, история города]",
		"",
		"# Черты от -1 (совсем нет) до 1 (очень): Большая пятёрка и любые свои.",
		"traits:",
		"  openness: 0.6           # открытость новому",
		"  conscientiousness: 0.4  # добросовестность",
		"  extraversion: -0.2      # общительность",
		"  agreeableness: 0.5      # доброжелательность",
		"  neuroticism: 0          # тревожность",
		"",
		"# Взгляды с силой от -1 (отвергает) до 1 (уверена).",
		"beliefs:",
		"  городу нужны деревья, а не парковки: 0.8",
		"",
		"# Чего добивается; к целям группы из эксперимента добавляются эти.",
		"goals: [спасти читальный зал от закрытия]",
		"routine: [утром открывает библиотеку, вечером гуляет с собакой]",
		"",
		"# Кто ей другие жители, по имени.",
		"relationships:",
		"  Борис Левин: сосед, с которым спорит",
	}
}

func templateEn() []string {
	return []string{
		"# A persona: who somebody is. Only the name is needed; the rest may go.",
		"# Keys of your own (education, pets, …) are welcome: the model sees them.",
		"",
		"name: Nora Shaw",
		"age: 34",
		"gender: female",
		"occupation: librarian",
		"residence: the old town",
		"",
		"# The story: two to four sentences.",
		"bio: Grew up here and knows almost everybody around. Collects old photographs.",
		"",
		"# How they talk and write.",
		"style: thorough, full of questions",
		"interests: [books, local history]",
		"",
		"# Traits from -1 (not at all) to 1 (very): the Big Five, and any of your own.",
		"traits:",
		"  openness: 0.6",
		"  conscientiousness: 0.4",
		"  extraversion: -0.2",
		"  agreeableness: 0.5",
		"  neuroticism: 0",
		"",
		"# Views, with a strength from -1 (rejects it) to 1 (is sure of it).",
		"beliefs:",
		"  a town needs trees more than parking: 0.8",
		"",
		"# What they are after, besides the goals of their group in an experiment.",
		"goals: [save the reading room]",
		"routine: [opens the library in the morning, walks the dog at night]",
		"",
		"# What other residents are to them, by name.",
		"relationships:",
		"  Boris Levin: a neighbour to argue with",
	}
}
