package panel

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/spec"
)

// give sends a form as an operator and says where it leads.
func (s *site) give(t *testing.T, c *http.Client, form, path string, values url.Values) string {
	t.Helper()
	values.Set("form", form)
	a := post(t, c, s.at(path), values)
	if a.status != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return a.header.Get("Location")
}

func TestOrdersGoIntoTheQueueWithWhoGaveThem(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	form := s.enter(t, c, "Аня")
	s.give(t, c, form, "control/pace", url.Values{"pace": {"pause"}, "key": {"1"}})
	s.give(t, c, form, "control/pace", url.Values{"pace": {"pause"}, "key": {"1"}}) // sent twice
	s.give(t, c, form, "control/pace", url.Values{"pace": {"step"}, "ticks": {"3"}})
	s.give(t, c, form, "control/event", url.Values{"text": {" Открыли парк "}, "to": {"all"}})
	s.give(t, c, form, "control/event", url.Values{"text": {"Соседям"}, "to": {"group:соседи"}})
	s.give(t, c, form, "control/goals", url.Values{"goals": {"раз\r\n\r\n два \n"}, "to": {"agent:a0002"}})
	s.give(t, c, form, "control/goals", url.Values{"goals": {"ещё"}, "how": {"add"}, "to": {"agent:a0001"}})
	s.give(t, c, form, "control/talk", url.Values{"text": {"Как дела?"}, "to": {"agent:a0001", "agent:a0002"}, "table": {"yes"}, "remember": {"yes"}})
	s.give(t, c, form, "control/poll", url.Values{"to": {"all"}, "text1": {"Нужна дорога?"}, "type1": {"single"}, "options1": {"да\nнет\n"}, "text3": {"Насколько?"}, "type3": {"scale"}, "min3": {"1"}, "max3": {"5"}})
	all := audience("all", "")
	want := []control.Order{
		{Pause: true},
		{Step: 3},
		{Effect: &spec.Effect{Tell: &spec.Tell{Text: "Открыли парк", Audience: all}}},
		{Effect: &spec.Effect{Tell: &spec.Tell{Text: "Соседям", Audience: audience("", "соседи")}}},
		{Effect: &spec.Effect{Goals: &spec.GoalChange{Set: []string{"раз", "два"}, Audience: audience("", "", script)}}},
		{Effect: &spec.Effect{Goals: &spec.GoalChange{Add: []string{"ещё"}, Audience: audience("", "", "Анна Соколова")}}},
		{Ask: &control.Ask{Audience: audience("", "", "Анна Соколова", script), Table: true, Remember: true, Questions: []spec.Question{{ID: "talk", Text: "Как дела?", Type: "open"}}}},
		{Ask: &control.Ask{Audience: all, Questions: []spec.Question{
			{ID: "poll-1", Text: "Нужна дорога?", Type: "single", Options: []string{"да", "нет"}}, {ID: "poll-2", Text: "Насколько?", Type: "scale", Min: 1, Max: 5},
		}}},
	}
	var got []control.Order
	for _, c := range s.commands(t) {
		if c.Who != "Аня" || !c.At.Equal(s.now) {
			t.Errorf("command %d is of %q at %s", c.ID, c.Who, c.At)
		}
		if a := c.Order.Ask; a != nil {
			for i := range a.Questions { // the queue fills in what a question leaves open
				if a.Questions[i].Type != spec.Scale {
					a.Questions[i].Min, a.Questions[i].Max = 0, 0
				}
			}
		}
		got = append(got, c.Order)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	page := get(t, c, s.at("control?lang=en"))
	for _, tells := range []string{"Открыли парк → everybody", "group “соседи”", "Аня", "waiting", "2 residents", "Нужна дорога?"} {
		if tells != "2 residents" && !strings.Contains(page.body, tells) {
			t.Errorf("the list of commands does not tell %q", tells)
		}
	}
	check(t, "control", "en", page.body)
}

func audience(to, group string, agents ...string) spec.Audience {
	return spec.Audience{To: to, Group: group, Agents: agents}
}

func TestOrdersThatMakeNoSenseAreRefusedWithAReason(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	form := s.enter(t, c, "Аня")
	for name, order := range map[string]struct {
		path   string
		values url.Values
		says   string
	}{
		"to nobody":                  {"event", url.Values{"text": {"x"}}, "Choose whom"},
		"to a stranger":              {"event", url.Values{"text": {"x"}, "to": {"agent:a0099"}}, "There is no resident a0099"},
		"to a group that is not":     {"event", url.Values{"text": {"x"}, "to": {"group:" + script}}, "There is no group"},
		"to a group and a resident":  {"event", url.Values{"text": {"x"}, "to": {"group:соседи", "agent:a0001"}}, "Choose one group"},
		"nothing":                    {"event", url.Values{"text": {" "}, "to": {"all"}}, "Empty: what to tell"},
		"a pace that is not":         {"pace", url.Values{"pace": {"faster"}}, "makes no sense"},
		"no goals":                   {"goals", url.Values{"to": {"all"}}, "goals"},
		"a poll without a question":  {"poll", url.Values{"to": {"all"}}, "at least one question"},
		"a choice without options":   {"poll", url.Values{"to": {"all"}, "text1": {"x"}, "type1": {"single"}}, "option"},
		"a remark in no talk":        {"talk/99", url.Values{"text": {"x"}}, "no such command"},
		"a remark in a talk by name": {"talk/..%2f1", url.Values{"text": {"x"}}, "no such command"},
	} {
		order.values.Set("form", form)
		a := post(t, c, s.at("control/"+order.path+"?lang=en"), order.values)
		if a.status < 400 || a.status >= 500 || !strings.Contains(a.body, order.says) {
			t.Errorf("%s: %d, does not say %q", name, a.status, order.says)
		}
		check(t, name, "en", a.body)
	}
	if n := len(s.commands(t)); n != 0 {
		t.Errorf("%d commands", n)
	}
}

func TestATalkGoesOnWithWhatWasSaid(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	form := s.enter(t, c, "Аня")
	at := s.url + s.give(t, c, form, "control/talk", url.Values{"text": {"Как дела?"}, "to": {"agent:a0001"}})
	if a := get(t, c, at+"?lang=en"); !strings.Contains(a.body, "are answering") || strings.Contains(a.body, "Your next remark") {
		t.Error("the page does not wait for the answer")
	}
	if a := post(t, c, at, url.Values{"form": {form}, "text": {"Ну?"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a remark before the answer: %d", a.status)
	}
	s.finish(t, 1, event.Answer{Agent: "a0001", Text: "Хорошо " + script})
	a := get(t, c, at+"?lang=en")
	if !strings.Contains(a.body, "Хорошо") || !strings.Contains(a.body, "Your next remark") {
		t.Error("the answer is not shown")
	}
	check(t, "talk", "en", a.body)
	next := s.give(t, c, form, strings.TrimPrefix(at, s.at("")), url.Values{"text": {"А завтра?"}})
	if !strings.HasSuffix(next, "/control/talk/2") {
		t.Errorf("leads to %s", next)
	}
	ask := s.commands(t)[1].Order.Ask
	want := []control.Remark{{Text: "Как дела?"}, {Who: "a0001", Text: "Хорошо " + script}}
	if d := cmp.Diff(want, ask.Said); d != "" || ask.Questions[0].Text != "А завтра?" || !slices.Equal(ask.Audience.Agents, []string{"Анна Соколова"}) {
		t.Errorf("%s\n%+v", d, ask)
	}
	if a := get(t, c, s.at("control/poll/1")); a.status != http.StatusNotFound {
		t.Errorf("a talk as a poll: %d", a.status)
	}
}

func TestWhatBecameOfAnOrderIsShown(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	form := s.enter(t, c, "Аня")
	s.give(t, c, form, "control/event", url.Values{"text": {"Открыли парк"}, "to": {"agent:a0001"}})
	s.finish(t, 1)
	j := reopened(t, s.dir)
	e := event.New(6, "", event.KindControl, event.Control{ID: 1, Who: "Аня", Order: []byte(`{"effect":{"tell":{"text":"Открыли парк"}}}`), Effects: []event.Effect{{Kind: "tell", Agents: []string{"a0001"}, Detail: "Открыли парк"}}})
	if err := j.Commit(t.Context(), event.Commit{Tick: 6, Time: "2026-03-02T14:00:00Z", Events: []event.Event{e}, Digest: emptyDigest(t)}); err != nil {
		t.Fatal(err)
	}
	a := get(t, c, s.at("control/commands/1?lang=en"))
	for _, tells := range []string{"Открыли парк", "done", "Анна Соколова", "told"} {
		if !strings.Contains(a.body, tells) {
			t.Errorf("the command does not tell %q", tells)
		}
	}
	if a := get(t, c, s.at("?lang=en")); !strings.Contains(a.body, `<span class="chip control">command</span> <b>Аня</b>`) {
		t.Error("the overview does not show the command among what came from outside")
	}
}

func TestReasonsAreInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	c := reader(t)
	form := s.enter(t, c, "Аня")
	long, many := strings.Repeat("ё", 4001), strings.Repeat("цель\n", 51)
	for name, order := range map[string]struct {
		path   string
		values url.Values
		says   string
	}{
		"an empty event":        {"event", url.Values{"text": {" "}, "to": {"all"}}, "Пусто: что сообщить."},
		"a long event":          {"event", url.Values{"text": {long}, "to": {"all"}}, "Слишком длинно (что сообщить): 4001 знаков, а можно не больше 4000."},
		"an event not in UTF-8": {"event", url.Values{"text": {"\xff"}, "to": {"all"}}, "Это не текст в UTF-8: что сообщить."},
		"no goals":              {"goals", url.Values{"to": {"all"}}, "Напишите хотя бы одну цель."},
		"many goals":            {"goals", url.Values{"goals": {many}, "to": {"all"}}, "Целей 51; можно не больше 50."},
		"an empty remark":       {"talk", url.Values{"to": {"agent:a0001"}}, "Пусто: вопрос."},
		"one option":            {"poll", url.Values{"text1": {"?"}, "type1": {"single"}, "options1": {"да"}, "to": {"all"}}, "хотя бы два."},
		"an option twice":       {"poll", url.Values{"text1": {"?"}, "type1": {"multiple"}, "options1": {"да\nда"}, "to": {"all"}}, "Вариант «да» назван дважды"},
		"a long option":         {"poll", url.Values{"text1": {"?"}, "type1": {"single"}, "options1": {"да\n" + long[:402]}, "to": {"all"}}, "вариант ответа"},
		"a scale of one":        {"poll", url.Values{"text1": {"?"}, "type1": {"scale"}, "min1": {"5"}, "max1": {"5"}, "to": {"all"}}, "Шкала от 5 до 5 невозможна"},
	} {
		order.values.Set("form", form)
		a := post(t, c, s.at("control/"+order.path+"?lang=ru"), order.values)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, order.says) {
			t.Errorf("%s: %d, does not say %q: %q", name, a.status, order.says, texts(t, a.body, `<p class="note">(.*?)</p>`))
		}
	}
}

// Whatever control refuses with a key has words here.
func TestEveryReasonWithAKeyHasWords(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	keys := regexp.MustCompile(`because\("([a-z0-9]+)", "`)
	n := 0
	for _, file := range []string{"check.go", "check_effect.go"} {
		source, err := os.ReadFile(filepath.Join("..", "control", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range keys.FindAllSubmatch(source, -1) {
			if n++; !s.words["ru"].Has("bad." + string(m[1])) {
				t.Errorf("no words for %s", m[1])
			}
		}
	}
	if n < 15 {
		t.Errorf("%d keys", n)
	}
}

func TestATableForTooManyIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var all []journal.Resident
	for i := range control.MaxSeats + 1 {
		all = append(all, journal.Resident{ID: fmt.Sprintf("a%04d", i), Name: fmt.Sprint("Р", i), Group: "двор"})
	}
	j, err := journal.Create(t.Context(), filepath.Join(dir, journalFile), journal.Meta{Language: "ru", Residents: all})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	s := openAt(t, dir, nil)
	c := reader(t)
	form := s.enter(t, c, "Аня")
	talk := url.Values{"form": {form}, "text": {"Как дела?"}, "to": {"group:двор"}, "table": {"yes"}}
	if a := post(t, c, s.at("control/talk?lang=ru"), talk); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "За столом 20 мест, а жителей 21") {
		t.Errorf("%d %s", a.status, texts(t, a.body, `<p class="note">(.*?)</p>`))
	}
	talk.Del("table")
	s.give(t, c, form, "control/talk", talk)
	s.give(t, c, form, "control/talk", url.Values{"text": {"Как дела?"}, "to": {"agent:a0001", "agent:a0002"}, "table": {"yes"}})
}
