package tasktest

import (
	"reflect"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
)

// Loaded is a task that is well made.
func Loaded(t testing.TB, kind task.Kind, of suite.Task) task.Task {
	t.Helper()
	loaded, err := kind.Load(t.Context(), Setup(of))
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// Bad is a task that cannot be loaded.
type Bad = struct {
	Name, Want string // Want is in the error
	Setup      task.Setup
}

// Refused checks that errors say what is bad.
func Refused(t *testing.T, kind task.Kind, all []Bad) {
	t.Helper()
	for _, bad := range all {
		t.Run(bad.Name, func(t *testing.T) {
			t.Parallel()
			if _, err := kind.Load(t.Context(), bad.Setup); err == nil || !strings.Contains(err.Error(), bad.Want) {
				t.Errorf("%v, want %s", err, bad.Want)
			}
		})
	}
}

// Again asks the reference provider twice, which must come to the same, and says
// how many values a measure has.
func Again(t testing.TB, kind task.Kind, setup task.Setup, measure string) int {
	t.Helper()
	first := Run(t, kind, setup, Reference(1))
	if second := Run(t, kind, setup, Reference(1)); !reflect.DeepEqual(first, second) {
		t.Error("two runs differ")
	}
	_, n := first.Mean(measure)
	return n
}
