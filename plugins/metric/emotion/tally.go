package emotion

import (
	"math"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Steps of the values whose ranks are compared.
const (
	stepsOfAll   = 100
	stepsOfAgent = 20
)

type tally struct {
	config config
	roster *journal.Roster
	sheet  score.Sheet

	emotions, labels score.Counter
	moods, texts     stat.Mean // of the run
	moodNow, textNow stat.Mean // of the open window

	pairs   stat.Pairs
	ranks   stat.Ranks
	agents  []feeling
	changes changes
}

// feeling is how one resident feels and writes.
type feeling struct {
	felt    bool
	valence float64 // of the mood it is in
	pairs   stat.Pairs
	ranks   stat.Ranks
}

func newTally(run sdk.Run, c config) *tally {
	t := &tally{
		config: c, roster: journal.NewRoster(run.Agents), ranks: stat.Ranks{Steps: stepsOfAll},
		agents: make([]feeling, len(run.Agents)), changes: newChanges(len(run.Agents), c.Within),
	}
	for i := range t.agents {
		t.agents[i].ranks.Steps = stepsOfAgent
	}
	return t
}

// bounded is a valence within its range; 0 for what is no number.
func bounded(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return max(-1, min(x, 1))
}

func (t *tally) mood(at journal.At, m *journal.Mood) {
	who, x := &t.agents[at.Agent], bounded(m.Valence)
	who.felt, who.valence = true, x
	t.moods.Add(x)
	t.moodNow.Add(x)
	t.changes.mood(at, x)
}

func (t *tally) heard(at journal.At, h *journal.Heard) { t.changes.heard(at, h.Event) }

func (t *tally) action(at journal.At, a *journal.Action) {
	if a.Text == "" || a.Sentiment == nil {
		return
	}
	x := bounded(a.Sentiment.Valence)
	t.texts.Add(x)
	t.textNow.Add(x)
	if a.Sentiment.Label != "" {
		t.labels.Add(a.Sentiment.Label)
	}
	if a.Sentiment.Emotion != "" {
		t.emotions.Add(a.Sentiment.Emotion)
	}
	if who := &t.agents[at.Agent]; who.felt {
		who.pairs.Add(who.valence, x)
		who.ranks.Add(who.valence, x)
		t.pairs.Add(who.valence, x)
		t.ranks.Add(who.valence, x)
	}
}

func (t *tally) close(last int64) {
	t.sheet.At("mood_valence", "", last, t.moodNow.Value(), t.moodNow.N)
	t.sheet.At("text_valence", "", last, t.textNow.Value(), t.textNow.N)
	t.moodNow, t.textNow = stat.Mean{}, stat.Mean{}
}

func (t *tally) scoreEmotions() {
	t.scoreShares("emotion_share", &t.emotions)
	t.scoreShares("label_share", &t.labels)
	t.sheet.Run("emotion_entropy", stat.Entropy(t.emotions.Counts()), t.emotions.Total)
	t.sheet.Run("mood_valence", t.moods.Value(), t.moods.N)
	t.sheet.Run("text_valence", t.texts.Value(), t.texts.N)
}

func (t *tally) scoreShares(metric string, c *score.Counter) {
	for _, name := range c.Names() {
		t.sheet.Item(metric, name, c.Of(name)/float64(c.Total), c.Total)
	}
}

// scoreFit says whether texts fit moods.
func (t *tally) scoreFit() {
	var within stat.Within
	for i := range t.agents {
		who := &t.agents[i]
		within.Add(&who.pairs)
		if who.pairs.N >= t.config.MinTexts {
			t.sheet.Agent("mood_text_pearson", t.roster.ID(i), who.pairs.Pearson(), who.pairs.N)
			t.sheet.Agent("mood_text_spearman", t.roster.ID(i), who.ranks.Spearman(), who.pairs.N)
		}
	}
	if t.pairs.N >= 3 {
		t.sheet.Run("mood_text_pearson", t.pairs.Pearson(), t.pairs.N)
		t.sheet.Run("mood_text_spearman", t.ranks.Spearman(), t.pairs.N)
		t.sheet.Run("mood_text_within", within.Correlation(), within.N())
	}
}
