// Package hire writes newcomers for mayors that ask no model: plain people with
// an occupation and an aim, told apart by name.
package hire

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// person is a newcomer before it has a name of its own.
type person struct{ name, bio, goal string }

func russian() []person {
	return []person{
		{"Алексей Громов", "Инженер, любит чинить и считать.", "заработать и хорошо поесть"},
		{"Марина Лебедева", "Бухгалтер, аккуратна и общительна.", "найти работу в конторе и друзей"},
		{"Олег Чернов", "Повар, пробует всё новое.", "обойти все кафе и рестораны города"},
		{"Ирина Соколова", "Учительница, ходит по музеям.", "чаще бывать в музее и парке"},
		{"Павел Дроздов", "Спортсмен, встаёт рано.", "тренироваться каждый день"},
		{"Светлана Ким", "Художница, наблюдает за людьми.", "познакомиться со всеми жителями"},
		{"Тимур Алиев", "Программист, пьёт много кофе.", "работать и сидеть в кафе"},
		{"Юлия Панова", "Продавщица, бережлива.", "скопить денег, не отказывая себе в сладком"},
	}
}

func english() []person {
	return []person{
		{"Alex Grant", "An engineer who likes to mend and to count.", "earn money and eat well"},
		{"Mary Lake", "An accountant, tidy and sociable.", "find work in an office and friends"},
		{"Oliver Black", "A cook who tries everything new.", "visit every café and restaurant"},
		{"Irene Falcon", "A teacher who visits museums.", "be in the museum and the park more often"},
		{"Paul Finch", "An athlete, up early.", "train every day"},
		{"Lana Kim", "A painter who watches people.", "get to know everybody"},
		{"Tim Ali", "A programmer who drinks much coffee.", "work and sit in the café"},
		{"Julia Pane", "A thrifty shop assistant.", "save money without missing dessert"},
	}
}

// Newcomer gives the arguments name, bio and goal of the n-th newcomer, from 0.
// A name that is taken gets a number.
func Newcomer(language string, n int, town sdk.Town) map[string]string {
	people := english()
	if language == "ru" {
		people = russian()
	}
	p := people[n%len(people)]
	taken := func(name string) bool {
		return slices.ContainsFunc(town.Citizens, func(c sdk.Citizen) bool { return text.Fold(c.Name) == text.Fold(name) })
	}
	name := p.name
	for again := 2; taken(name); again++ {
		name = fmt.Sprintf("%s %d", p.name, again)
	}
	return map[string]string{"name": name, "bio": p.bio, "goal": p.goal}
}

// Lot is a lot as the arguments x and y.
func Lot(l sdk.Lot) (x, y string) { return strconv.Itoa(l.X), strconv.Itoa(l.Y) }
