package dialogue

import (
	"reflect"
	"testing"

	"github.com/llm-city/gorod/eval/sample"
)

func TestTurnsOfOneSideAreOneMessageAndSeveralPeopleAreNamed(t *testing.T) {
	t.Parallel()
	e := &sample.Example{Target: "U1", Role: "друг", Turns: []sample.Turn{
		{Role: "user", Speaker: "U2", Text: "кто идёт?"}, {Role: "user", Speaker: "U3", Text: "я"}, {Role: "assistant", Speaker: "U1", Text: "и я"}, {Role: "assistant", Speaker: "U1", Text: "в семь"},
	}}
	want := dialogue{[]sample.Message{{Role: "user", Content: "U2: кто идёт?\nU3: я"}}, "и я\nв семь"}
	if got := dialogueOf(e); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := criteria("ru", e); got != "Отвечает U1, собеседник — друг." {
		t.Error(got)
	}
	if got := criteria("en", e); got != "The reply is by U1; the counterpart is друг." {
		t.Error(got)
	}
}
