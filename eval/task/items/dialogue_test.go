package items_test

import (
	"reflect"
	"testing"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/task/items"
)

func TestWhatIsAnsweredIsAsTrainersSeeIt(t *testing.T) {
	t.Parallel()
	e := &sample.Example{System: "Ты — p1.", Turns: []sample.Turn{
		{Role: "user", Speaker: "p2", Text: "привет"}, {Role: "user", Speaker: "p3", Text: "хай"},
		{Role: "assistant", Speaker: "p1", Text: "всем"}, {Role: "user", Speaker: "p2", Text: "идём?"}, {Role: "assistant", Speaker: "p1", Text: "да"},
	}}
	want := []sample.Message{{Role: "system", Content: "Ты — p1."}, {Role: "user", Content: "p2: привет\np3: хай"}, {Role: "assistant", Content: "всем"}, {Role: "user", Content: "p2: идём?"}}
	if got := items.Answered(e); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	if got := items.Answered(&sample.Example{}); len(got) != 0 {
		t.Errorf("%v of nothing", got)
	}
}
