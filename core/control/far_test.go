package control_test

import (
	"errors"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
)

// A server's clock may say anything.
func TestATimeThatCannotBeWrittenDownIsRefusedAndNoOthersTrouble(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t)
	for _, at := range []time.Time{time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -7200)), time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)} {
		_, err := q.Add(t.Context(), "operator", "", at, control.Order{Pause: true})
		if _, is := errors.AsType[*control.BadOrder](err); !is {
			t.Errorf("%s: %v", at, err)
		}
	}
	add(t, q, tell("x"))
	if all, err := q.Waiting(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%+v %v", all, err)
	}
}
