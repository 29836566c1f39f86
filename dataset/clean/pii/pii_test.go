package pii_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/clean/pii"
)

func TestTheSameValueHasTheSameNumberHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	s := redactor(t, pii.Options{People: neighbours()}).Scope()
	for _, c := range []struct{ in, want string }{
		{"+7 916 123-45-67", "[PHONE_1]"},
		{"8 (903) 555 77 11 и 89161234567", "[PHONE_2] и [PHONE_1]"},
		{"(916) 123-45-67", "[PHONE_1]"},
		{"A.B@Mail.ru, a.b@mail.RU", "[EMAIL_1], [EMAIL_1]"},
		{"Маша", "[NAME_1]"},
		{"Марии Петровой", "[NAME_1]"},
		{"ивану и Петровым", "[NAME_2] и [NAME_1]"},
		{"ул. Ленина, д. 5 = ул Ленина д.5", "[ADDRESS_1] = [ADDRESS_1]"},
		{"@Durov_ab @durov_AB", "[USERNAME_1] [USERNAME_1]"},
	} {
		if got := s.Redact(c.in, nil); got != c.want {
			t.Errorf("%q gives %q, want %q", c.in, got, c.want)
		}
	}
	want := map[pii.Type]int{pii.Phone: 4, pii.Email: 2, pii.Name: 4, pii.Address: 2, pii.Username: 2}
	if got := s.Counts(); !maps.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
	s.Reset()
	if got := s.Redact("8 903 555 77 11", nil); got != "[PHONE_1]" || len(s.Counts()) != 1 {
		t.Errorf("a new dialogue begins with %s, counts %v", got, s.Counts())
	}
}

func TestASpeakerIsCalledAsTheNamesInTexts(t *testing.T) {
	t.Parallel()
	s := redactor(t, pii.Options{People: neighbours()}).Scope()
	stranger, masha := s.Person("user99"), s.Person("user1")
	if stranger != "[NAME_1]" || masha != "[NAME_2]" || s.Redact("Маша!", nil) != "[NAME_2]!" || s.Person("user99") != stranger {
		t.Errorf("speakers %s and %s; in a text %s", stranger, masha, s.Redact("Маша!", nil))
	}
}

func TestANameThatTwoBearIsNeitherOfThem(t *testing.T) {
	t.Parallel()
	r := redactor(t, pii.Options{People: []pii.Person{
		{ID: "a", Names: []string{"Александр Ким"}}, {ID: "b", Names: []string{"Александра Лаптева"}},
	}})
	got := r.Scope().Redact("Саша Лаптева, Александр, Саша, саше, Александру", nil)
	// Александру is also the accusative of Александра.
	if want := "[NAME_1], [NAME_2], [NAME_3], [NAME_3], [NAME_3]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNamesAreFoundInWhateverLetters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ shown, in, want string }{
		{"Ekaterina Volkova", "Катя Волкова и Волковой", "[NAME_1] и [NAME_1]"},
		{"Екатерина Волкова", "Katya, volkova", "[NAME_1], [NAME_1]"},
		{"Серёга", "серега, Сергею, СЕРГЕЙ", "[NAME_1], [NAME_1], [NAME_1]"},
		{"Семён", "Семе\u0301ну", "[NAME_1]"},
		{"Zhenya", "Женя, Жень", "[NAME_1], [NAME_1]"},
		{"Ярик (автосервис)", "Ярослав", "[NAME_1]"},
		{"Бублик", "ел бублик. Бублик вкусный. Это Бублик", "ел бублик. Бублик вкусный. Это [NAME_1]"},
		{"А", "а я?", "а я?"},
		{"Мама ❤️", "мама звонила", "мама звонила"},
		{"Павел Дуров", "durov_team, pavel@x, pavel.ru, pavel2 павел_", "durov_team, pavel@x, pavel.ru, pavel2 павел_"},
	} {
		r := redactor(t, pii.Options{People: []pii.Person{{ID: "x", Names: []string{c.shown}}}})
		if got := r.Scope().Redact(c.in, nil); got != c.want {
			t.Errorf("%s: %q gives %q, want %q", c.shown, c.in, got, c.want)
		}
	}
}

func TestAliasesAreNamesAlsoWhereTheyAreCommonWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ alias, in, want string }{
		{"Вера", "Вера ты где. вера в людей", "[NAME_1] ты где. вера в людей"},
		{"марк", "марк ты где. (Марк) Маркой", "[NAME_1] ты где. ([NAME_1]) Маркой"},
		{"Бублик", "Бублик вкусный, бублик", "[NAME_1] вкусный, бублик"},
		{"Мама", "Мама звонила", "Мама звонила"}, // names nobody
		{"", "а я?", "а я?"},
	} {
		r := redactor(t, pii.Options{People: []pii.Person{{ID: "x", Aliases: []string{c.alias}}}})
		if got := r.Scope().Redact(c.in, nil); got != c.want {
			t.Errorf("%s: %q gives %q, want %q", c.alias, c.in, got, c.want)
		}
	}
}

func TestDiminutivesAndCommonNamesMayBeAdded(t *testing.T) {
	t.Parallel()
	r := redactor(t, pii.Options{
		People: []pii.Person{{ID: "x", Names: []string{"Ярополк"}}}, Diminutives: []string{"Ярополк Яря Полкаша", "", "я а ь"}, Common: true,
	})
	got := r.Scope().Redact("Яря, полкашу видел? и Олега. вера есть", nil)
	if want := "[NAME_1], [NAME_1] видел? и [NAME_2]. вера есть"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMarksOfTheSourceAreTaken(t *testing.T) {
	t.Parallel()
	r := redactor(t, pii.Options{People: neighbours()})
	for _, c := range []struct {
		in    string
		spans []chat.Span
		want  string
	}{
		{"зови 555-12", []chat.Span{{Type: "phone", From: 9, To: 15}}, "зови [PHONE_1]"},
		{"Зая, иди", []chat.Span{{Type: "mention_name", From: 0, To: 6, Ref: "user1"}}, "[NAME_1], иди"},
		{"Зая, иди", []chat.Span{{Type: "mention_name", From: 0, To: 6, Ref: "user77"}}, "[NAME_1], иди"},
		{"@abcd и @x", []chat.Span{{Type: "mention", From: 0, To: 5}}, "[USERNAME_1] и @x"},
		{"k 1111111111111", []chat.Span{{Type: "bank_card", From: 2, To: 15}}, "k [CARD_1]"},
		{"root@host", []chat.Span{{Type: "email", From: 0, To: 9}}, "[EMAIL_1]"},
		{"x.ru/?token=12345", []chat.Span{{Type: "link", From: 0, To: 17}}, "[URL_1]"},
		{"x.ru/?page=12345", []chat.Span{{Type: "link", From: 0, To: 16}}, "x.ru/?page=12345"},
		{"слово", []chat.Span{{Type: "bold", From: 0, To: 4}}, "слово"},
		// What does not fit the text is passed over.
		{"да", []chat.Span{{Type: "email", From: 1, To: 3}, {Type: "email", From: -1, To: 2}, {Type: "email", From: 0, To: 99}, {Type: "email", From: 2, To: 2}}, "да"},
		{"a@b.ru 1", []chat.Span{{Type: "email", From: 0, To: 6}, {Type: "email", From: 2, To: 8}}, "[EMAIL_1] 1"},
	} {
		if got := r.Scope().Redact(c.in, c.spans); got != c.want {
			t.Errorf("%q gives %q, want %q", c.in, got, c.want)
		}
	}
}

func TestTypesMayBeTurnedOff(t *testing.T) {
	t.Parallel()
	const in = "Маша, 8 916 123 45 67, a@b.ru"
	r := redactor(t, pii.Options{People: neighbours(), Off: []pii.Type{pii.Phone, pii.Name}})
	if got, want := r.Scope().Redact(in, nil), "Маша, 8 916 123 45 67, [EMAIL_1]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r = redactor(t, pii.Options{People: neighbours(), Off: pii.Types()})
	if got := r.Scope().Redact(in, nil); got != in {
		t.Errorf("got %q, want it as it was", got)
	}
	if _, err := pii.New(pii.Options{Off: []pii.Type{"FAX"}}); err == nil || !strings.Contains(err.Error(), `"FAX"`) {
		t.Errorf("an unknown type gives %v", err)
	}
}

func TestTextsWithoutPersonalDataCostNoMemory(t *testing.T) {
	s := redactor(t, pii.Options{People: neighbours()}).Scope()
	const in = "Да ладно тебе, приходи завтра в 12:30, 5 минут на 8-й 😀 за 12 500 руб."
	if n := testing.AllocsPerRun(100, func() {
		if s.Redact(in, nil) != in {
			t.Error("changed")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
