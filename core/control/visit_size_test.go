package control_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/social"
)

// Thousands of visits may wait and are in memory at once.
func TestAVisitTakesLittleRoom(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t)
	poll := func(options, length int) *social.Visit {
		v := &social.Visit{ID: "1", Visitor: social.Visitor{ID: "@a", Name: strings.Repeat("ё", 1<<20)}, Kind: "post", Text: strings.Repeat("<", 2000)}
		for i := range options {
			v.Options = append(v.Options, fmt.Sprint(strings.Repeat("<", length), i))
		}
		return v
	}
	c, err := q.Add(t.Context(), "@a", "", now(), control.Order{Visit: poll(20, 190)})
	if err != nil {
		t.Fatal(err)
	}
	if got := len([]rune(c.Order.Visit.Visitor.Name)); got > 61 {
		t.Errorf("a name of %d characters", got)
	}
	long := poll(2, 1)
	long.Text += "<"
	for name, v := range map[string]*social.Visit{"options": poll(21, 1), "an option": poll(2, 200), "a text": long} {
		if _, err := q.Add(t.Context(), "@a", "", now(), control.Order{Visit: v}); err == nil {
			t.Errorf("%s is too much, and taken", name)
		} else if _, bad := errors.AsType[*control.BadOrder](err); !bad {
			t.Error(err)
		}
	}
}
