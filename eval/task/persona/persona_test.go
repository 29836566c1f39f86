package persona_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items/tasktest"
	"github.com/llm-city/gorod/eval/task/persona"
)

const petya = `name: Петя
traits: {openness: 1, extraversion: -1}
beliefs: {зима лучше лета: 1}
`

// setup is that of a task with one persona.
func setup(t *testing.T, text string, probes ...int) task.Setup {
	t.Helper()
	file := filepath.Join(t.TempDir(), "petya.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return tasktest.Setup(suite.Task{Persona: &suite.Persona{Personas: []string{file}, Probes: probes}})
}

// fill answers the questionnaire: how much each statement is agreed with, from 1
// to 5, by a word in it.
func fill(p task.Prompt, by map[string]int, rest int) string {
	answers := map[string]int{}
	form := p.Messages[len(p.Messages)-1].Content
	for line := range strings.Lines(form) {
		key, statement, ok := strings.Cut(line, ". ")
		if !ok || !strings.HasPrefix(key, "q") {
			continue
		}
		answers[key] = rest
		for word, x := range by {
			if strings.Contains(statement, word) {
				answers[key] = x
			}
		}
	}
	out, err := json.Marshal(answers)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// petyas agrees with what Петя holds true as much as given; 5 is all of it.
func petyas(p task.Prompt, much int) string {
	less := 6 - much
	return fill(p, map[string]int{
		"интересно пробовать": much, "утомляют": less, "легко заговорить": less, "больше молчу": much, "зима": much,
	}, 3)
}

// speaker speaks as Петя does; by says how much of him is left at a turn.
func speaker(by func(turn int32) int) *tasktest.Subject {
	return &tasktest.Subject{Answer: func(p task.Prompt) string {
		switch {
		case len(p.Schema) == 0:
			return fmt.Sprintf("Ну да, %d.", len(p.Messages))
		case p.Which == "neutral":
			return fill(p, nil, 3)
		case p.Which == "opposite":
			return petyas(p, 1)
		}
		return petyas(p, by(p.Turn))
	}}
}

func TestWhoStaysTheSameIsAsThePersonaStates(t *testing.T) {
	t.Parallel()
	r := tasktest.Run(t, persona.Kind{}, setup(t, petya, 1, 8, 16), speaker(func(int32) int { return 5 }))
	for measure, want := range map[string]float64{"trait_error": 0, "view_error": 0, "drift": 0, "drift_slope": 0, "break": 0, "adherence": 1, "over_neutral": 1} {
		if got, _ := r.Mean(measure); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", measure, got, want)
		}
	}
	if n := len(r.Values("trait_error")); n != 3 {
		t.Errorf("%d values of three probes", n)
	}
	if n := len(r.Values("drift")); n != 2 {
		t.Errorf("%d drifts from the first of three probes", n)
	}
}

func TestWhoDriftsIsFoundAndHowFast(t *testing.T) {
	t.Parallel()
	r := tasktest.Run(t, persona.Kind{}, setup(t, petya, 1, 11, 21), speaker(func(turn int32) int { return 5 - int(turn)/10 }))
	if got := r.Values("drift"); !reflect.DeepEqual(got, []float64{0.5, 1}) {
		t.Errorf("drift %v", got)
	}
	if got, _ := r.Mean("drift_slope"); math.Abs(got-0.5) > 1e-9 {
		t.Errorf("slope %v per 10 turns", got)
	}
	if got := r.Values("trait_error"); !reflect.DeepEqual(got, []float64{0, 0.5, 1}) {
		t.Errorf("trait errors %v", got)
	}
	if got := r.Values("over_neutral"); !reflect.DeepEqual(got, []float64{1, 0.5, 0}) {
		t.Errorf("over the neutral agent %v", got)
	}
	// Half of the worst break, (5−3)/4, and half of the mean of 1/4 and 2/4.
	if got, _ := r.Mean("break"); math.Abs(got-(0.25+0.1875)) > 1e-9 {
		t.Errorf("break %v", got)
	}
}

func TestWhoSpeaksAsAProgramIsFound(t *testing.T) {
	t.Parallel()
	s := speaker(func(int32) int { return 5 })
	answer := s.Answer
	s.Answer = func(p task.Prompt) string {
		if p.Which == "turn 3" {
			return "Как языковая модель, я не завтракаю."
		}
		return answer(p)
	}
	r := tasktest.Run(t, persona.Kind{}, setup(t, petya, 4), s)
	if got := r.Values("left_role"); !reflect.DeepEqual(got, []float64{0, 0, 1, 0}) {
		t.Errorf("%v", got)
	}
}

func TestWhoAgreesWithEverythingIsInTheMiddleOfEveryTrait(t *testing.T) {
	t.Parallel()
	yes := &tasktest.Subject{Answer: func(p task.Prompt) string {
		if len(p.Schema) == 0 {
			return "Да."
		}
		return fill(p, nil, 5)
	}}
	r := tasktest.Run(t, persona.Kind{}, setup(t, petya, 1), yes)
	if got, _ := r.Mean("trait_error"); got != 1 {
		t.Errorf("trait error %v", got)
	}
	if got, _ := r.Mean("view_error"); got != 0 {
		t.Errorf("view error %v", got)
	}
	if got := r.Missing("drift_slope"); got["asked at one turn only"] != 1 {
		t.Errorf("slope of one probe: %v", got)
	}
}

// The conversation goes on as if nobody had asked.
func TestAskingDoesNotDisturb(t *testing.T) {
	t.Parallel()
	conversation := func(probes ...int) []task.Prompt {
		s := &tasktest.Recorder{Subject: tasktest.Reference(1)}
		tasktest.Run(t, persona.Kind{}, setup(t, petya, probes...), s)
		var out []task.Prompt
		for _, p := range s.Prompts {
			if strings.HasPrefix(p.Which, "turn ") {
				out = append(out, p)
			}
		}
		return out
	}
	often, once := conversation(1, 2, 3, 8, 12), conversation(12)
	if len(once) != 12 || !reflect.DeepEqual(often, once) {
		t.Errorf("%d and %d turns differ", len(often), len(once))
	}
	for _, m := range often[11].Messages {
		if strings.Contains(m.Content, "анкета") {
			t.Errorf("the questionnaire is in the conversation: %s", m.Content)
		}
	}
}

func TestWhatCannotBeScoredSaysWhy(t *testing.T) {
	t.Parallel()
	deaf := speaker(func(int32) int { return 5 })
	answer := deaf.Answer
	deaf.Answer = func(p task.Prompt) string {
		if p.Which == "turn 5" {
			return "\n"
		}
		return answer(p)
	}
	r := tasktest.Run(t, persona.Kind{}, setup(t, petya, 1, 3, 8), deaf)
	if why := r.Missing("drift"); why["the conversation broke off at turn 5: empty reply"] != 1 {
		t.Errorf("%v", why)
	}
	if len(r.Values("drift")) != 1 {
		t.Error("what was answered before is lost")
	}

	mute := speaker(func(int32) int { return 5 })
	mute.Fails = func(p task.Prompt) string {
		if p.Which == "turn 1" {
			return "a refusal"
		}
		return ""
	}
	r = tasktest.Run(t, persona.Kind{}, setup(t, petya, 1, 3), mute)
	for _, m := range []string{"trait_error", "view_error", "drift", "drift_slope", "adherence", "over_neutral", "break"} {
		if why := r.Missing(m); why["the conversation broke off at turn 1: a refusal"] != 1 {
			t.Errorf("%s: %v", m, why)
		}
	}

	silly := &tasktest.Subject{Answer: func(p task.Prompt) string { return `{"q01": 9}` }}
	r = tasktest.Run(t, persona.Kind{}, setup(t, petya, 1, 2), silly)
	if why := r.Missing("trait_error"); why["no answer from 1 to 5 to q01"] != 2 {
		t.Errorf("%v", why)
	}
}

func TestTheReferenceProviderIsAskedAndSaysTheSameAgain(t *testing.T) {
	t.Parallel()
	for language, people := range map[string]int{"ru": 12, "en": 3} {
		s := tasktest.Setup(suite.Task{Persona: &suite.Persona{Probes: []int{1, 4}}})
		s.Suite.Language = language
		if n := tasktest.Again(t, persona.Kind{}, s, "adherence"); n != 2*people {
			t.Errorf("%s: %d values", language, n)
		}
	}
}

func TestBadInputIsNamed(t *testing.T) {
	t.Parallel()
	twice := setup(t, petya, 1)
	twice.Task.Persona.Personas = append(twice.Task.Persona.Personas, twice.Task.Persona.Personas[0])
	nowhere := setup(t, petya, 1)
	nowhere.Task.Persona.Personas = []string{"nowhere/*.yaml"}
	tasktest.Refused(t, persona.Kind{}, []tasktest.Bad{
		{"nobody", `no persona file "nowhere/*.yaml"`, nowhere},
		{"twice", `persona "petya" twice`, twice},
		{"no traits", "petya.yaml:1:1: the persona cannot be asked who it is: Петя has neither traits nor views", setup(t, "name: Петя\n", 1)},
		{"out of range", "petya.yaml:2:20: traits.openness is out of range", setup(t, "name: Петя\ntraits: {openness: 3}\n", 1)},
		{"no YAML", "petya.yaml:1", setup(t, "name: [", 1)},
		{"no probes", "probes are out of range", setup(t, petya)},
		{"probe 0", "got [0 8], allowed 1 to 200", setup(t, petya, 8, 0)},
		{"probe 201", "allowed 1 to 200", setup(t, petya, 201)},
	})
}
