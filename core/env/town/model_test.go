package town_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/town"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/core/spec"
)

// stage is a town where playing the guitar pays up to 12 and lemonade is sold.
func stage(t testing.TB, language, answer string, failure error) (p *place, asked *string) {
	t.Helper()
	asked = new(string)
	o := with(func(s *spec.Town) {
		s.Outcome = "model"
		s.Types = map[string]spec.BuildingType{"stage": {
			Menu: map[string]int64{"lemonade": 6},
			Outcomes: map[string]spec.Outcome{
				"guitar": {Takes: 15 * time.Minute, Pays: 12, Text: "Прохожие хлопают.", Needs: "lemonade"},
			},
		}}
		s.Buildings, s.Cash = []spec.TownBuilding{{Type: "stage"}}, 20
	})
	o.Language = language
	o.Ask = func(_ context.Context, agent string, tick int64, prompt string, format json.RawMessage) (json.RawMessage, error) {
		*asked = prompt
		s, err := schema.Compile(format)
		if err != nil || agent != "a0001" || tick != 0 || len(s.Validate([]byte(`{"minutes":5,"result":"ok","thing":"lemonade","amount":1,"earned":12}`))) > 0 ||
			len(s.Validate([]byte(`{"minutes":5,"result":"ok","earned":13}`))) == 0 {
			t.Errorf("%s in tick %d is asked with the schema %s: %v", agent, tick, format, err)
		}
		return json.RawMessage(answer), failure
	}
	p = found(t, o)
	p.look()
	p.do("a0001", "go", "building", "stage-1")
	p.do("a0001", "buy", "thing", "lemonade")
	return p, asked
}

func TestTheModelSaysWhatComesOfEquipmentWithinTheRule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer, detail string
		has            string
	}{
		"a sensible answer":    {`{"minutes":20,"result":"Сыграно на бис.","thing":"lemonade","amount":2,"earned":5}`, "Сыграно на бис.", "7 coins. Home: none. Work: none. With you: lemonade × 2"},
		"nothing bought":       {`{"minutes":20,"result":"Спето."}`, "Спето.", "14 coins. Home: none. Work: none. With you: none"},
		"no JSON":              {`хлопают`, "Прохожие хлопают.", "26 coins"},
		"too much earned":      {`{"minutes":20,"result":"Богат!","earned":1000000}`, "Прохожие хлопают.", "26 coins"},
		"negative earnings":    {`{"minutes":20,"result":"Беден!","earned":-5}`, "Прохожие хлопают.", "26 coins"},
		"no time at all":       {`{"minutes":0,"result":"Миг."}`, "Прохожие хлопают.", "26 coins"},
		"a year":               {`{"minutes":525600,"result":"Год."}`, "Прохожие хлопают.", "26 coins"},
		"nothing to say":       {`{"minutes":20,"result":" \n"}`, "Прохожие хлопают.", "26 coins"},
		"something not sold":   {`{"minutes":20,"result":"Купил слона.","thing":"elephant","amount":1}`, "Прохожие хлопают.", "26 coins"},
		"a negative amount":    {`{"minutes":20,"result":"Вернул.","thing":"lemonade","amount":-1}`, "Прохожие хлопают.", "26 coins"},
		"an endless narration": {`{"minutes":20,"result":"` + strings.Repeat("ля ", 1000) + `"}`, "", "14 coins"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := stage(t, "en", c.answer, nil)
			result := p.do("a0001", "use", "equipment", "guitar")
			if c.detail != "" && result.Detail != c.detail || len([]rune(result.Detail)) > 300 {
				t.Errorf("%q", result.Detail)
			}
			p.end()
			if got := p.look()[0].Observation.Timeline[0].Text; !strings.Contains(got, c.has) {
				t.Error(got)
			}
		})
	}
}

func TestWhatAModelCannotPayForIsRefusedWhole(t *testing.T) {
	t.Parallel()
	p, _ := stage(t, "en", `{"minutes":20,"result":"Гуляем!","thing":"lemonade","amount":3,"earned":12}`, nil)
	if got := p.refused("a0001", "use", "equipment", "guitar"); got != "Not enough money: it takes 18, you have 14." {
		t.Error(got)
	}
	if p.end(); p.books["a0001"] != 14 || p.flows[event.ForUse] != 0 {
		t.Errorf("books %v, flows %v", p.books, p.flows)
	}
}

func TestPromptsShowWhatTheOutcomeDependsOn(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][]string{
		"ru": {"Здание: stage. Чем пользуется: guitar.", "минут: 15.", "Прохожие хлопают.", "Что делает житель: играет блюз", "монет: 14. При себе: lemonade × 1.", "lemonade: 6", "не больше 12"},
		"en": {"Building: stage. What is used: guitar.", "minutes: 15.", "Прохожие хлопают.", "What the resident does: играет блюз", "coins: 14. With it: lemonade × 1.", "lemonade: 6", "earn 12 at most"},
	} {
		p, asked := stage(t, language, `{}`, nil)
		p.do("a0001", "use", "equipment", "guitar", "how", "играет\nблюз")
		for _, part := range want {
			if !strings.Contains(*asked, part) {
				t.Errorf("%s: no %q in:\n%s", language, part, *asked)
			}
		}
	}
}

func TestAModelThatCannotBeAskedStopsTheRun(t *testing.T) {
	t.Parallel()
	down := errors.New("no server")
	p, _ := stage(t, "ru", "", down)
	_, err := p.Apply(t.Context(), p.now(), "a0001", action("use", "equipment", "guitar"))
	var refusal *env.Refusal
	if !errors.Is(err, down) || errors.As(err, &refusal) {
		t.Errorf("%v", err)
	}
}

func TestWithoutAModelTheRuleDecides(t *testing.T) {
	t.Parallel()
	p := found(t, town.Options{Settings: func() spec.Town { s := original(); s.Outcome = "model"; return s }()})
	p.look()
	if got := p.do("a0001", "use", "equipment", "sofa").Detail; got != "Done: sofa." {
		t.Error(got)
	}
}
