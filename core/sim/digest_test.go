package sim_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
)

func TestTheDigestIsOverLinesOfJSON(t *testing.T) {
	t.Parallel()
	d, err := sim.NewDigest(nil)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	for i, e := range []event.Event{
		event.New(0, "", event.KindTold, event.Told{Event: "e", Text: "«да» <b>&\u2028"}),
		event.New(0, "a0001", event.KindMood, event.Mood{Valence: -0.25}),
		event.New(7, `a"\x`, event.KindPlan, event.Plan{Purpose: "жить"}),
	} {
		e.Seq = i
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(append(line, '\n'))
		if err := d.Add(e); err != nil {
			t.Fatal(err)
		}
		state, err := d.State()
		if err != nil {
			t.Fatal(err)
		}
		if d, err = sim.NewDigest(state); err != nil { // goes on where it stopped
			t.Fatal(err)
		}
	}
	if want := hex.EncodeToString(h.Sum(nil)); d.Sum() != want {
		t.Errorf("%s, want %s", d.Sum(), want)
	}
}
