package people_test

import (
	"slices"
	"testing"

	"github.com/llm-city/gorod/core/env/people"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

func town() *people.Directory {
	var residents []spec.Resident
	for _, r := range [][2]string{{"a0001", "Анна Петрова"}, {"a0002", "Пётр"}, {"a0003", "Пётр Великий"}, {"a0004", "Анна-Мария де ла Крус"}, {"a0005", "Олег"}, {"a0006", "Олег"}} {
		residents = append(residents, spec.Resident{ID: r[0], Persona: &sdk.Persona{Name: r[1]}})
	}
	return people.New(append(residents, spec.Resident{ID: "a0007"}))
}

func TestPeopleAreFoundByIDAndByUniqueName(t *testing.T) {
	t.Parallel()
	d := town()
	for who, want := range map[string]int{
		"a0001": 0, "@A0003": 2, " анна  ПЕТРОВА ": 0, "Анна": 0, "@анна": 0,
		"петр": 1, "Пётр": 1, "Петр великий": 2, "анна-мария": 3, "a0007": 6,
		"Олег": people.Several, "Анн": people.Nobody, "": people.Nobody, "a0008": people.Nobody, "@": people.Nobody,
	} {
		if got := d.Find(who); got != want {
			t.Errorf("%q is %d, want %d", who, got, want)
		}
	}
	if d.Index("a0002") != 1 || d.Index("A0002") != people.Nobody || d.Len() != 7 {
		t.Error("ids are not found by what they are")
	}
	if d.Name("a0002") != "Пётр" || d.Name("a0007") != "a0007" || d.Name("x") != "x" {
		t.Error("names are wrong")
	}
}

func TestMentionsAreTheLongestNames(t *testing.T) {
	t.Parallel()
	d := town()
	for text, want := range map[string][]string{
		"нет никого": nil,
		"Эй, @Анна Петрова, и @петр, где вы?": {"a0001", "a0002"},
		"@Пётр Великий! @пётр":                {"a0003", "a0002"},
		"@Анна-Мария де ла Крус пришла":       {"a0004"},
		"@a0005 @a0005 @Олег @ @@":            {"a0005"},
		"почта anna@a0006":                    {"a0006"},
	} {
		if got := d.Mentions(text); !slices.Equal(got, want) {
			t.Errorf("%q names %v, want %v", text, got, want)
		}
	}
}
