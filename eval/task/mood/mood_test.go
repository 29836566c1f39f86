package mood_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items/tasktest"
	"github.com/llm-city/gorod/eval/task/mood"
)

func shipped() task.Setup { return tasktest.Setup(suite.Task{Mood: &suite.Mood{}}) }

func from(t *testing.T, lines string) task.Setup {
	t.Helper()
	file := filepath.Join(t.TempDir(), "moods.jsonl")
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	return tasktest.Setup(suite.Task{Mood: &suite.Mood{Situations: file}})
}

// good reports whether the mood that a prompt gives is.
func good(p task.Prompt) bool {
	return strings.Contains(p.Messages[0].Content, "валентность +")
}

// feeling answers as its mood is, or as the contrary.
func feeling(sincere bool) *tasktest.Subject {
	return &tasktest.Subject{Answer: func(p task.Prompt) string {
		happy := good(p) == sincere
		switch {
		case len(p.Schema) > 0:
			x := -0.5
			if happy {
				x = 0.5
			}
			return fmt.Sprintf(`{"valence": %v, "arousal": 0.5}`, x)
		case happy:
			return "Я очень рад, всё прекрасно!"
		default:
			return "Мне очень плохо, всё ужасно."
		}
	}}
}

func TestRepliesThatSoundLikeTheMoodAreFound(t *testing.T) {
	t.Parallel()
	r := tasktest.Run(t, mood.Kind{}, shipped(), feeling(true))
	if got, n := r.Mean("agreement"); got != 1 || n != 40 {
		t.Errorf("agreement %v of %d", got, n)
	}
	if got, n := r.Mean("correlation"); got < 0.8 || n != 40 {
		t.Errorf("correlation %v in %d rows", got, n)
	}
	if got, _ := r.Mean("stated_error"); got > 0.35 {
		t.Errorf("error of the stated mood %v", got)
	}
}

func TestRepliesAgainstTheMoodAreFound(t *testing.T) {
	t.Parallel()
	r := tasktest.Run(t, mood.Kind{}, shipped(), feeling(false))
	if got, _ := r.Mean("agreement"); got != 0 {
		t.Errorf("agreement %v", got)
	}
	if got, _ := r.Mean("correlation"); got > -0.8 {
		t.Errorf("correlation %v", got)
	}
	if got, _ := r.Mean("distance"); got < 1 {
		t.Errorf("distance %v", got)
	}
}

const three = `{"id":"up","situation":"Как дела?","mood":{"valence":-0.5,"arousal":0.5},"event":"Ты выиграл приз.","sign":1}
{"id":"down","situation":"Как дела?","mood":{"valence":0.5,"arousal":0.5},"event":"Ты сломал ногу.","sign":-1}
{"id":"same","situation":"Как дела?","mood":{"valence":0,"arousal":0.5},"event":"Прошёл трамвай.","sign":0}
`

func TestEventsAreExpectedToChangeMoodsTheirWay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		after  map[string]string
		sign   []float64
		change []float64
	}{
		{"as expected", map[string]string{"приз": "0.5", "ногу": "-1", "трамвай": "0.1"}, []float64{1, 1, 1}, []float64{0.5, 1}},
		{"the other way", map[string]string{"приз": "-1", "ногу": "1", "трамвай": "0.9"}, []float64{0, 0, 0}, []float64{-1, -1}},
		{"unmoved", map[string]string{"приз": "0", "ногу": "0", "трамвай": "0"}, []float64{0, 0, 1}, []float64{0, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &tasktest.Subject{Answer: func(p task.Prompt) string {
				last := p.Messages[len(p.Messages)-1].Content
				for word, x := range tt.after {
					if strings.Contains(last, word) {
						return `{"valence":` + x + `,"arousal":0}`
					}
				}
				return `{"valence":0,"arousal":0}`
			}}
			r := tasktest.Run(t, mood.Kind{}, from(t, three), s)
			if got := r.Values("event_sign"); !reflect.DeepEqual(got, tt.sign) {
				t.Errorf("signs %v", got)
			}
			if got := r.Values("event_change"); !reflect.DeepEqual(got, tt.change) {
				t.Errorf("changes %v", got)
			}
			if got := r.Missing("agreement"); got["the mood is neither good nor bad"] != 1 {
				t.Errorf("a mood of no sign: %v", got)
			}
			if got := r.Missing("correlation"); got["all replies sound the same"] != 1 {
				t.Errorf("correlation: %v", got)
			}
		})
	}
}

func TestItemsAreAskedAtTheSameTime(t *testing.T) {
	t.Parallel()
	loaded, err := mood.Kind{}.Load(t.Context(), shipped())
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	for _, item := range loaded.Items() {
		work.Go(func() {
			if _, err := loaded.Ask(t.Context(), feeling(true), item); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
}

func TestUnusableRepliesAreMissing(t *testing.T) {
	t.Parallel()
	s := &tasktest.Subject{
		Answer: func(p task.Prompt) string {
			if p.Which == "reply" {
				return " "
			}
			return `{"valence": 7}`
		},
	}
	r := tasktest.Run(t, mood.Kind{}, from(t, three), s)
	refusal := &tasktest.Subject{Answer: func(task.Prompt) string {
		return "Как языковая модель, я не испытываю чувств."
	}}
	if r := tasktest.Run(t, mood.Kind{}, from(t, three), refusal); r.Missing("distance")["a refusal"] != 3 || r.Missing("correlation")["fewer than three replies"] != 1 {
		t.Errorf("%v", r.Scores)
	}
	if r.Missing("agreement")["empty reply"] != 3 || r.Missing("event_sign")["the reply is no mood"] != 3 || r.Missing("stated_error")["the reply is no mood"] != 3 {
		t.Errorf("%v", r.Scores)
	}
}

func TestTheReferenceProviderIsAskedAndSaysTheSameAgain(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		setup := shipped()
		setup.Suite.Language = language
		if n := tasktest.Again(t, mood.Kind{}, setup, "event_sign"); n < 12 {
			t.Errorf("%s: %d values", language, n)
		}
	}
}

func TestBadInputIsNamed(t *testing.T) {
	t.Parallel()
	nowhere := shipped()
	nowhere.Task.Mood.Situations = "nowhere.jsonl"
	tasktest.Refused(t, mood.Kind{}, []tasktest.Bad{
		{"no file", "nowhere.jsonl", nowhere},
		{"empty", "moods.jsonl:1:1: no items", from(t, "")},
		{"no mood", "moods.jsonl:1:1: field mood is missing", from(t, `{"id":"1","situation":"a","event":"b","sign":1}`)},
		{"range", "moods.jsonl:1:1: field mood is out of range", from(t, `{"id":"1","situation":"a","event":"b","sign":1,"mood":{"valence":2}}`)},
		{"sign", "moods.jsonl:1:1: field sign is out of range", from(t, `{"id":"1","situation":"a","event":"b","sign":5,"mood":{"valence":1}}`)},
		{"encoding", "not UTF-8", from(t, "{\"id\":\"\xff\"}")},
	})
}
