package persona

import (
	"context"
	"fmt"
	"unicode"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Interviewer asks personas about themselves: questions that a model makes up
// from the description, answers as the persona, and a judge's score of each.
type Interviewer struct {
	Mind      Mind
	Questions int
	Language  string // ru or en; that of the persona where it is empty
}

// MaxScore is the score of an answer that fits wholly; the least is 0.
const MaxScore = 9

// Answer is one question with what came of it.
type Answer struct {
	Question string `json:"question"`
	Expect   string `json:"expect"` // of an answer that fits
	Answer   string `json:"answer"`
	Score    int    `json:"score"` // 0 to MaxScore
	Why      string `json:"why"`
	// Unscored says why the judge gave no score; empty where it did.
	Unscored string `json:"unscored,omitempty"`
}

// Interview is a persona's answers, and the mean score of those that have one.
type Interview struct {
	Persona string   `json:"persona"`
	Answers []Answer `json:"answers"`
	Score   float64  `json:"score"`
}

// interview is one under way.
type interview struct {
	*Interviewer
	prompts *prompts
	persona *sdk.Persona
	card    string
}

// Interview interviews a persona. A judge that breaks the schema twice leaves
// the answer without a score; an interview without any score is an error.
func (i *Interviewer) Interview(ctx context.Context, p *sdk.Persona) (Interview, error) {
	card, err := spec.MarshalPersona(p)
	if err != nil {
		return Interview{}, err
	}
	language := i.Language
	if language == "" {
		language = languageOf(string(card))
	}
	prompts, err := readPrompts(language)
	if err != nil {
		return Interview{}, err
	}
	out := Interview{Persona: p.Name}
	err = (&interview{i, prompts, p, string(card)}).run(ctx, &out)
	if err != nil {
		return out, fmt.Errorf("interview %s: %w", p.Name, err)
	}
	return out, nil
}

func (i *interview) run(ctx context.Context, out *Interview) error {
	questions, err := i.questions(ctx)
	if err != nil {
		return err
	}
	scored, sum := 0, 0
	var last error
	for n, a := range questions {
		if a.Answer, err = i.answer(ctx, n, a.Question, out.Answers); err != nil {
			return err
		}
		switch err := i.judge(ctx, n, &a); {
		case llm.IsKind(err, llm.BadReply):
			a.Unscored, last = err.Error(), err
		case err != nil:
			return err
		default:
			scored, sum = scored+1, sum+a.Score
		}
		out.Answers = append(out.Answers, a)
	}
	if scored == 0 {
		return fmt.Errorf("the judge gave no score: %w", last)
	}
	out.Score = float64(sum) / float64(scored)
	return nil
}

func (i *interview) call(purpose string, index int, data map[string]any, schema map[string]any) (call, error) {
	data["Card"], data["Name"] = i.card, i.persona.Name
	messages, err := i.prompts.messages(purpose, data)
	return call{
		purpose: "interview " + purpose, index: index, language: i.prompts.language, persona: i.persona, messages: messages, schema: schema,
	}, err
}

func (i *interview) questions(ctx context.Context) ([]Answer, error) {
	one := object(map[string]any{"question": words(400), "expect": words(400)})
	c, err := i.call("questions", 0, map[string]any{"Count": i.Questions}, object(map[string]any{"questions": list(i.Questions, i.Questions, one)}))
	if err != nil {
		return nil, err
	}
	var reply struct {
		Questions []Answer `json:"questions"`
	}
	err = i.Mind.read(ctx, c, &reply)
	return reply.Questions, err
}

func (i *interview) answer(ctx context.Context, index int, question string, before []Answer) (string, error) {
	c, err := i.call("answer", index, map[string]any{"Question": question, "Before": before}, nil)
	if err != nil {
		return "", err
	}
	return i.Mind.ask(ctx, c)
}

func (i *interview) judge(ctx context.Context, index int, a *Answer) error {
	schema := object(map[string]any{"score": map[string]any{"type": "integer", "minimum": 0, "maximum": MaxScore}, "why": words(600)})
	c, err := i.call("judge", index, map[string]any{"Question": a.Question, "Expect": a.Expect, "Answer": a.Answer}, schema)
	if err != nil {
		return err
	}
	return i.Mind.read(ctx, c, a)
}

// languageOf is ru for a text that is mostly Cyrillic.
func languageOf(text string) string {
	cyrillic, latin := 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	if cyrillic*2 > latin { // the keys are English
		return "ru"
	}
	return "en"
}
