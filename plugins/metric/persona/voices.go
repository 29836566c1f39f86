package persona

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	batch   = 8   // texts embedded in one call
	maxText = 600 // characters of a text that are embedded
	// minWords of a text: what is shorter says nothing about who wrote it.
	minWords = 2
)

// voices are those of all residents. What they hold grows with residents.
type voices struct {
	*metric
	roster *journal.Roster
	ticks  int64
	step   time.Duration
	all    []voice
	size   int  // of an embedding
	deaf   bool // the host embeds nothing
}

func newVoices(m *metric, roster *journal.Roster, run sdk.Run) *voices {
	return &voices{metric: m, roster: roster, ticks: run.Ticks, step: run.Step, all: make([]voice, roster.Len())}
}

// days is the simulated time of a tick.
func days(tick int64, step time.Duration) float64 {
	if step <= 0 {
		step = time.Hour
	}
	return float64(tick) * step.Hours() / 24
}

func (v *voices) add(ctx context.Context, at journal.At, s string) error {
	who := &v.all[at.Agent]
	if v.deaf || len(text.Words(s, minWords)) < minWords || who.taken >= v.due(at.Tick) {
		return nil
	}
	who.taken++
	who.waiting = append(who.waiting, waiting{text.Cut(s, maxText), days(at.Tick, v.step), at.Tick})
	if len(who.waiting) < batch {
		return nil
	}
	return v.embed(ctx, at.Agent)
}

// due is how many texts of a resident may be taken by a tick, so that they
// spread over the run.
func (v *voices) due(tick int64) int {
	spare := v.config.MaxTexts - v.config.Early
	return v.config.Early + int(float64(spare)*float64(tick+1)/float64(max(v.ticks, tick+1)))
}

// end embeds what still waits.
func (v *voices) end(ctx context.Context) error {
	for i := range v.all {
		if err := v.embed(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// embed lets the host embed the texts of a resident that wait.
func (v *voices) embed(ctx context.Context, agent int) error {
	who := &v.all[agent]
	if len(who.waiting) == 0 || v.deaf {
		return nil
	}
	texts := make([]string, len(who.waiting))
	for i, w := range who.waiting {
		texts[i] = w.text
	}
	call := sdk.Call{Agent: v.roster.ID(agent), Tick: who.waiting[0].tick, Purpose: "metric/persona", Index: who.batches}
	who.batches++
	embedded, err := v.host.Embed(ctx, call, texts)
	if unsupported(err) {
		v.deaf = true
		if v.log != nil {
			v.log.WarnContext(ctx, "the study embeds no texts, so their drift is not measured", "error", err)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("embed texts of %s: %w", call.Agent, err)
	}
	if len(embedded) != len(texts) {
		return sdk.Errorf(sdk.ErrModel, "%d embeddings of %d texts", len(embedded), len(texts))
	}
	for i, e := range embedded {
		if v.size == 0 {
			v.size = len(e)
		}
		if len(e) != v.size {
			return sdk.Errorf(sdk.ErrModel, "an embedding of length %d among those of length %d", len(e), v.size)
		}
		long := make(vector, len(e))
		for j, x := range e {
			long[j] = float64(x)
		}
		if u, ok := long.unit(); ok {
			who.hear(who.waiting[i].at, u, v.config.Early)
		}
	}
	who.waiting = who.waiting[:0]
	return nil
}

func unsupported(err error) bool {
	var domain *sdk.Error
	return errors.As(err, &domain) && domain.Kind == sdk.ErrUnsupported
}
