package town

import (
	"fmt"
	"maps"
	"strings"

	"github.com/llm-city/gorod/core/env/lang"
)

// titles are what names in actions are called in the language of the society.
type titles map[string]string

// newTitles knows the names of the original.
func newTitles(language string) titles {
	t := titles{}
	for _, some := range []map[string]lang.Phrase{buildingTitles(), thingTitles(), deedTitles()} {
		for name, phrase := range maps.All(some) {
			t[name] = phrase.In(language)
		}
	}
	return t
}

func buildingTitles() map[string]lang.Phrase {
	return map[string]lang.Phrase{
		"house-a": "дом A ¦ house A", "house-b": "дом B ¦ house B", "house-c": "дом C ¦ house C",
		"office": "контора ¦ office", "store": "магазин ¦ store", "restaurant": "ресторан ¦ restaurant",
		"dessert-shop": "кондитерская ¦ dessert shop", "cafe": "кафе ¦ café", "museum": "музей ¦ museum",
		"gym": "спортзал ¦ gym", "park": "парк ¦ park", street: "улица ¦ street",
	}
}

func thingTitles() map[string]lang.Phrase {
	return map[string]lang.Phrase{
		"chicken": "курица ¦ chicken", "beef": "говядина ¦ beef", "asparagus": "спаржа ¦ asparagus", "broccoli": "брокколи ¦ broccoli",
		"pasta": "паста ¦ pasta", "soup": "суп ¦ soup", "steak": "стейк ¦ steak", "salad": "салат ¦ salad",
		"cupcake": "кекс ¦ cupcake", "pie": "пирог ¦ pie", "cheesecake": "чизкейк ¦ cheesecake",
		"latte": "латте ¦ latte", "cappuccino": "капучино ¦ cappuccino", "americano": "американо ¦ americano", "ticket": "билет ¦ ticket",
		"sofa": "диван ¦ sofa", "television": "телевизор ¦ television", "phone": "телефон ¦ phone", "shower": "душ ¦ shower",
		"exhibits": "выставка ¦ exhibits", "sports-equipment": "тренажёры ¦ sports equipment",
		"bench": "скамейка ¦ bench", "swing": "качели ¦ swing", "slide": "горка ¦ slide",
	}
}

// deedTitles are what residents are busy with.
func deedTitles() map[string]lang.Phrase {
	return map[string]lang.Phrase{
		"go": "дорога ¦ walking", "work": "работа ¦ work", "buy": "покупка ¦ shopping", "eat": "еда ¦ a meal", "sleep": "сон ¦ sleep",
		"use": "занятие ¦ an occupation",
	}
}

// of is the title of a name: the study's where it gives one.
func (t titles) of(name, given string) string {
	if given != "" {
		return given
	}
	if title, ok := t[name]; ok {
		return title
	}
	return name
}

// say is the title of a name with the name after it where they differ: actions
// take the name.
func (t titles) say(name, given string) string {
	title := t.of(name, given)
	if title == name || title == strings.ReplaceAll(name, "-", " ") {
		return name
	}
	if _, deed := deedTitles()[name]; deed {
		return title
	}
	return fmt.Sprintf("%s (%s)", title, name)
}

// list is the titles of names.
func (t titles) list(names []string) string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = t.say(name, "")
	}
	return strings.Join(out, "; ")
}
