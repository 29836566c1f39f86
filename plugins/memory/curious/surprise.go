package curious

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"slices"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/vectors"
	"github.com/llm-city/gorod/plugins/sdk"
)

// mostSurprising is the end of the scale of ratings.
const mostSurprising = 10

// encounter is what was expected and what came.
type encounter struct {
	Expected []string // in words
	Came     string
	expected vectors.Vector // the same as a direction; nil where nothing was expected
	came     vectors.Vector
}

// measure says how surprising encounters are, each by the method that worked.
// Where one fails, likeness of meaning takes its place.
func (s *step) measure(ctx context.Context, purpose string, met []encounter) ([]surprise, error) {
	out := make([]surprise, len(met))
	for i := range met {
		out[i] = met[i].unlike()
	}
	if len(met) == 0 {
		return out, nil
	}
	switch s.config.Surprise {
	case auto, byLogprob:
		return out, s.unlikely(ctx, purpose, met, out)
	case byRating:
		return out, s.rated(ctx, purpose, met, out)
	}
	return out, nil
}

// surprise is L and how it was measured.
type surprise struct {
	l  float64
	by string
}

// unlike is 1 - cosine between what was expected and what came, from 0 to 2; 1
// where nothing was expected.
func (e *encounter) unlike() surprise {
	switch {
	case e.came == nil:
		return surprise{}
	case e.expected == nil:
		return surprise{1, byEmbedding}
	}
	return surprise{min(2, max(0, 1-dot(e.expected, e.came))), byEmbedding}
}

// unlikely puts the mean negative log-likelihood, in nats a token, of what came
// after what was expected into out.
func (s *step) unlikely(ctx context.Context, purpose string, met []encounter, out []surprise) error {
	for i := range met {
		if s.mind.unscored {
			return nil
		}
		prompt, err := s.Render("expect", map[string]any{"Expected": met[i].Expected})
		if err != nil {
			return err
		}
		mean, err := s.Host.Score(ctx, s.call(purpose, i), prompt, met[i].Came)
		if minds.IsKind(err, sdk.ErrUnsupported) {
			s.mind.unscored = true
			s.warned.Do(func() { s.Log.Log(ctx, s.unscoredLevel(), "surprise is measured by embeddings", "error", err) })
			return nil
		}
		if err == nil && (math.IsNaN(mean) || math.IsInf(mean, 0) || mean > 0) {
			err = sdk.Errorf(sdk.ErrModel, "a mean log-probability of %v", mean)
		}
		if err != nil {
			if err := s.Skip(ctx, s.call(purpose, i), "surprise is measured by its embedding", err); err != nil {
				return fmt.Errorf("measure surprise: %w", err)
			}
			continue
		}
		out[i] = surprise{-mean, byLogprob}
	}
	return nil
}

// unscoredLevel is how much it matters that there are no log-probabilities.
func (m *memory) unscoredLevel() slog.Level {
	if m.config.Surprise == auto {
		return slog.LevelInfo
	}
	return slog.LevelWarn
}

// RatingFacts are what the plugin adds to the host's facts when it asks for
// ratings.
type RatingFacts struct {
	Came []string `json:"came"`
}

// rated puts the model's ratings from 0 to 10 into out.
func (s *step) rated(ctx context.Context, purpose string, met []encounter, out []surprise) error {
	var facts RatingFacts
	for i := range met {
		facts.Came = append(facts.Came, met[i].Came)
	}
	var reply struct {
		Surprise []float64 `json:"surprise"`
	}
	schema := fmt.Sprintf(`{"type":"object","additionalProperties":false,"required":["surprise"],"properties":{"surprise":{"type":"array","minItems":%d,"maxItems":%[1]d,`+
		`"items":{"type":"number","minimum":0,"maximum":%d}}}}`, len(met), mostSurprising)
	err := s.Ask(ctx, minds.Question{
		Call: s.call(purpose, 0), Agent: &s.seen.Agent, Prompt: "rate", View: map[string]any{"Met": met}, Schema: json.RawMessage(schema), Facts: facts,
	}, &reply)
	bad := func(r float64) bool { return r < 0 || r > mostSurprising }
	if err == nil && (len(reply.Surprise) != len(met) || slices.ContainsFunc(reply.Surprise, bad)) {
		err = sdk.Errorf(sdk.ErrModel, "ratings %.6v of %d memories", reply.Surprise, len(met))
	}
	if err != nil {
		return s.Skip(ctx, s.call(purpose, 0), "surprise is measured by embeddings", err)
	}
	for i, r := range reply.Surprise {
		out[i] = surprise{r, byRating}
	}
	return nil
}
