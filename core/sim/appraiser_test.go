package sim_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/sim/simtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

// company rates a text by what stands beside it, as a language model may that is
// asked about many texts at once.
type company struct{ simtest.Mind }

func (company) Classify(_ context.Context, tick int64, texts []string) ([]sdk.Sentiment, error) {
	beside := len(strings.Join(texts, "")) + 7*len(texts) + int(tick)
	out := make([]sdk.Sentiment, len(texts))
	for i := range texts {
		out[i] = sdk.Sentiment{Valence: float64(beside%21)/10 - 1, Label: sdk.Neutral}
	}
	return out, nil
}

// moody runs people whose words and moods depend on each other.
func moody(t *testing.T, ticks int, store *simtest.Shelf, place *simtest.Square, from *sim.Checkpoint) sim.Outcome {
	t.Helper()
	m := simtest.Mind{Decide: func(req sdk.PlanRequest) (sdk.Decision, error) {
		text := fmt.Sprintf("%s: %.2f", req.Agent.ID, req.Agent.Mood.Valence)
		switch {
		case req.Agent.ID == "a0002" && req.Tick == 3: // the words of what it was just told
			text = "Ещё снег!"
		case req.Agent.ID == "a0003" && req.Tick == 5: // and of what others were told with it
			text = "И ветер."
		}
		return sdk.Decision{Actions: []sdk.Action{{Kind: "say", Args: map[string]string{"text": text}}}}, nil
	}}
	opts := simtest.Options(600, ticks, place, m, store) // three batches
	opts.Events = append(opts.Events,
		sim.Due{Tick: 3, Told: event.Told{Event: "more", Text: "Ещё снег!"}, Agents: []string{"a0002", "a0599"}},
		sim.Due{Tick: 3, Told: event.Told{Event: "wind", Text: "И ветер."}, Agents: []string{"a0599"}})
	opts.Minds = func() sim.Minds { return sim.Minds{Memory: m, Planner: m, Classifier: company{}} }
	opts.Resume = from
	return simtest.Run(t, opts)
}

func TestRatingsThatDependOnTheirCompanyAreTheSameAfterAResume(t *testing.T) {
	t.Parallel()
	whole := &simtest.Shelf{}
	want := moody(t, 7, whole, simtest.NewSquare(), nil)
	for range 3 {
		if again := moody(t, 7, &simtest.Shelf{}, simtest.NewSquare(), nil); again.Digest != want.Digest {
			t.Fatalf("two runs of the same: %s and %s", again.Digest, want.Digest)
		}
	}
	for cut := range 6 {
		store, place := &simtest.Shelf{Commits: whole.Commits[: cut+1 : cut+1]}, simtest.NewSquare()
		if err := place.Restore(rowsOf(store.Commits)); err != nil {
			t.Fatal(err)
		}
		from := &sim.Checkpoint{Tick: int64(cut), Digest: store.Commits[cut].Digest, Agents: agentsOf(store.Commits)}
		if got := moody(t, 7, store, place, from); got.Digest != want.Digest {
			t.Errorf("resumed after tick %d: %s, want %s", cut, got.Digest, want.Digest)
		}
	}
}
