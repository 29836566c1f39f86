package persona_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/agent/persona"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/reference"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// studio interviews with a judge.
func studio(judge func(req llm.Request) (string, error)) *model {
	return &model{calls: map[string]int{}, answers: map[string]func(llm.Request) (string, error){
		"interview questions": func(req llm.Request) (string, error) {
			if !strings.Contains(prompt(req), "Составь 3 вопроса") || !strings.Contains(prompt(req), "bio: Кормит голубей.") {
				return "", errors.New("no description: " + prompt(req))
			}
			return `{"questions":[{"question":"Кто вы?","expect":"голубятник"},{"question":"Любите «птиц»?","expect":"да"},{"question":"А кошек?","expect":"нет"}]}`, nil
		},
		"interview answer": func(req llm.Request) (string, error) {
			if req.Schema != nil || req.Facts.Agent.Persona.Name != "Пётр" {
				return "", errors.New("the persona is not asked as itself")
			}
			if req.Index == 1 && !strings.Contains(prompt(req), "Тебя спросили: «Кто вы?»\nТы ответил(а): «Ответ 0»") {
				return "", errors.New("what was said is forgotten: " + prompt(req))
			}
			return fmt.Sprint("Ответ ", req.Index), nil
		},
		"interview judge": judge,
	}}
}

func interview(t *testing.T, m *model) (persona.Interview, error) {
	t.Helper()
	i := persona.Interviewer{Mind: persona.Mind{Provider: m}, Questions: 3}
	return i.Interview(t.Context(), &sdk.Persona{Name: "Пётр", Bio: "Кормит голубей."})
}

func TestAnInterviewScoresEveryAnswerAgainstTheDescription(t *testing.T) {
	t.Parallel()
	m := studio(func(req llm.Request) (string, error) {
		if !strings.Contains(prompt(req), fmt.Sprintf("Ответ: «Ответ %d»", req.Index)) {
			return "", errors.New("the judge does not see the answer")
		}
		return fmt.Sprintf(`{"score":%d,"why":"потому что"}`, 9-3*req.Index), nil
	})
	got, err := interview(t, m)
	if err != nil || got.Score != 6 || len(got.Answers) != 3 || got.Answers[2] != (persona.Answer{Question: "А кошек?", Expect: "нет", Answer: "Ответ 2", Score: 3, Why: "потому что"}) {
		t.Errorf("%v %+v", err, got)
	}
}

func TestAJudgeThatRamblesLeavesAnAnswerWithoutAScore(t *testing.T) {
	t.Parallel()
	got, err := interview(t, studio(func(req llm.Request) (string, error) {
		if req.Index == 0 {
			return `{"score": 11, "why": "Отлично!"}`, nil
		}
		return `Ну что сказать… {"score": 4, "why": "неплохо"}`, nil
	}))
	if err != nil || got.Score != 4 || got.Answers[0].Unscored == "" || got.Answers[0].Score != 0 || got.Answers[1].Unscored != "" {
		t.Errorf("%v %+v", err, got)
	}
	if _, err := interview(t, studio(func(llm.Request) (string, error) { return "Не знаю.", nil })); !llm.IsKind(err, llm.BadReply) || !strings.Contains(err.Error(), "interview Пётр: the judge gave no score") {
		t.Error(err)
	}
}

func TestAnInterviewIsInTheLanguageOfThePersona(t *testing.T) {
	t.Parallel()
	for _, p := range []sdk.Persona{{Name: "Вера Ким", Bio: "Живёт у реки и любит книги."}, {Name: "Nora Shaw", Bio: "Lives by the river and loves books."}} {
		i := persona.Interviewer{Mind: persona.Mind{Provider: reference.New()}, Questions: 2}
		got, err := i.Interview(t.Context(), &p)
		if err != nil || len(got.Answers) != 2 {
			t.Fatal(err, got)
		}
		russian := strings.ContainsAny(got.Answers[0].Question, "аеиоуы")
		if russian != (p.Name == "Вера Ким") {
			t.Errorf("%s was asked %q", p.Name, got.Answers[0].Question)
		}
	}
}

func TestTemplatesAreValidAndFragmentsFindRoomInThem(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		dir := t.TempDir()
		for name, text := range map[string]string{
			"all.yaml":  persona.Template(language, "", nil),
			"some.yaml": persona.Template(language, `Анна "Ёж": Белова`, []string{"f.yaml"}),
			"f.yaml":    "style: громко\nage: 20\ntraits: {openness: -1}\n",
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		all, problems := spec.LoadPersona(filepath.Join(dir, "all.yaml"))
		if len(problems) > 0 || len(all.Traits) != 5 || len(all.Extra) > 0 || all.Bio == "" || len(all.Goals) != 1 || len(all.Relationships) != 1 {
			t.Errorf("%v %+v", problems, all)
		}
		some, problems := spec.LoadPersona(filepath.Join(dir, "some.yaml"))
		if len(problems) > 0 || some.Name != `Анна "Ёж": Белова` || some.Age != 20 || some.Bio != "" || some.Style != "громко" {
			t.Errorf("%v %+v", problems, some)
		}
	}
}
