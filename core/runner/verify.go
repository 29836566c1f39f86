package runner

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/sim"
)

// Verdict is what a replay found.
type Verdict struct {
	Dir        string `json:"dir"`
	Cell       string `json:"cell"`
	Seed       uint64 `json:"seed"`
	Digest     string `json:"digest"` // of the replay
	Want       string `json:"want"`   // of the run
	Kept       string `json:"kept"`   // of the events as the journal has them now
	OK         bool   `json:"ok"`
	Ticks      int64  `json:"ticks"`
	ModelCalls int64  `json:"model_calls"` // 0: a replay has no model to ask
}

// Verify replays a run from its cassette, up to its last committed tick, and
// compares digests: the replay's, and that of the events which the journal
// holds. It writes nothing.
func Verify(ctx context.Context, opts Options, p Planned) (v Verdict, err error) {
	v = Verdict{Dir: p.Dir, Cell: p.Cell.Name, Seed: p.Seed}
	book, err := journal.OpenReadOnly(ctx, filepath.Join(p.Dir, JournalFile))
	if err != nil {
		return v, err
	}
	defer book.Close() // read only: nothing to lose
	last, started, err := book.Last(ctx)
	if err != nil {
		return v, err
	}
	if !started {
		return v, errors.New("no tick is committed yet")
	}
	want, err := standing(last, p.Cell.Study.Clock)
	if err != nil {
		return v, err
	}
	if v.Kept, err = digestOfEvents(ctx, book); err != nil {
		return v, err
	}
	if p.Cell.Study.Cassette == string(cassette.Off) {
		return v, errors.New("the study ran with `cassette: off`, so there is nothing to replay")
	}
	calls, err := cassette.Open(ctx, filepath.Join(p.Dir, CassetteFile), cassette.Replay)
	if err != nil {
		return v, err
	}
	defer calls.Close() // a replay writes nothing
	r := newRun(&opts, p)
	outcome, err := r.simulate(ctx, &session{
		store: newScratch(len(p.Cell.Study.Interventions) > 0), cassette: calls, ticks: int(last.Tick) + 1, replay: book,
	})
	v.Digest, v.Want, v.Ticks, v.ModelCalls = outcome.Digest, want.Digest, outcome.Tick+1, r.usage.read().Calls
	v.OK = err == nil && v.Digest == v.Want && v.Kept == v.Want
	return v, err
}

// digestOfEvents is the digest of what a journal says happened.
func digestOfEvents(ctx context.Context, book *journal.Journal) (string, error) {
	digest, err := sim.NewDigest(nil)
	if err != nil {
		return "", err
	}
	for e, err := range book.Events(ctx, journal.Filter{}) {
		if err == nil {
			err = digest.Add(e)
		}
		if err != nil {
			return "", err
		}
	}
	return digest.Sum(), nil
}
