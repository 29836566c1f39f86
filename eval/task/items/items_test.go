package items_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
)

type question struct {
	ID     string   `json:"id" required:"true"`
	Prompt string   `json:"prompt" required:"true"`
	Brands []string `json:"brands"`
	Answer int      `json:"answer"`
}

func read(text string) ([]items.Line[question], error) {
	return items.Lines(items.Text{Name: "q.jsonl", Bytes: []byte(text)}, func(q *question) string { return q.ID })
}

func TestLinesAreReadWithTheirNumbers(t *testing.T) {
	t.Parallel()
	got, err := read("{\"id\":\"а\",\"prompt\":\"Как дела?\",\"more\":1}\r\n\n{\"id\":\"б\",\"prompt\":\"Что?\"}")
	if err != nil || len(got) != 2 {
		t.Fatalf("%v %v", got, err)
	}
	if got[0].Of.Prompt != "Как дела?" || got[1].Number != 3 {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsWrongWithAFileOfItemsIsSaidWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "q.jsonl:1:1: no items"},
		{"blank lines", "\n  \n", "q.jsonl:1:1: no items"},
		{"missing", `{"id":"1","prompt":"x"}` + "\n" + `{"id":"2"}`, "q.jsonl:2:1: field prompt is missing"},
		{"null", `{"id":"1","prompt":null}`, "q.jsonl:1:1: field prompt is missing"},
		{"blank", `{"id":"1","prompt":"  "}`, "q.jsonl:1:1: field prompt is empty"},
		{"twice", `{"id":"1","prompt":"x"}` + "\n" + `{"id":"1","prompt":"y"}`, `q.jsonl:2:1: id "1" twice: line 1 has it too`},
		{"not JSON", `{"id":"ю",}`, "q.jsonl:1:11: not a JSON object"},
		{"a list", `[1]`, "q.jsonl:1:1: not a JSON object"},
		{"another type", `{"id":"1","prompt":"x","answer":"y"}`, "field answer: it is a string, expected a number"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := read(tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
			if _, ok := errors.AsType[spec.Problems](err); !ok {
				t.Errorf("%T", err)
			}
		})
	}
}

func TestAllProblemsAreToldAtOnceUpToABound(t *testing.T) {
	t.Parallel()
	_, err := read(strings.Repeat("{}\n", 100))
	problems, _ := errors.AsType[spec.Problems](err)
	if len(problems) != 21 || problems[20].What != "too many problems" {
		t.Errorf("%d problems: %v", len(problems), problems)
	}
}

func TestAFileInAnotherEncodingIsRefusedWithThePlace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cp1251.jsonl")
	if err := os.WriteFile(path, []byte("{}\n{\"a\":\"\xcf\xf0\"}"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := task.Setup{Suite: &suite.Suite{Name: "s"}, Path: "tasks[0]"}
	if _, err := items.Open(s, "language.prompts", path, "", nil); err == nil || !strings.Contains(err.Error(), path+":2:7: not UTF-8: byte 0xcf") {
		t.Errorf("%v", err)
	}
	if _, err := items.Open(s, "language.prompts", path+"x", "", nil); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("%v", err)
	}
}

func FuzzLines(f *testing.F) {
	f.Add(`{"id":"1","prompt":"x"}`)
	f.Add("{\"id\":\"\xff\"")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := read(text); (err == nil) == (len(got) == 0) {
			t.Errorf("%d items, %v", len(got), err)
		}
	})
}
