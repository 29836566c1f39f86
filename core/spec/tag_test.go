package spec_test

import (
	"reflect"
	"testing"

	"github.com/llm-city/gorod/core/spec"
)

func TestTagsAreFoundWithTheirPlaces(t *testing.T) {
	t.Parallel()
	got := spec.Tags([]byte("task: x\nprocess_docs: !function utils.process_docs\nlist:\n  - {a: !function utils.b}\n"))
	want := []spec.Tag{
		{Name: "!function", Value: "utils.process_docs", Line: 2, Column: 15},
		{Name: "!function", Value: "utils.b", Line: 4, Column: 9},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := spec.Tags([]byte("a: [")); got != nil {
		t.Errorf("%+v", got)
	}
}
