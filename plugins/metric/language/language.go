// Package language is the metric plugin that says how residents write: in
// which scripts, how long, and how much they repeat.
package language

import (
	"context"
	"iter"
	"log/slog"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

const configSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "block": {
      "description": "words of the pieces whose distinct words are counted",
      "type": "integer", "minimum": 10, "maximum": 100000, "default": 1000
    },
    "memory": {
      "description": "last sentences of a resident among which a repetition is looked for",
      "type": "integer", "minimum": 1, "maximum": 10000, "default": 256
    },
    "min_sentence": {
      "description": "words from which on a sentence counts for repetition",
      "type": "integer", "minimum": 1, "maximum": 100, "default": 3
    }
  }
}`

type config struct {
	Block       int `json:"block"`
	Memory      int `json:"memory"`
	MinSentence int `json:"min_sentence"`
}

// Plugin is metric/language.
func Plugin() sdk.Plugin {
	return sdk.MetricPlugin{
		Name: "language", Version: "1.0.0",
		Summary: "how residents write: scripts that leak in, length, distinct words, repeated sentences",
		Schema:  configSchema,
		Metrics: metrics(),
		Make: func(_ context.Context, setup sdk.Setup) (sdk.Metric, error) {
			c, err := score.Config(setup.Config, config{Block: 1000, Memory: 256, MinSentence: 3})
			if err == nil && (c.Block < 2 || c.Memory < 1) {
				err = sdk.Errorf(sdk.ErrInvalidConfig, "block is %d and memory %d, want at least 2 and 1", c.Block, c.Memory)
			}
			return &metric{c, setup.Log}, err
		},
	}
}

const (
	marchisio = "Marchisio et al. 2024, Understanding and Mitigating Language Confusion in LLMs"
	annex24   = "Unicode Standard Annex #24, Unicode Script Property"
	jiwei     = "Li, Galley, Brockett, Gao & Dolan 2016, A Diversity-Promoting Objective Function for Neural Conversation Models; in pieces of one length as Johnson 1944, Studies in Language Behavior"
	holtzman  = "after Holtzman, Buys, Du, Forbes & Choi 2020, The Curious Case of Neural Text Degeneration"
)

func metrics() []sdk.MetricInfo {
	return []sdk.MetricInfo{
		{Name: "script_share", Unit: "share of letters", Low: new(0.0), High: new(1.0), Source: annex24,
			Definition: "Share of letters that are of this script (item): cyrillic, latin, cjk (Han, kana, Hangul), other."},
		{Name: "native_share", Unit: "share of letters", Low: new(0.0), High: new(1.0), Source: annex24, Better: "up",
			Definition: "Share of letters that are of the script of the run's language, Cyrillic for ru and Latin for en; of the run and of each resident."},
		{Name: "leak_share", Unit: "share of texts", Low: new(0.0), High: new(1.0), Source: marchisio, Better: "down",
			Definition: "Share of texts with at least one letter of this script (item) that is not the run's; without an item, of any."},
		{Name: "distinct_1", Unit: "share of words", Low: new(0.0), High: new(1.0), Source: jiwei, Better: "up",
			Definition: "Number of distinct words divided by the number of words, the mean over pieces of `block` words of all texts in order; of what there is where that is less than a piece. Pieces of one length make runs comparable."},
		{Name: "distinct_2", Unit: "share of pairs", Low: new(0.0), High: new(1.0), Source: jiwei, Better: "up",
			Definition: "The same for pairs of neighbouring words of a text."},
		{Name: "repeated_sentence_share", Unit: "share of sentences", Low: new(0.0), High: new(1.0), Source: holtzman, Better: "down",
			Definition: "Share of sentences of min_sentence words or more that are, but for case and punctuation, among the last `memory` of the same resident; of the run and of each resident."},
		{Name: "copied_sentence_share", Unit: "share of sentences", Low: new(0.0), High: new(1.0), Source: holtzman, Better: "down",
			Definition: "Share of such sentences that another resident wrote before, among the last 65,536 different ones of the run, and that the resident does not repeat itself."},
		{Name: "text_words", Unit: "words", Low: new(0.0), Source: "Biber 1988, Variation across Speech and Writing",
			Definition: "Mean number of words of a text; of the run and of each resident."},
		{Name: "text_chars", Unit: "characters", Low: new(0.0), Source: "Biber 1988, Variation across Speech and Writing",
			Definition: "Mean number of characters of a text."},
	}
}

type metric struct {
	config config
	log    *slog.Logger
}

var _ sdk.Metric = (*metric)(nil)

// Measure implements sdk.Metric.
func (m *metric) Measure(ctx context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	t := newTally(m.config, run)
	err := journal.Read(ctx, t.roster, events, journal.Handlers{Action: t.action, Log: m.log})
	if err != nil {
		return nil, err
	}
	return t.scores(), nil
}

// writer is how one resident writes.
type writer struct {
	native, letters  int
	words            stat.Mean
	said             recent // its last sentences
	sentences, again int
}

type tally struct {
	config  config
	roster  *journal.Roster
	home    script
	agents  []writer
	heard   recent // the run's sentences
	letters scripts
	leaks   [lastScript + 1]int // texts with letters of each foreign script
	leaky   int                 // with those of any
	words   stat.Mean
	chars   stat.Mean
	pieces  pieces
	copied  int
	reader  sentences
}

// maxHeard is how many sentences of a run are remembered.
const maxHeard = 1 << 16

func newTally(c config, run sdk.Run) *tally {
	t := &tally{
		config: c, roster: journal.NewRoster(run.Agents), home: nativeScript(run.Language), agents: make([]writer, len(run.Agents)),
		heard: newRecent(maxHeard), pieces: newPieces(c.Block), reader: newSentences(),
	}
	for i := range t.agents {
		t.agents[i].said = newRecent(c.Memory)
	}
	return t
}

func (t *tally) action(at journal.At, a *journal.Action) {
	if a.Text == "" {
		return
	}
	who := &t.agents[at.Agent]
	letters := count(a.Text)
	t.leak(letters)
	t.letters.add(letters)
	who.native += letters[t.home]
	who.letters += letters.total()
	t.chars.Add(float64(letters.chars()))
	words := 0
	t.reader.read(a.Text, func(word uint64, begins bool) {
		words++
		t.pieces.add(word, begins)
	}, func(sentence uint64, length int) {
		if length >= t.config.MinSentence {
			t.sentence(at.Agent, sentence)
		}
	})
	who.words.Add(float64(words))
	t.words.Add(float64(words))
}

func (t *tally) leak(letters scripts) {
	leaks := false
	for s := range lastScript + 1 {
		if s != t.home && letters[s] > 0 {
			t.leaks[s]++
			leaks = true
		}
	}
	if leaks {
		t.leaky++
	}
}

func (t *tally) sentence(agent int, hash uint64) {
	who := &t.agents[agent]
	who.sentences++
	own := who.said.seen(hash)
	anybody := t.heard.seen(hash)
	switch {
	case own:
		who.again++
	case anybody:
		t.copied++
	}
}

func (t *tally) scores() []sdk.Score {
	var sheet score.Sheet
	all := t.letters.total()
	for s := range lastScript + 1 {
		sheet.Item("script_share", s.String(), stat.Ratio(t.letters[s], all), all)
		if s != t.home {
			sheet.Item("leak_share", s.String(), stat.Ratio(t.leaks[s], t.words.N), t.words.N)
		}
	}
	sheet.Run("native_share", stat.Ratio(t.letters[t.home], all), all)
	sheet.Run("leak_share", stat.Ratio(t.leaky, t.words.N), t.words.N)
	ones, twos, n := t.pieces.distinct()
	sheet.Run("distinct_1", ones, n)
	sheet.Run("distinct_2", twos, n)
	sheet.Run("text_words", t.words.Value(), t.words.N)
	sheet.Run("text_chars", t.chars.Value(), t.chars.N)
	sentences, again := 0, 0
	for i := range t.agents {
		who, id := &t.agents[i], t.roster.ID(i)
		sentences, again = sentences+who.sentences, again+who.again
		sheet.Agent("native_share", id, stat.Ratio(who.native, who.letters), who.letters)
		sheet.Agent("text_words", id, who.words.Value(), who.words.N)
		sheet.Agent("repeated_sentence_share", id, stat.Ratio(who.again, who.sentences), who.sentences)
	}
	sheet.Run("repeated_sentence_share", stat.Ratio(again, sentences), sentences)
	sheet.Run("copied_sentence_share", stat.Ratio(t.copied, sentences), sentences)
	return sheet.Scores()
}
