package control_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/social"
)

// However many flood the queue, who comes next gets in.
func TestAVisitorHasAShareOfTheQueue(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t)
	n := 0
	visit := func(who string) error {
		n++
		v := social.Visit{ID: fmt.Sprint(n), Visitor: social.Visitor{ID: who}, Kind: "follow", To: "a0001"}
		_, err := q.Add(t.Context(), who, "", now(), control.Order{Visit: &v})
		return err
	}
	var err error
	for err == nil {
		err = visit("@flood")
	}
	if !errors.Is(err, control.ErrShare) || !errors.Is(err, control.ErrFull) || n < 300 || n > 700 {
		t.Errorf("after %d visits: %v", n, err)
	}
	if err := visit("@alice"); err != nil {
		t.Error(err)
	}
	q.Fill(t, 9300) // by many others
	if err := visit("@alice"); err != nil {
		t.Errorf("while little is left: %v", err)
	}
	for err = nil; err == nil; {
		err = visit("@alice")
	}
	if err := visit("@bob"); err != nil {
		t.Errorf("a newcomer: %v", err)
	}
}
